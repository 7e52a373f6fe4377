using PhoneAgent.Server.Http;
using PhoneAgent.Server.Http.Security;
using PhoneAgent.Server.Options;
using PhoneAgent.Server.Storage.Database;

namespace PhoneAgent.Server.Doctor;

/// <summary>Who may see the pages, and whether their certificate can be read.</summary>
internal static class HttpCheck
{
    private const string Area = "http";

    public static async Task<IReadOnlyList<CheckResult>> RunAsync(LoadedConfig config, TimeProvider time, CancellationToken cancellationToken)
    {
        HttpServerOptions http = config.Options.Http;
        if (!http.Enabled || config.Problems.Count > 0)
            return [];
        List<CheckResult> results = [await UsersAsync(config, time, cancellationToken).ConfigureAwait(false)];
        if (http.Listen.Any(l => l.IsTls))
            results.Add(Certificate(config));
        if (http.Listen.FirstOrDefault(l => !l.IsTls && !l.IsLoopback) is { } open)
            results.Add(CheckResult.Warn(Area, $"{open} carries passwords and callers' words unencrypted", "Listen with https://, or on 127.0.0.1 behind a proxy that does."));
        return results;
    }

    private static async Task<CheckResult> UsersAsync(LoadedConfig config, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            OpenAccounts opened = await OpenAccounts.OpenAsync(config, time, cancellationToken).ConfigureAwait(false);
            await using (opened.ConfigureAwait(false))
            {
                OpenListeners.Refuse(config.Options.Http, opened.Desk.Accounts);
                int users = opened.Desk.Accounts.Users.Count;
                return users > 0
                    ? CheckResult.Ok(Area, $"{users} {(users == 1 ? "user" : "users")} may log in")
                    : CheckResult.Ok(Area, "only this machine sees the pages, without a password");
            }
        }
        catch (Exception e) when (e is HttpServerException or StorageException)
        {
            return CheckResult.Fail(Area, e.Message, "See 'phoneagent users --help'.");
        }
    }

    private static CheckResult Certificate(LoadedConfig config)
    {
        try
        {
            using var certificate = HttpCertificate.Load(config.Options.Http.Tls, config);
            return CheckResult.Ok(Area, $"the certificate is for {certificate.Subject}, until {certificate.NotAfter:yyyy-MM-dd}");
        }
        catch (HttpServerException e)
        {
            return CheckResult.Fail(Area, e.Message, "Set http.tls.certificate_file and key_file to PEM files that belong together.");
        }
    }
}
