using System.Net.WebSockets;
using PhoneAgent.Server.Hosting;
using PhoneAgent.Server.Http;
using PhoneAgent.Server.Http.Security;

namespace PhoneAgent.Server.Supervision;

/// <summary>Lets supervisors listen to running calls, over a socket each. Thread-safe.</summary>
internal sealed class ListenDesk(LiveCalls calls, HostNames hosts, AccountDesk accounts, ServerState state, TimeProvider time)
{
    /// <summary>Sockets that may be open at the same time.</summary>
    public const int MaxSockets = 200;

    private int _open;

    public int Open => Volatile.Read(ref _open);

    public async Task ServeAsync(string id, HttpContext context)
    {
        if (Refuse(id, context) is { } refusal)
        {
            await refusal.ExecuteAsync(context).ConfigureAwait(false);
            return;
        }
        if (Interlocked.Increment(ref _open) > MaxSockets)
        {
            Interlocked.Decrement(ref _open);
            await Results.Problem("Too many people listen in.", statusCode: StatusCodes.Status503ServiceUnavailable).ExecuteAsync(context).ConfigureAwait(false);
            return;
        }
        try
        {
            var keepAlive = new WebSocketAcceptContext { KeepAliveInterval = TimeSpan.FromSeconds(10), KeepAliveTimeout = TimeSpan.FromSeconds(10) };
            using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync(keepAlive).ConfigureAwait(false);
            using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, state.Closing);
            using var listening = new ListenSocket(socket, calls.Find(id)!, context.User.Identity!.Name!, () => accounts.IsCurrent(context.User), time);
            await listening.RunAsync(end.Token).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    private IResult? Refuse(string id, HttpContext context) =>
        !context.WebSockets.IsWebSocketRequest ? Results.Problem("This address is for WebSockets.", statusCode: StatusCodes.Status400BadRequest)
        : !hosts.IsSameOrigin(context.Request) ? Results.Problem("Another site's page may not listen to calls.", statusCode: StatusCodes.Status403Forbidden)
        : calls.Find(id) is not { IsOver: false } ? Results.Problem("There is no such call at the moment.", statusCode: StatusCodes.Status404NotFound)
        : null;
}
