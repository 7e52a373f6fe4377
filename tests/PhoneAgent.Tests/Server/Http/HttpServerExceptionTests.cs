using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using PhoneAgent.Server.Hosting;
using PhoneAgent.Server.Http;
using PhoneAgent.Server.Http.Security;
using PhoneAgent.Server.Options;
using PhoneAgent.Server.Storage.Database;
using Xunit;

namespace PhoneAgent.Tests.Server.Http;

public sealed class HttpServerExceptionTests
{
    [Fact]
    public async Task APortInUseIsSaidWithItsKey()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var http = new HttpServerOptions { Listen = [new HttpListenOptions { Port = ((IPEndPoint)taken.LocalEndpoint).Port }] };

        HttpServerException? explained = HttpServerException.From(await FailureOf(http), http);

        Assert.Contains($"http.listen: {http.Listen[0]} is in use", explained?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnAddressThatTheMachineLacksIsSaidWithItsKey()
    {
        var http = new HttpServerOptions { Listen = [new HttpListenOptions { Address = "192.0.2.1", Port = 0 }] };

        HttpServerException? explained = HttpServerException.From(await FailureOf(http), http);

        Assert.Contains("has no such address", explained?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnotherFailureIsNotOurs() => Assert.Null(HttpServerException.From(new InvalidOperationException("a bug"), new HttpServerOptions()));

    private static async Task<Exception> FailureOf(HttpServerOptions http)
    {
        string folder = Directory.CreateTempSubdirectory("phoneagent-http-").FullName;
        try
        {
            var config = new LoadedConfig(new PhoneAgentOptions { Http = http }, null, folder, []);
            await using (OpenAccounts accounts = await OpenAccounts.OpenAsync(config, TimeProvider.System, default))
                Assert.Null(await accounts.Desk.AddUserAsync("ann", Role.Administrator, "correct horse battery", default));
            WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
            builder.Services.AddSingleton(config).AddSingleton(TimeProvider.System).AddLogging().AddDatabase().AddLiveCalls();
            await using WebApplication app = builder.AddHttp(config).Build();
            return await Assert.ThrowsAnyAsync<Exception>(() => app.StartAsync());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
