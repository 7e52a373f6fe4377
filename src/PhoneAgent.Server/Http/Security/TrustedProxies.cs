using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using PhoneAgent.Server.Options;

namespace PhoneAgent.Server.Http.Security;

/// <summary>
/// Whose word is taken for where a request comes from. Nobody's, unless the configuration names the proxy: anybody can
/// write the headers, and limits of logins and sockets count addresses.
/// </summary>
internal static class TrustedProxies
{
    /// <summary>Kept by the framework when it has taken a forwarded address: the connection's own.</summary>
    public const string OriginalFor = "X-Original-For";

    /// <summary>Goes before everything that asks for the caller's address or whether the connection is secure.</summary>
    public static void UseTrustedProxies(this WebApplication app, HttpServerOptions http)
    {
        if (http.Proxies.Count == 0)
            return;
        // No limit of hops: it goes back from proxy to proxy, and stops at the first address that is none of them.
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto, ForwardLimit = null };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (string proxy in http.Proxies)
        {
            if (IPAddress.TryParse(proxy, out IPAddress? address))
                options.KnownProxies.Add(address);
            else
                options.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(proxy));
        }
        app.UseForwardedHeaders(options);
    }
}
