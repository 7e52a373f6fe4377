using System.Net;
using Microsoft.Extensions.DependencyInjection;
using PhoneAgent.Campaigns;
using PhoneAgent.Campaigns.Contacts;
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
        Assert.Contains("+493012345678,waiting,0", (await supervisor.GetAsync("/campaigns/spring/report.csv")).Body, StringComparison.Ordinal);
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

    private static async Task<HttpStatusCode> ActAsync(Browser browser, string page, string action)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/campaigns/spring/{action}");
        request.Headers.Add(Csrf.Header, Browser.ScriptToken(page));
        using HttpResponseMessage response = await browser.Client.SendAsync(request);
        return response.StatusCode;
    }
}
