using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using PhoneAgent.Campaigns;
using PhoneAgent.Campaigns.Contacts;
using PhoneAgent.Server.Campaigns;
using PhoneAgent.Server.Http.Security;
using PhoneAgent.Tests.Server.Http;
using Xunit;

namespace PhoneAgent.Tests.Server.Campaigns;

public sealed class CampaignPageTests
{
    private static async Task<ICampaignStore> CampaignAsync(HttpRig rig)
    {
        var store = rig.Services.GetRequiredService<ICampaignStore>();
        await store.CreateAsync(new Campaign { Id = "spring", Agent = "a", Definition = "agent: a" }, default);
        Assert.True(PhoneNumber.TryCreate("+493012345678", out PhoneNumber number));
        await store.ImportAsync("spring", [new NewContact { Number = number }], TimeProvider.System.GetUtcNow(), default);
        return store;
    }

    [Fact]
    public async Task ASupervisorStartsPausesAndReadsTheReport()
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        ICampaignStore store = await CampaignAsync(rig);
        using Browser supervisor = await rig.LoggedInAsync(Role.Supervisor);
        string page = (await supervisor.GetAsync("/campaigns")).Body;
        Assert.Contains("data-campaign=\"spring\" data-action=\"start\"", page, StringComparison.Ordinal);
        Assert.Contains("0 of 1", page, StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.OK, await ActAsync(supervisor, page, "start"));
        Assert.Equal(CampaignState.Running, (await store.GetAsync("spring", default))!.State);
        Assert.Equal(HttpStatusCode.OK, await ActAsync(supervisor, page, "pause"));
        Assert.Equal(HttpStatusCode.Conflict, await ActAsync(supervisor, page, "start"));
        Assert.Equal(CampaignState.Paused, (await store.GetAsync("spring", default))!.State);
        Assert.Contains(",+493012345678,,waiting,0,", (await supervisor.GetAsync("/campaigns/spring/report.csv")).Body, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await supervisor.GetAsync("/campaigns/none/report.csv")).Status);
    }

    [Fact]
    public async Task AViewerSeesHowFarItIsAndChangesNothing()
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        ICampaignStore store = await CampaignAsync(rig);
        using Browser viewer = await rig.LoggedInAsync(Role.Viewer);
        string page = (await viewer.GetAsync("/campaigns")).Body;
        Assert.Contains("spring", page, StringComparison.Ordinal);
        Assert.DoesNotContain("data-campaign", page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, await ActAsync(viewer, page, "start"));
        Assert.Equal(HttpStatusCode.Forbidden, (await viewer.GetAsync("/campaigns/spring/report.csv")).Status);
        Assert.Equal(CampaignState.Draft, (await store.GetAsync("spring", default))!.State);
    }

    [Fact]
    public async Task WithoutThePagesTokenNothingHappens()
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        ICampaignStore store = await CampaignAsync(rig);
        using Browser supervisor = await rig.LoggedInAsync(Role.Supervisor);
        using HttpResponseMessage response = await supervisor.Client.PostAsync("/campaigns/spring/start", null);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(CampaignState.Draft, (await store.GetAsync("spring", default))!.State);
    }

    [Fact]
    public async Task ASupervisorChangesThePaceOfWhatRuns()
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        ICampaignStore store = await CampaignAsync(rig);
        await store.SetStateAsync("spring", [CampaignState.Draft], CampaignState.Running, default);
        using Browser supervisor = await rig.LoggedInAsync(Role.Supervisor);
        string page = (await supervisor.GetAsync("/campaigns/spring")).Body;
        Assert.Contains("agent: a</textarea>", page, StringComparison.Ordinal);
        string version = CampaignDesk.VersionOf("agent: a");
        Assert.Contains($"data-version=\"{version}\"", page, StringComparison.Ordinal);

        string definition = "agent: echo\nwindow: {open: {monday: \"9:00-17:00\"}}\ndo_not_call: [company]\npacing: {calls_at_once: 3}\n";
        (HttpStatusCode status, string body) = await DefineAsync(supervisor, page, definition.Replace("3}", "many}", StringComparison.Ordinal), version);
        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Contains("calls_at_once", body, StringComparison.Ordinal);
        Assert.Equal("agent: a", (await store.GetAsync("spring", default))!.Campaign.Definition);

        Assert.Equal(HttpStatusCode.OK, (await DefineAsync(supervisor, page, definition, version)).Status);
        CampaignStatus changed = (await store.GetAsync("spring", default))!;
        Assert.Equal((definition, CampaignState.Running), (changed.Campaign.Definition, changed.State));
        // The page that somebody else has open knows the old text.
        Assert.Equal(HttpStatusCode.Conflict, (await DefineAsync(supervisor, page, "agent: echo", version)).Status);
        Assert.Equal(definition, (await store.GetAsync("spring", default))!.Campaign.Definition);
    }

    [Fact]
    public async Task AViewerSeesNoDefinition()
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        ICampaignStore store = await CampaignAsync(rig);
        using Browser viewer = await rig.LoggedInAsync(Role.Viewer);
        Assert.NotEqual(HttpStatusCode.OK, (await viewer.GetAsync("/campaigns/spring")).Status);
        string page = (await viewer.GetAsync("/campaigns")).Body;
        Assert.Equal(HttpStatusCode.Forbidden, (await DefineAsync(viewer, page, "agent: echo", null)).Status);
        Assert.Equal("agent: a", (await store.GetAsync("spring", default))!.Campaign.Definition);
    }

    private static async Task<(HttpStatusCode Status, string Body)> DefineAsync(Browser browser, string page, string definition, string? version)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/campaigns/spring/definition") { Content = JsonContent.Create(new { definition, version }) };
        request.Headers.Add(Csrf.Header, Browser.ScriptToken(page));
        using HttpResponseMessage response = await browser.Client.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private static async Task<HttpStatusCode> ActAsync(Browser browser, string page, string action)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/campaigns/spring/{action}");
        request.Headers.Add(Csrf.Header, Browser.ScriptToken(page));
        using HttpResponseMessage response = await browser.Client.SendAsync(request);
        return response.StatusCode;
    }
}
