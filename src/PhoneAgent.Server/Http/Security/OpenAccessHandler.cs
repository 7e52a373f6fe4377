using System.Net;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using PhoneAgent.Server.Api;
using PhoneAgent.Server.Options;

namespace PhoneAgent.Server.Http.Security;

/// <summary>As long as nobody has set a password, whoever sits at this machine may do everything.</summary>
internal sealed class OpenAccessHandler(LoadedConfig config, AccountDesk accounts, IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string Name = "Open";

    /// <summary>The name that actions of such a visitor are filed under.</summary>
    public const string UserName = "local";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (!accounts.IsOpen || !IsLocal(Request, config.Options.Http))
            return Task.FromResult(AuthenticateResult.NoResult());
        var identity = new ClaimsIdentity([new Claim(ClaimTypes.Name, UserName), new Claim(ClaimTypes.Role, nameof(Role.Administrator))], Name);
        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Name)));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status401Unauthorized;
        if (ApiPaths.Is(Request.Path))
            return Task.CompletedTask;
        return Response.WriteAsync("Nobody can log in here yet. Open this server on its own machine, by http://localhost, or run 'phoneagent users add NAME --role administrator' there.", Context.RequestAborted);
    }

    // Behind a proxy everybody seems to come from this machine: its headers, or an address of ours that is public, say so.
    private static bool IsLocal(HttpRequest request, HttpServerOptions http) =>
        request.HttpContext.Connection.RemoteIpAddress is { } from && IPAddress.IsLoopback(from)
        && HostNames.IsLoopback(request.Host.Host)
        && !request.Headers.ContainsKey("X-Forwarded-For") && !request.Headers.ContainsKey(TrustedProxies.OriginalFor) && !request.Headers.ContainsKey("Forwarded") && !request.Headers.ContainsKey("X-Real-IP")
        && (http.PublicUrl is not { } url || HostNames.IsLoopback(new Uri(url).Host));
}
