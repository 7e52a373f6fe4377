using System.Globalization;
using System.Text.Json.Nodes;
using PhoneAgent.Server.Http.Security;
using PhoneAgent.Tests.Server.Http;
using PhoneAgent.Tests.Server.Supervision;
using Xunit;

namespace PhoneAgent.Tests.Server.Api;

/// <summary>
/// Walks the OpenAPI document: every endpoint is asked with no key, a key that is not ours, one that lacks the scope, something
/// bad, and something good. An endpoint without a row in the table fails.
/// </summary>
public sealed class EveryEndpointTests
{
    /// <param name="Good">Path and body that work.</param>
    /// <param name="Status">What they give.</param>
    /// <param name="Bad">Path and body that must be refused, with the place; as a path that starts with "?" it is added to the good one.</param>
    private sealed record Row(string Good, object? Body, int Status, params (string? Path, object? Body, int Status, string? Place)[] Bad);

    private static readonly (string?, object?, int, string?)[] BadLimits = [("?limit=0", null, 400, "query.limit"), ("?limit=x", null, 400, "query.limit"), ("?cursor=no", null, 400, "query.cursor")];

    private static readonly (string?, object?, int, string?)[] NoBody =
        [(null, "{", 400, "body"), (null, "[]", 400, "body"), (null, "null", 400, "body"), (null, """{"nobody": 1}""", 400, "body.nobody"), (null, null, 415, "header.Content-Type")];

    private const string Plan = """
        agent: echo
        do_not_call: company
        window:
          open:
            monday-friday: "9:00-17:00"
          time_zone: Europe/Berlin
        """;

    private const string Call = "/api/v1/calls/" + SupervisedRig.CallId;

    private static readonly Dictionary<string, Row> Table = new()
    {
        ["GET /api/v1/calls"] = new("/api/v1/calls", null, 200, BadLimits),
        ["POST /api/v1/calls"] = new("/api/v1/calls", new { target = "sip:bob@127.0.0.1:9" }, 202,
            [.. NoBody, (null, new { target = 5 }, 400, "body.target"), (null, new { target = "" }, 400, "body.target"), (null, new { }, 400, "body"), (null, new { target = "sip:b@127.0.0.1", agent = "nobody" }, 400, "body.agent"),
                (null, new { target = "sip:b@127.0.0.1", ringSeconds = 0 }, 400, "body.ringSeconds"), (null, new { target = "sip:b@127.0.0.1", callerId = "a b" }, 400, "body.callerId"), (null, new { target = "sip:x@elsewhere.example" }, 403, "body.target")]),
        ["GET /api/v1/calls/{call}"] = new(Call, null, 200, ("/api/v1/calls/nobody", null, 404, "path.call")),
        ["GET /api/v1/calls/{call}/events"] = new($"{Call}/events", null, 200, ("/api/v1/calls/nobody/events", null, 404, "path.call")),
        ["POST /api/v1/calls/{call}/speak"] = new($"{Call}/speak", new { text = "Hello." }, 204,
            [.. NoBody, (null, new { text = "" }, 409, null), (null, new { text = new string('x', 501) }, 409, null), ("/api/v1/calls/nobody/speak", new { text = "Hello." }, 404, "path.call")]),
        ["POST /api/v1/calls/{call}/transfer"] = new($"{Call}/transfer", new { target = "sip:desk@127.0.0.1" }, 204, [.. NoBody, (null, new { target = "sip:x@elsewhere.example" }, 403, "body.target")]),
        ["POST /api/v1/calls/{call}/hang-up"] = new($"{Call}/hang-up", new { }, 204, [.. NoBody, ("/api/v1/calls/nobody/hang-up", new { }, 404, "path.call")]),
        ["GET /api/v1/events"] = new("/api/v1/events", null, 200),
        ["GET /api/v1/history"] = new("/api/v1/history", null, 200, [.. BadLimits, ("?from=yesterday", null, 400, "query.from"), ("?from=2026-05-02&to=2026-05-01", null, 400, "query")]),
        ["GET /api/v1/history/export"] = new("/api/v1/history/export", null, 200, ("?format=pdf", null, 400, "query.format"), ("?escalated=perhaps", null, 400, "query.escalated"), ("?unredacted=true", null, 403, null)),
        ["GET /api/v1/history/{call}"] = new("/api/v1/history/old", null, 200, ("/api/v1/history/nobody", null, 404, "path.call")),
        ["GET /api/v1/history/{call}/timeline"] = new("/api/v1/history/old/timeline", null, 200, ("/api/v1/history/nobody/timeline", null, 404, "path.call")),
        ["GET /api/v1/history/{call}/recording"] = new("/api/v1/history/old/recording", null, 200, ("/api/v1/history/nobody/recording", null, 404, "path.call")),
        ["POST /api/v1/history/forget"] = new("/api/v1/history/forget", new { number = "+1 555 999" }, 200, [.. NoBody, (null, new { number = " " }, 400, "body.number"), (null, new { number = "+1555", calls = 7 }, 409, "body.calls")]),
        ["GET /api/v1/agents"] = new("/api/v1/agents", null, 200, BadLimits),
        ["POST /api/v1/agents/validate"] = new("/api/v1/agents/validate", new { }, 200, NoBody),
        ["GET /api/v1/campaigns"] = new("/api/v1/campaigns", null, 200, BadLimits),
        ["POST /api/v1/campaigns"] = new("/api/v1/campaigns", new { id = "may", definition = Plan }, 201,
            [.. NoBody, (null, new { id = "a b", definition = Plan }, 400, "body"), (null, new { id = "spring", definition = Plan }, 409, "body.id"), (null, new { id = "june", definition = "agent: [" }, 422, null)]),
        ["GET /api/v1/campaigns/{campaign}"] = new("/api/v1/campaigns/spring", null, 200, ("/api/v1/campaigns/nobody", null, 404, "path.campaign")),
        ["GET /api/v1/campaigns/{campaign}/definition"] = new("/api/v1/campaigns/spring/definition", null, 200, ("/api/v1/campaigns/nobody/definition", null, 404, "path.campaign")),
        ["PUT /api/v1/campaigns/{campaign}/definition"] = new("/api/v1/campaigns/spring/definition", new { definition = Plan }, 200,
            [.. NoBody, (null, new { definition = "agent: [" }, 422, null), (null, new { definition = Plan.Replace("agent: echo", "agent: nobody", StringComparison.Ordinal) }, 400, "body.definition"),
                (null, new { definition = Plan, version = "old" }, 409, "body.version"), ("/api/v1/campaigns/nobody/definition", new { definition = Plan }, 404, "path.campaign")]),
        ["POST /api/v1/campaigns/{campaign}/contacts"] = new("/api/v1/campaigns/spring/contacts", new Csv("number\n+49301234567\nnobody\n"), 200,
            [(null, "{", 415, "header.Content-Type"), (null, new Csv("name\nEva\n"), 422, null), ("/api/v1/campaigns/nobody/contacts", new Csv("number\n"), 404, "path.campaign")]),
        ["POST /api/v1/campaigns/{campaign}/start"] = new("/api/v1/campaigns/spring/start", new { }, 200, [.. NoBody, ("/api/v1/campaigns/nobody/start", new { }, 404, "path.campaign")]),
        ["POST /api/v1/campaigns/{campaign}/pause"] = new("/api/v1/campaigns/spring/pause", new { }, 200, [.. NoBody, ("/api/v1/campaigns/draft/pause", new { }, 409, "path.campaign")]),
        ["POST /api/v1/campaigns/{campaign}/resume"] = new("/api/v1/campaigns/spring/resume", new { }, 200, [.. NoBody, ("/api/v1/campaigns/draft/resume", new { }, 409, "path.campaign")]),
        ["POST /api/v1/campaigns/{campaign}/stop"] = new("/api/v1/campaigns/spring/stop", new { }, 200, [.. NoBody, ("/api/v1/campaigns/nobody/stop", new { }, 404, "path.campaign")]),
        ["GET /api/v1/campaigns/{campaign}/report"] = new("/api/v1/campaigns/spring/report", null, 200, ("/api/v1/campaigns/nobody/report", null, 404, "path.campaign")),
        ["GET /api/v1/do-not-call"] = new("/api/v1/do-not-call", null, 200),
        ["GET /api/v1/do-not-call/{list}"] = new("/api/v1/do-not-call/company", null, 200, [.. BadLimits, ("/api/v1/do-not-call/a%20b", null, 400, "path.list")]),
        ["POST /api/v1/do-not-call/{list}/add"] = new("/api/v1/do-not-call/company/add", new { number = "+49 30 1234567", reason = "asked" }, 200,
            [.. NoBody, (null, new { number = "nobody" }, 400, "body.number"), (null, new { number = "+49301234567", reason = new string('x', 501) }, 400, "body.reason"), ("/api/v1/do-not-call/a%20b/add", new { number = "+49301234567" }, 400, "path.list")]),
        ["POST /api/v1/do-not-call/{list}/remove"] = new("/api/v1/do-not-call/company/remove", new { number = "+49301234567" }, 200, [.. NoBody, (null, new { number = "0" }, 400, "body.number")]),
        ["POST /api/v1/agents/reload"] = new("/api/v1/agents/reload", new { }, 200, NoBody),
    };

    [Fact]
    public async Task Every_endpoint_refuses_bad_keys_and_bad_requests_and_does_what_is_asked()
    {
        await using SupervisedRig rig = await SupervisedRig.StartAsync();
        await AddRecordAsync(rig.Http);
        foreach (string id in new[] { "spring", "draft" })
        {
            ApiAnswer created = await rig.Http.AskAsync("POST", "/api/v1/campaigns", new { id, definition = Plan }, rig.Http.Key(ApiScope.CampaignsWrite));
            Assert.True(created.Status == 201, created.Text);
        }
        await rig.TickAsync(10);
        List<Endpoint> endpoints = [.. Endpoints((await rig.Http.AskAsync("GET", "/api/v1/openapi.json")).Json)];
        Assert.Empty(endpoints.Select(e => e.Name).Except(Table.Keys));
        Assert.Empty(Table.Keys.Except(endpoints.Select(e => e.Name)));
        var wrong = new List<string>();
        // A campaign goes from state to state. The call is hung up last, and transferred right before it.
        foreach (Endpoint endpoint in endpoints.OrderBy(e => e.Name.EndsWith("hang-up", StringComparison.Ordinal) ? 2 : e.Name.EndsWith("transfer", StringComparison.Ordinal) ? 1 : 0))
            wrong.AddRange(await CheckAsync(rig.Http, endpoint, Table[endpoint.Name]));
        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
    }

    private sealed record Endpoint(string Name, string Method, IReadOnlyList<ApiScope> Scopes, bool TakesBody, IReadOnlySet<int> Statuses);

    private static IEnumerable<Endpoint> Endpoints(JsonNode document) =>
        from path in document["paths"]!.AsObject()
        from operation in path.Value!.AsObject()
        let scopes = operation.Value!["security"]![0]!["key"]!.AsArray().Select(scope => scope!.GetValue<string>())
        select new Endpoint($"{operation.Key.ToUpperInvariant()} {path.Key}", operation.Key.ToUpperInvariant(),
            [.. scopes.Select(scope => ApiScopes.TryParse(scope, out ApiScope parsed) ? parsed : throw new InvalidOperationException(scope))], operation.Value["requestBody"] is not null,
            operation.Value["responses"]!.AsObject().Select(response => int.Parse(response.Key, CultureInfo.InvariantCulture)).ToHashSet());

    private static async Task<List<string>> CheckAsync(HttpRig rig, Endpoint endpoint, Row row)
    {
        var wrong = new List<string>();
        string key = rig.Key([.. endpoint.Scopes]);
        await ExpectAsync("no key", row.Good, row.Body, null, 401, "header.X-Api-Key");
        await ExpectAsync("a strange key", row.Good, row.Body, "pa_00000000_nonsense", 401, "header.X-Api-Key");
        foreach (ApiScope missing in endpoint.Scopes)
            await ExpectAsync($"a key without {missing}", row.Good, row.Body, rig.Key([.. ApiScopes.Fine.Select(fine => fine.Scope).Where(scope => scope != missing)]), 403, null);
        if (endpoint.TakesBody && row.Bad.Length == 0)
            wrong.Add($"{endpoint.Name}: no bad body in the table");
        foreach ((string? path, object? body, int status, string? place) in row.Bad)
            await ExpectAsync($"bad {path} {body}", path is null ? row.Good : path.StartsWith('?') ? row.Good + path : path, body, key, status, place);
        await ExpectAsync("good", row.Good, row.Body, key, row.Status, null);
        return wrong;

        async Task ExpectAsync(string what, string path, object? body, string? with, int status, string? place)
        {
            ApiAnswer answer = await rig.AskAsync(endpoint.Method, path, body, with);
            if (!endpoint.Statuses.Contains(answer.Status))
                wrong.Add($"{endpoint.Name}, {what}: the document does not know {answer.Status}");
            if (answer.Status != status)
                wrong.Add($"{endpoint.Name}, {what}: {answer.Status} in place of {status}: {answer.Text}");
            else if (status >= 400 && (answer.Type != "application/problem+json" || answer.Json["detail"] is null || answer.Json["status"]!.GetValue<int>() != status || answer.Place != place))
                wrong.Add($"{endpoint.Name}, {what}: {answer.Type} {answer.Text}");
        }
    }

    private static async Task AddRecordAsync(HttpRig rig)
    {
        using var records = new History.RecordFolder();
        records.Add("old", recorded: true);
        Directory.CreateDirectory(rig.Records);
        string day = Path.Combine(rig.Records, "2026-05-04");
        Directory.CreateDirectory(day);
        foreach (string file in Directory.GetFiles(Path.Combine(records.Path, "2026-05-04")))
            File.Copy(file, Path.Combine(day, Path.GetFileName(file)));
        await rig.ImportAsync();
    }
}
