using System.Net.WebSockets;
using System.Text;
using System.Threading.Channels;

namespace PhoneAgent.Tests.Server.BrowserVoice;

/// <summary>A client whose every step the test decides.</summary>
internal sealed class FakeSocket : WebSocket
{
    private readonly Channel<(WebSocketMessageType Type, byte[] Bytes)> _incoming = Channel.CreateUnbounded<(WebSocketMessageType, byte[])>();
    private readonly TaskCompletionSource _aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<WebSocketCloseStatus> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WebSocketCloseStatus? _theirs;

    /// <summary>Awaited before each message is taken: a slow reader.</summary>
    public Func<Task> Read { get; set; } = () => Task.CompletedTask;

    /// <summary>The server's close.</summary>
    public Task<WebSocketCloseStatus> Closed => _closed.Task;

    public Task Aborted => _aborted.Task;

    public override WebSocketCloseStatus? CloseStatus => _theirs;
    public override string? CloseStatusDescription => null;
    public override WebSocketState State => _aborted.Task.IsCompleted ? WebSocketState.Aborted : WebSocketState.Open;
    public override string? SubProtocol => null;

    public void Say(string text) => _incoming.Writer.TryWrite((WebSocketMessageType.Text, Encoding.UTF8.GetBytes(text)));

    public void Close(WebSocketCloseStatus code)
    {
        _theirs = code;
        _incoming.Writer.TryWrite((WebSocketMessageType.Close, []));
    }

    public override void Abort() => _aborted.TrySetResult();

    public override Task CloseAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken) =>
        CloseOutputAsync(closeStatus, statusDescription, cancellationToken);

    public override async Task CloseOutputAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken)
    {
        await TakeAsync();
        _closed.TrySetResult(closeStatus);
    }

    public override async Task<WebSocketReceiveResult> ReceiveAsync(ArraySegment<byte> buffer, CancellationToken cancellationToken)
    {
        Task<(WebSocketMessageType Type, byte[] Bytes)> next = _incoming.Reader.ReadAsync(cancellationToken).AsTask();
        await Task.WhenAny(next, _aborted.Task);
        if (_aborted.Task.IsCompleted)
            throw new WebSocketException(WebSocketError.ConnectionClosedPrematurely);
        (WebSocketMessageType type, byte[] bytes) = await next;
        bytes.CopyTo(buffer.AsSpan());
        return new WebSocketReceiveResult(bytes.Length, type, endOfMessage: true);
    }

    public override Task SendAsync(ArraySegment<byte> buffer, WebSocketMessageType messageType, bool endOfMessage, CancellationToken cancellationToken) => TakeAsync();

    public override void Dispose() => _aborted.TrySetResult();

    private async Task TakeAsync()
    {
        await Task.WhenAny(Read(), _aborted.Task);
        if (_aborted.Task.IsCompleted)
            throw new WebSocketException(WebSocketError.ConnectionClosedPrematurely);
    }
}
