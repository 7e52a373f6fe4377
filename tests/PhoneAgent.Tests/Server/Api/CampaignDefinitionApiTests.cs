using PhoneAgent.Server.Http.Security;
using PhoneAgent.Tests.Server.Http;
using Xunit;

namespace PhoneAgent.Tests.Server.Api;

public sealed class CampaignDefinitionApiTests
{
    private const string Plan = """
        agent: echo
        do_not_call: company
        window:
          open:
            monday-friday: "9:00-17:00"
          time_zone: Europe/Berlin
        """;

    [Fact]
    public async Task A_definition_is_read_changed_and_sent_back_and_nobodys_change_is_lost()
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        string key = rig.Key(ApiScope.CampaignsRead, ApiScope.CampaignsWrite);
        await rig.AskAsync("POST", "/api/v1/campaigns", new { id = "spring", definition = Plan }, key);
        ApiAnswer read = await rig.AskAsync("GET", "/api/v1/campaigns/spring/definition", key: key);
        Assert.Equal(Plan, read.Json["definition"]!.GetValue<string>());
        string version = read.Json["version"]!.GetValue<string>();

        string longer = Plan.Replace("9:00-17:00", "9:00-18:00", StringComparison.Ordinal);
        ApiAnswer changed = await rig.AskAsync("PUT", "/api/v1/campaigns/spring/definition", new { definition = longer, version }, key);
        Assert.Equal((200, longer), (changed.Status, changed.Json["definition"]!.GetValue<string>()));
        Assert.NotEqual(version, changed.Json["version"]!.GetValue<string>());
        // Who read before that would undo it.
        ApiAnswer late = await rig.AskAsync("PUT", "/api/v1/campaigns/spring/definition", new { definition = Plan, version }, key);
        Assert.Equal((409, "body.version"), (late.Status, late.Place));
        Assert.Equal(longer, (await rig.AskAsync("GET", "/api/v1/campaigns/spring/definition", key: key)).Json["definition"]!.GetValue<string>());

        await rig.AskAsync("POST", "/api/v1/campaigns/spring/start", new { }, key);
        await rig.AskAsync("POST", "/api/v1/campaigns/spring/stop", new { }, key);
        ApiAnswer over = await rig.AskAsync("PUT", "/api/v1/campaigns/spring/definition", new { definition = Plan }, key);
        Assert.Equal((409, "path.campaign"), (over.Status, over.Place));
    }
}
