using System.Net;
using Microsoft.Extensions.DependencyInjection;
using PhoneAgent.Server.Storage.Database;
using Xunit;

namespace PhoneAgent.Tests.Server.Http;

/// <summary>What fails is still answered as a page of ours, and tells nobody why.</summary>
public sealed class FailingPageTests
{
    [Fact]
    public async Task A_page_whose_database_fails_has_the_headers_of_every_page()
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        await rig.Services.GetRequiredService<SqlDatabase>().WriteAsync(session => session.ExecuteAsync("DROP TABLE calls"), default);

        using HttpResponseMessage answer = await rig.Client.GetAsync(new Uri("/history", UriKind.Relative));
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Contains("default-src 'none'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.DoesNotContain("no such table", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
