using System.Net;
using PhoneAgent.Server.Http.Security;
using Xunit;

namespace PhoneAgent.Tests.Server.Http;

/// <summary>A file of users that is damaged opens nothing, and what fails is still answered as a page of ours.</summary>
public sealed class DamagedAccountsTests
{
    [Theory]
    [InlineData("null")]
    [InlineData("")]
    [InlineData("{\"users\":null}")]
    [InlineData("{\"users\":[null]}")]
    [InlineData("{\"users\":[{\"name\":\"ann\"}]}")]
    [InlineData("{\"users\":[],\"keys\":[{}]}")]
    public async Task ItOpensNothing(string content)
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        var store = (AccountStore)rig.Services.GetService(typeof(AccountStore))!;
        await File.WriteAllTextAsync(store.File, content);

        using HttpResponseMessage answer = await rig.Client.GetAsync(new Uri("/", UriKind.Relative));
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Contains("default-src 'none'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);

        File.Delete(store.File);
        using HttpResponseMessage mended = await rig.Client.GetAsync(new Uri("/login", UriKind.Relative));
        Assert.NotEqual(HttpStatusCode.InternalServerError, mended.StatusCode);
    }
}
