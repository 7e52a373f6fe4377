using System.Net;
using PhoneAgent.Server.Api;
using PhoneAgent.Server.Options;

namespace PhoneAgent.Server.Http.Security;

/// <summary>
/// Which names this server goes by. A strange page can point a name of its own at 127.0.0.1 and then talk to us as if we
/// were its own server (DNS rebinding); it cannot do so with an address, so every address is fine and only names are checked.
/// </summary>
internal sealed class HostNames(HttpServerOptions http)
{
    private readonly HashSet<string> _names = new(
        [.. http.AllowedHosts, "localhost", .. http.PublicUrl is { } url ? [new Uri(url).Host] : Array.Empty<string>(),
            .. http.Listen.All(l => l.IsLoopback) ? [] : new[] { Dns.GetHostName() }],
        StringComparer.OrdinalIgnoreCase);

    public bool IsOurs(string host) => _names.Contains(host) || IPAddress.TryParse(host.Trim('[', ']'), out _);

    public static bool IsLoopback(string host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? address) && IPAddress.IsLoopback(address));

    /// <summary>Refuses requests that are addressed to somebody else.</summary>
    public Task RefuseOthersAsync(HttpContext context, RequestDelegate next)
    {
        if (IsOurs(context.Request.Host.Host))
            return next(context);
        context.Response.StatusCode = StatusCodes.Status421MisdirectedRequest;
        if (ApiPaths.Is(context.Request.Path))
            return ApiPaths.ExplainAsync(context);
        return context.Response.WriteAsync("This server does not go by that name. Add it to http.allowed_hosts, or set http.public_url.", context.RequestAborted);
    }

    /// <summary>
    /// True when a request was begun by a page of this server, or by a program that is no browser. For sockets, which
    /// browsers let every page open, with our cookies.
    /// </summary>
    public bool IsSameOrigin(HttpRequest request)
    {
        if (request.Headers.Origin is not [{ } origin])
            return request.Headers.Origin.Count == 0;
        if (!Uri.TryCreate(origin, UriKind.Absolute, out Uri? from))
            return false;
        return string.Equals(from.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase)
            || (http.PublicUrl is { } url && new Uri(url) is var ours && ours.Scheme == from.Scheme && ours.Authority == from.Authority);
    }
}
