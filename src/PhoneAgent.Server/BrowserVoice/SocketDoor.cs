using System.Net;
using System.Net.WebSockets;
using Microsoft.Extensions.Logging;
using PhoneAgent.Server.BrowserVoice.Wire;

namespace PhoneAgent.Server.BrowserVoice;

/// <summary>Lets sockets in: not from strangers' pages, and not more than there are places. Thread-safe.</summary>
internal sealed class SocketDoor(BrowserLine line, OneTimeTokens<TalkGrant> tokens, BrowserVoiceOptions options, WakeWords wakeWords, TimeProvider time, ILoggerFactory loggers)
{
    private readonly ILogger<BrowserConnection> _logger = loggers.CreateLogger<BrowserConnection>();

    public SocketLimits Limits { get; } = new(options.MaxSockets, options.MaxSocketsPerAddress);

    /// <summary>Carries a socket of the voice protocol to its end, and disposes it.</summary>
    public async Task EnterAsync(WebSocket socket, IPAddress address, bool isOwnOrigin, CancellationToken cancellationToken)
    {
        if (!isOwnOrigin)
        {
            await TurnAwayAsync(socket, new VoiceClose(VoiceCloseCode.Origin, "the page is not of this server"), cancellationToken).ConfigureAwait(false);
            return;
        }
        using IDisposable? place = Limits.TryEnter(address);
        if (place is null)
        {
            await TurnAwayAsync(socket, new VoiceClose(VoiceCloseCode.TooMuch, "too many connections"), cancellationToken).ConfigureAwait(false);
            return;
        }
        await new BrowserConnection(socket, line, tokens, options, wakeWords, time, _logger).RunAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Says why and waits for nothing: those who are turned away must cost nothing.</summary>
    public static async Task TurnAwayAsync(WebSocket socket, VoiceClose close, CancellationToken cancellationToken)
    {
        try
        {
            await socket.CloseOutputAsync((WebSocketCloseStatus)close.Code, close.ShortReason, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is WebSocketException or IOException or ObjectDisposedException or OperationCanceledException)
        {
            // He has gone already.
        }
        socket.Dispose();
    }
}
