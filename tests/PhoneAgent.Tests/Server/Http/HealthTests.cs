using System.Net;
using PhoneAgent.Server.Http;
using Xunit;

namespace PhoneAgent.Tests.Server.Http;

public sealed class HealthTests
{
    [Fact]
    public async Task TheServerLivesBeforeItIsReady()
    {
        await using HttpRig rig = await HttpRig.StartAsync();

        Assert.Equal("ok", await rig.Client.GetStringAsync("/health/live"));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "starting"), await Ready(rig));
        rig.State.Enter(ServerPhase.Ready);
        Assert.Equal((HttpStatusCode.OK, "ready"), await Ready(rig));
        rig.State.Enter(ServerPhase.Draining);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "draining"), await Ready(rig));
    }

    [Fact]
    public async Task HealthCountsCallsAndSaysNothingElseAboutThem()
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        rig.State.Enter(ServerPhase.Ready);
        rig.Call();

        Assert.Equal("""{"status":"ready","calls":1}""", await rig.Client.GetStringAsync("/health"));
    }

    private static async Task<(HttpStatusCode, string)> Ready(HttpRig rig)
    {
        using HttpResponseMessage response = await rig.Client.GetAsync("/health/ready");
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
