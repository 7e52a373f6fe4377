using System.Net;
using System.Net.WebSockets;
using Microsoft.Extensions.Logging;
using PhoneAgent.Server.BrowserVoice.MediaStream;
using PhoneAgent.Server.BrowserVoice.Wire;
using PhoneAgent.Server.Http.Security;

namespace PhoneAgent.Server.BrowserVoice;

/// <summary>Lets sockets in: not from strangers' pages, and not more than there are places. Thread-safe.</summary>
internal sealed class SocketDoor(BrowserLine line, OneTimeTokens<TalkGrant> tokens, BrowserVoiceOptions options, WakeWords wakeWords, AccountDesk accounts, TimeProvider time, ILoggerFactory loggers)
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

    /// <summary>The same for a media stream of a telephone cloud.</summary>
    /// <param name="mayTalk">Its headers say that it may.</param>
    public async Task EnterStreamAsync(WebSocket socket, IPAddress address, bool isOwnOrigin, bool mayTalk, CancellationToken cancellationToken)
    {
        using IDisposable? place = isOwnOrigin ? Limits.TryEnter(address) : null;
        if (place is null)
        {
            VoiceClose why = isOwnOrigin ? new(VoiceCloseCode.TooMuch, "too many connections") : new(VoiceCloseCode.Origin, "the page is not of this server");
            await TurnAwayAsync(socket, why, cancellationToken).ConfigureAwait(false);
            return;
        }
        await new StreamConnection(socket, line, mayTalk, IsKey, time, loggers.CreateLogger<StreamConnection>()).RunAsync(cancellationToken).ConfigureAwait(false);
    }

    private bool IsKey(string secret) => accounts.CheckKey(secret) is { } key && (key.Scopes.Contains(ApiScope.Talk) || key.Scopes.Contains(ApiScope.Admin));

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
