using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using PhoneAgent.Campaigns;
using PhoneAgent.Campaigns.Consent;
using PhoneAgent.Campaigns.Contacts;
using PhoneAgent.Campaigns.DoNotCall;
using PhoneAgent.Server.History;
using PhoneAgent.Server.Http.Security;
using PhoneAgent.Server.Storage.Calls;
using PhoneAgent.Server.Storage.Database;
using PhoneAgent.Server.Webhooks;
using PhoneAgent.Tests.Server.Http;
using Xunit;

namespace PhoneAgent.Tests.Server.History;

public sealed class HistoryApiTests
{
    private static async Task<HttpRig> StartAsync()
    {
        HttpRig rig = await HttpRig.StartAsync();
        rig.AddUser("root", Role.Administrator);
        using var records = new RecordFolder();
        records.Add("one", "+15551234567", "my number is 15551234567", recorded: true, summary: "=HYPERLINK(\"http://evil\") he asked, twice");
        records.Add("two", "anonymous", "hello <b>there</b>", day: "2026-05-05");
        Directory.CreateDirectory(rig.Records);
        foreach (string day in Directory.EnumerateDirectories(records.Path))
            Directory.Move(day, Path.Combine(rig.Records, Path.GetFileName(day)));
        await rig.ImportAsync();
        return rig;
    }

    private static PhoneNumber Number(string text) => PhoneNumber.TryCreate(text, out PhoneNumber number) ? number : throw new FormatException(text);

    private static string Key(HttpRig rig, params ApiScope[] scopes) => rig.Accounts().AddKey("crm", scopes).Secret!;

    private static async Task<HttpResponseMessage> SendAsync(HttpRig rig, string path, string? key, object? body = null, string? range = null)
    {
        using var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Post, path) { Content = body is null ? null : JsonContent.Create(body) };
        if (key is not null)
            request.Headers.Add(ApiKeyHandler.Header, key);
        if (range is not null)
            request.Headers.Add("Range", range);
        return await rig.Client.SendAsync(request);
    }

    [Fact]
    public async Task Every_address_asks_who_comes()
    {
        await using HttpRig rig = await StartAsync();
        string talks = Key(rig, ApiScope.Talk), reads = Key(rig, ApiScope.Read);
        foreach (string path in (string[])["/api/history", "/api/history/one", "/api/history/one/timeline", "/api/history/export.csv", "/api/history/export.json", "/api/health"])
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(rig, path, null)).StatusCode);
            Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(rig, path, "pa_00000000_nonsense")).StatusCode);
            Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(rig, path, talks)).StatusCode);
            Assert.Equal(HttpStatusCode.OK, (await SendAsync(rig, path, reads)).StatusCode);
        }
        foreach (string path in (string[])["/api/history/caller/count", "/api/history/caller/delete"])
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(rig, path, null, new { party = "anonymous", calls = 1 })).StatusCode);
            Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(rig, path, Key(rig, ApiScope.Read, ApiScope.Act), new { party = "anonymous", calls = 1 })).StatusCode);
        }
        Assert.NotNull(await rig.Store.FindAsync("two", default));
    }

    [Fact]
    public async Task A_search_answers_with_a_page()
    {
        await using HttpRig rig = await StartAsync();
        string key = Key(rig, ApiScope.Read);
        JsonNode page = (await (await SendAsync(rig, "/api/history?words=number&pageSize=1", key)).Content.ReadFromJsonAsync<JsonNode>())!;

        Assert.Equal((1, "one"), ((int)page["total"]!, (string)page["calls"]![0]!["id"]!));
        foreach (string bad in (string[])["page=0", "pageSize=201", "page=x", "from=yesterday", "from=2026-05-05&to=2026-05-04", "escalated=perhaps", $"words={new string('a', 201)}"])
            Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(rig, $"/api/history?{bad}", key)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(rig, "/api/history/three", key)).StatusCode);
        string hears = Key(rig, ApiScope.Read, ApiScope.Act);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(rig, "/api/history/..%2Fone/recording", hears)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(rig, "/api/history/two/recording", hears)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(rig, "/api/history/export.xml", key)).StatusCode);
    }

    [Fact]
    public async Task A_recording_comes_in_ranges()
    {
        await using HttpRig rig = await StartAsync();
        string key = Key(rig, ApiScope.Read, ApiScope.Act);
        using HttpResponseMessage part = await SendAsync(rig, "/api/history/one/recording", key, range: "bytes=100-109");

        Assert.Equal((HttpStatusCode.PartialContent, "audio/wav"), (part.StatusCode, part.Content.Headers.ContentType!.MediaType));
        Assert.Equal(Enumerable.Range(100, 10).Select(i => (byte)i), await part.Content.ReadAsByteArrayAsync());
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, (await SendAsync(rig, "/api/history/one/recording", key, range: "bytes=5000-")).StatusCode);
    }

    [Theory]
    [InlineData("/api/history/one/recording")]
    [InlineData("/api/v1/history/one/recording")]
    public async Task A_recording_is_for_those_who_may_know_numbers_and_words(string path)
    {
        await using HttpRig rig = await StartAsync();
        foreach (ApiScope[] scopes in (ApiScope[][])[[ApiScope.HistoryRead], [ApiScope.Read], [ApiScope.Act], [ApiScope.CallsWrite], [ApiScope.HistoryRead, ApiScope.CallsRead, ApiScope.HistoryDelete]])
            Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(rig, path, Key(rig, scopes))).StatusCode);
        foreach (ApiScope[] scopes in (ApiScope[][])[[ApiScope.HistoryRead, ApiScope.CallsWrite], [ApiScope.Read, ApiScope.Act], [ApiScope.Admin]])
            Assert.Equal(HttpStatusCode.OK, (await SendAsync(rig, path, Key(rig, scopes))).StatusCode);
        using Browser viewer = await rig.LoggedInAsync(Role.Viewer), supervisor = await rig.LoggedInAsync(Role.Supervisor);
        Assert.Equal(HttpStatusCode.Forbidden, (await viewer.GetAsync(path)).Status);
        Assert.Equal(HttpStatusCode.OK, (await supervisor.GetAsync(path)).Status);
        Assert.DoesNotContain("<audio", (await viewer.GetAsync("/history/one")).Body, StringComparison.Ordinal);
        Assert.Contains("<audio", (await supervisor.GetAsync("/history/one")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_export_is_redacted_unless_somebody_who_may_know_wants_all()
    {
        await using HttpRig rig = await StartAsync();
        string acts = Key(rig, ApiScope.Read, ApiScope.Act), reads = Key(rig, ApiScope.Read);
        string seen = await (await SendAsync(rig, "/api/history/export.csv?unredacted=true", acts)).Content.ReadAsStringAsync();

        Assert.Contains("'+15551234567", seen, StringComparison.Ordinal);
        Assert.Contains("\"'=HYPERLINK(\"\"http://evil\"\") he asked, twice\"", seen, StringComparison.Ordinal);
        Assert.Equal(3, seen.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
        foreach (string key in (string[])[acts, reads])
        {
            string redacted = await (await SendAsync(rig, "/api/history/export.csv", key)).Content.ReadAsStringAsync();
            Assert.DoesNotContain("5551234567", redacted, StringComparison.Ordinal);
            Assert.Contains("(redacted)", redacted, StringComparison.Ordinal);
        }
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(rig, "/api/history/export.csv?unredacted=true", reads)).StatusCode);
        JsonArray json = JsonNode.Parse(await (await SendAsync(rig, "/api/history/export.json", reads)).Content.ReadAsStringAsync())!.AsArray();
        Assert.Equal(["two", "one"], json.Select(record => (string)record!["id"]!));
    }

    [Theory]
    [InlineData("/api/history?number=5551234567")]
    [InlineData("/api/history/one")]
    [InlineData("/api/history/one/timeline")]
    public async Task Records_tell_numbers_only_to_those_who_may_know_them(string path)
    {
        await using HttpRig rig = await StartAsync();
        string seen = await (await SendAsync(rig, path, Key(rig, ApiScope.Act, ApiScope.Read))).Content.ReadAsStringAsync();
        string redacted = await (await SendAsync(rig, path, Key(rig, ApiScope.Read))).Content.ReadAsStringAsync();

        Assert.Contains("15551234567", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("5551234567", redacted, StringComparison.Ordinal);
        Assert.Contains("(redacted)", redacted, StringComparison.Ordinal);
        Assert.Contains("\"one\"", redacted, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("a\"b", "\"a\"\"b\"")]
    [InlineData("a\nb", "\"a\nb\"")]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("-1", "'-1")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("\t=1", "'\t=1")]
    [InlineData("", "")]
    public void A_cell_is_no_formula(string value, string cell) => Assert.Equal(cell, HistoryExport.Cell(value));

    [Fact]
    public async Task Deleting_is_confirmed_by_the_number_of_calls()
    {
        await using HttpRig rig = await StartAsync();
        string key = Key(rig, ApiScope.Admin);

        Assert.Equal("""{"calls":1}""", await (await SendAsync(rig, "/api/history/caller/count", key, new { party = "15551234567" })).Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(rig, "/api/history/caller/delete", key, new { party = " ", calls = 1 })).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await SendAsync(rig, "/api/history/caller/delete", key, new { party = "15551234567" })).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await SendAsync(rig, "/api/history/caller/delete", key, new { party = "15551234567", calls = 7 })).StatusCode);
        Assert.NotNull(await rig.Store.FindAsync("one", default));
        JsonNode gone = (await (await SendAsync(rig, "/api/history/caller/delete", key, new { party = "15551234567", calls = 1 })).Content.ReadFromJsonAsync<JsonNode>())!;
        Assert.Equal((1, 0, 0), ((int)gone["deleted"]!, (int)gone["failed"]!, (int)gone["campaignRows"]!));
        Assert.StartsWith("Campaigns were not looked at: the country is missing", (string)gone["note"]!, StringComparison.Ordinal);
        Assert.Null(await rig.Store.FindAsync("one", default));
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(rig, "/api/history/one", key)).StatusCode);
    }

    [Fact]
    public async Task Deleting_a_number_also_deletes_what_campaigns_know_of_it_but_no_wish_not_to_be_called()
    {
        await using HttpRig rig = await StartAsync();
        string key = Key(rig, ApiScope.Admin);
        ICampaignStore campaigns = rig.Services.GetRequiredService<ICampaignStore>();
        IDoNotCallList lists = rig.Services.GetRequiredService<IDoNotCallList>();
        PhoneNumber[] people = [Number("+4930123456"), Number("+4930123457")];
        foreach (PhoneNumber person in people)
            await campaigns.RecordConsentAsync(new ConsentRecord(person, "spring", "call-1", ConsentKind.RecordingGranted, "yes", rig.Time.GetUtcNow(), TimeSpan.Zero), default);
        await lists.AddAsync(new DoNotCallEntry("company", people[0], rig.Time.GetUtcNow(), "api"), default);

        JsonNode gone = (await (await SendAsync(rig, "/api/history/caller/delete", key, new { party = "+49 30 123456", calls = 0 })).Content.ReadFromJsonAsync<JsonNode>())!;
        Assert.Equal((0, 0, 1, (string?)null), ((int)gone["deleted"]!, (int)gone["failed"]!, (int)gone["campaignRows"]!, (string?)gone["note"]));
        Assert.Empty(await campaigns.ConsentsAsync(people[0], default).ToListAsync());
        Assert.Single(await campaigns.ConsentsAsync(people[1], default).ToListAsync());
        Assert.Equal("company", await lists.FindAsync(people[0], ["company"], default));
    }

    [Theory]
    [InlineData("/api/history/caller/delete", "party")]
    [InlineData("/api/v1/history/forget", "number")]
    public async Task Deleting_a_number_also_deletes_what_waits_to_be_told_of_its_calls(string path, string member)
    {
        await using HttpRig rig = await StartAsync();
        var outbox = new WebhookOutbox(rig.Services.GetRequiredService<SqlDatabase>(), NodeIdentity.ThisProcess, rig.Time);
        foreach (string call in (string[])["one", "two"])
            await outbox.AddAsync(call, call, [("crm", "{}"u8.ToArray())], default);

        Assert.Equal(HttpStatusCode.OK, (await SendAsync(rig, path, Key(rig, ApiScope.Admin), new Dictionary<string, object> { [member] = "+1 555 1234567", ["calls"] = 1 })).StatusCode);
        Assert.Equal("two", Assert.Single(await outbox.TakeAsync("crm", 10, TimeSpan.Zero, default)).CallId);
    }

    [Fact]
    public async Task Pages_show_what_was_said_as_text()
    {
        await using HttpRig rig = await StartAsync();
        using Browser browser = await rig.LoggedInAsync(Role.Viewer);

        string list = (await browser.GetAsync("/history?words=there")).Body;
        Assert.Contains("/history/two", list, StringComparison.Ordinal);
        Assert.DoesNotContain("/history/one", list, StringComparison.Ordinal);
        Assert.DoesNotContain("id=\"forget\"", list, StringComparison.Ordinal);
        string record = (await browser.GetAsync("/history/two")).Body;
        Assert.Contains("hello &lt;b&gt;there&lt;/b&gt;", record, StringComparison.Ordinal);
        Assert.Contains("data-from=\"2\" data-until=\"3\"", record.Replace(".00\"", "\"", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync("/history/three")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.GetAsync($"/history?words={new string('a', 201)}")).Status);
    }

    [Fact]
    public async Task The_state_of_the_server_is_told_in_numbers()
    {
        await using HttpRig rig = await StartAsync();
        rig.Call();
        rig.Time.Advance(TimeSpan.FromMinutes(2));
        JsonNode health = (await (await SendAsync(rig, "/api/health", Key(rig, ApiScope.Read))).Content.ReadFromJsonAsync<JsonNode>())!;

        Assert.Equal((1, "starting", false), ((int)health["calls"]!, (string)health["phase"]!, (bool)health["engines"]!["areLoaded"]!));
        Assert.Equal(120, (double)health["uptime"]!); // nobody looked before
        Assert.True((long)health["memoryBytes"]! > 1 << 20);
        Assert.DoesNotContain("5551234567", health.ToJsonString(), StringComparison.Ordinal);
    }
}
