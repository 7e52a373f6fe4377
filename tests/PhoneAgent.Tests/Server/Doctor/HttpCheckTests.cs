using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using PhoneAgent.Server.Doctor;
using PhoneAgent.Server.Http.Security;
using PhoneAgent.Server.Options;
using PhoneAgent.Testing;
using Xunit;

namespace PhoneAgent.Tests.Server.Doctor;

public sealed class HttpCheckTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("phoneagent-doctor-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task OnThisMachineNoUserIsNeeded() =>
        Assert.Equal(CheckLevel.Ok, Assert.Single(await RunAsync(Config(new HttpListenOptions()))).Level);

    [Fact]
    public async Task ListeningToTheNetworkWithoutAUserFails()
    {
        LoadedConfig config = Config(new HttpListenOptions { Address = "0.0.0.0" });
        Assert.Equal([CheckLevel.Fail, CheckLevel.Warn], (await RunAsync(config)).Select(r => r.Level));

        await using (OpenAccounts accounts = await OpenAccounts.OpenAsync(config, new VirtualTime(), default))
            Assert.Null(await accounts.Desk.AddUserAsync("ann", Role.Administrator, "correct horse battery", default));

        Assert.Equal([CheckLevel.Ok, CheckLevel.Warn], (await RunAsync(config)).Select(r => r.Level));
    }

    [Fact]
    public async Task ACertificateIsReadBeforeTheServerStarts()
    {
        LoadedConfig config = Config(new HttpListenOptions { Scheme = "https" });
        Assert.Contains("cannot be read", (await RunAsync(config))[^1].Finding, StringComparison.Ordinal);

        using var key = ECDsa.Create();
        using X509Certificate2 made = new CertificateRequest("CN=calls.example.com", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        File.WriteAllText(Path.Combine(_folder, "cert.pem"), $"{made.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n");

        Assert.Contains("CN=calls.example.com", (await RunAsync(config))[^1].Finding, StringComparison.Ordinal);
    }

    private static Task<IReadOnlyList<CheckResult>> RunAsync(LoadedConfig config) => HttpCheck.RunAsync(config, new VirtualTime(), default);

    private LoadedConfig Config(HttpListenOptions listen) => new(
        new PhoneAgentOptions { Http = new HttpServerOptions { Listen = [listen], Tls = new HttpTlsOptions { CertificateFile = "cert.pem" }, StateFolder = _folder } }, null, _folder, []);
}
