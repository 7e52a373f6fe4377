using System.Net.Sockets;
using System.Net.WebSockets;

namespace PhoneAgent.Server.BrowserVoice.Wire;

/// <summary>Reads whole messages of bounded size. Never throws for what the network does. One reader at a time.</summary>
internal sealed class MessageReader(WebSocket socket, int maxBytes)
{
    /// <summary>A message in more pieces than this is none of an honest client; empty pieces cost time and no bytes.</summary>
    private const int MaxPieces = 64;

    private readonly byte[] _buffer = new byte[maxBytes];

    /// <summary>The next message; its bytes are valid until the next call.</summary>
    public async ValueTask<SocketMessage> ReadAsync(CancellationToken cancellationToken)
    {
        int length = 0;
        for (int piece = 0; piece < MaxPieces; piece++)
        {
            if (length == maxBytes)
                return new SocketMessage(SocketMessageKind.TooBig, default);
            ValueWebSocketReceiveResult result;
            try
            {
                result = await socket.ReceiveAsync(_buffer.AsMemory(length), cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is WebSocketException or IOException or SocketException or ObjectDisposedException or InvalidOperationException or OperationCanceledException)
            {
                return new SocketMessage(SocketMessageKind.Lost, default);
            }
            if (result.MessageType == WebSocketMessageType.Close)
                return new SocketMessage(SocketMessageKind.Closed, default);
            length += result.Count;
            if (result.EndOfMessage)
                return new SocketMessage(result.MessageType == WebSocketMessageType.Text ? SocketMessageKind.Text : SocketMessageKind.Binary, _buffer.AsMemory(0, length));
        }
        return new SocketMessage(SocketMessageKind.TooBig, default);
    }
}

internal enum SocketMessageKind
{
    Text,
    Binary,
    /// <summary>The peer closed.</summary>
    Closed,
    /// <summary>The connection broke, was aborted, or the wait was cancelled.</summary>
    Lost,
    TooBig,
}

internal readonly record struct SocketMessage(SocketMessageKind Kind, ReadOnlyMemory<byte> Bytes);
