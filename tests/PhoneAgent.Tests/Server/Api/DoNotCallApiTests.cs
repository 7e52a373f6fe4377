using System.Text.Json.Nodes;
using PhoneAgent.Server.Http.Security;
using PhoneAgent.Tests.Server.Http;
using Xunit;

namespace PhoneAgent.Tests.Server.Api;

public sealed class DoNotCallApiTests
{
    [Fact]
    public async Task A_number_goes_on_a_list_once_and_comes_off_it()
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        string key = rig.Key(ApiScope.DoNotCallRead, ApiScope.DoNotCallWrite);
        Assert.True(await ChangeAsync("add", "+49 30 1234567"));
        Assert.False(await ChangeAsync("add", "+49301234567"));
        Assert.True(await ChangeAsync("add", "+49301234568"));
        Assert.True(await ChangeAsync("add", "+49301234569"));

        JsonNode first = (await rig.AskAsync("GET", "/api/v1/do-not-call/company?limit=2", key: key)).Json;
        JsonNode second = (await rig.AskAsync("GET", $"/api/v1/do-not-call/company?limit=2&cursor={first["next"]!.GetValue<string>()}", key: key)).Json;
        Assert.Equal(["+49301234567", "+49301234568", "+49301234569"], first["items"]!.AsArray().Concat(second["items"]!.AsArray()).Select(item => item!["number"]!.GetValue<string>()));
        Assert.Equal(("api: crm", "asked"), (first["items"]![0]!["source"]!.GetValue<string>(), first["items"]![0]!["reason"]!.GetValue<string>()));
        Assert.Null(second["next"]);
        Assert.Equal(3, (await rig.AskAsync("GET", "/api/v1/do-not-call", key: key)).Json[0]!["entries"]!.GetValue<int>());

        Assert.True(await ChangeAsync("remove", "+49301234567"));
        Assert.False(await ChangeAsync("remove", "+49301234567"));

        async Task<bool> ChangeAsync(string what, string number) =>
            (await rig.AskAsync("POST", $"/api/v1/do-not-call/company/{what}", new { number, reason = "asked" }, key)).Json["changed"]!.GetValue<bool>();
    }
}
