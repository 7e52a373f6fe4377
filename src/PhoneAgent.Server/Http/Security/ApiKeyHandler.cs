using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace PhoneAgent.Server.Http.Security;

/// <summary>Machines: <c>X-Api-Key: pa_…</c> or <c>Authorization: Bearer pa_…</c>.</summary>
internal sealed class ApiKeyHandler(AccountDesk accounts, IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string Name = "ApiKey";
    public const string Header = "X-Api-Key";
    public const string IdClaim = "phoneagent:key";
    private const string Bearer = "Bearer ";

    public static string? KeyOf(HttpRequest request) =>
        request.Headers[Header] is [{ Length: > 0 } key] ? key
        : request.Headers.Authorization is [{ } header] && header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? header[Bearer.Length..].Trim()
        : null;

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (KeyOf(Request) is not { } secret)
            return Task.FromResult(AuthenticateResult.NoResult());
        if (accounts.CheckKey(secret) is not { } key)
            return Task.FromResult(AuthenticateResult.Fail("The API key is not known."));
        var identity = new ClaimsIdentity(
            [new Claim(ClaimTypes.Name, key.Name), new Claim(IdClaim, key.Id), .. key.Scopes.Select(scope => new Claim(Policies.ScopeClaim, scope.ToString()))], Name);
        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Name)));
    }
}
