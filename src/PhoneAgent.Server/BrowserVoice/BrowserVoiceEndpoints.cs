using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using PhoneAgent.Server.Http;
using PhoneAgent.Server.Http.Security;

namespace PhoneAgent.Server.BrowserVoice;

/// <summary>Where sockets come in.</summary>
internal static class BrowserVoiceEndpoints
{
    public const string TokenPath = "/talk/token";
    public const string SocketPath = "/talk/socket";
    public const string StreamPath = "/talk/stream";

    /// <summary>A connection that does not answer is dead after the two together: five seconds.</summary>
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan KeepAliveTimeout = TimeSpan.FromSeconds(3);

    /// <summary>The token's address and the socket's, where <see cref="BrowserVoiceServices.AddBrowserVoice"/> has turned them on.</summary>
    public static void MapBrowserVoice(this IEndpointRouteBuilder routes)
    {
        if (routes.ServiceProvider.GetService<SocketDoor>() is null)
            return;
        // The token is what opens the socket; who may have one is decided where it is given out.
        routes.Map(SocketPath, TalkAsync).AllowAnonymous();
        routes.Map(StreamPath, StreamAsync).AllowAnonymous();
        routes.MapPost(TokenPath, IssueToken).Needs(ApiScope.Talk);
    }

    private static IResult IssueToken(HttpContext context, OneTimeTokens<TalkGrant> tokens, BrowserVoiceOptions options, HostNames hosts)
    {
        // Instead of a page's token: nothing changes here, and who is no page of ours could not read the answer.
        if (!hosts.IsSameOrigin(context.Request))
            return Results.StatusCode(StatusCodes.Status403Forbidden);
        context.Response.Headers.CacheControl = "no-store";
        string token = tokens.Issue(new TalkGrant(context.User.Identity?.Name ?? "browser"));
        return Results.Json(new { token, expiresIn = options.TokenLifetime.TotalSeconds });
    }

    private static async Task TalkAsync(HttpContext context, SocketDoor door, HostNames hosts, ServerState state)
    {
        using WebSocket? socket = await AcceptAsync(context).ConfigureAwait(false);
        if (socket is not null)
            await door.EnterAsync(socket, AddressOf(context), hosts.IsSameOrigin(context.Request), state.Closing).ConfigureAwait(false);
    }

    private static async Task StreamAsync(HttpContext context, SocketDoor door, HostNames hosts, ServerState state)
    {
        bool mayTalk = context.User.May(ApiScope.Talk);
        using WebSocket? socket = await AcceptAsync(context).ConfigureAwait(false);
        if (socket is not null)
            await door.EnterStreamAsync(socket, AddressOf(context), hosts.IsSameOrigin(context.Request), mayTalk, state.Closing).ConfigureAwait(false);
    }

    private static async Task<WebSocket?> AcceptAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = StatusCodes.Status426UpgradeRequired;
            return null;
        }
        return await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
        {
            KeepAliveInterval = KeepAlive,
            KeepAliveTimeout = KeepAliveTimeout,
        }).ConfigureAwait(false);
    }

    private static IPAddress AddressOf(HttpContext context) => context.Connection.RemoteIpAddress ?? IPAddress.None;
}
