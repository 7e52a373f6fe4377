using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace PhoneAgent.Telephony.Sip.Transport;

/// <summary>Accepts TCP connections and hands them to the pool, on the SIP loop.</summary>
internal sealed partial class SipStreamListener : IAsyncDisposable
{
    private readonly Socket _socket;
    private readonly Action<Socket, SipTransportKind> _onAccepted;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private Task _accepting = Task.CompletedTask;

    private SipStreamListener(Socket socket, SipTransportKind transport, Action<Socket, SipTransportKind> onAccepted, TimeProvider timeProvider, ILogger logger)
    {
        (_socket, Transport, _onAccepted, _timeProvider, _logger) = (socket, transport, onAccepted, timeProvider, logger);
        Local = (IPEndPoint)socket.LocalEndPoint!;
    }

    public SipTransportKind Transport { get; }
    public IPEndPoint Local { get; }

    /// <exception cref="SocketException">The address cannot be bound.</exception>
    public static SipStreamListener Bind(
        SipListenAddress address, Action<Socket, SipTransportKind> onAccepted, TimeProvider timeProvider, ILogger logger)
    {
        var socket = new Socket(address.EndPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (address.EndPoint.AddressFamily == AddressFamily.InterNetworkV6)
                socket.DualMode = false;
            socket.Bind(address.EndPoint);
            socket.Listen(512);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
        return new SipStreamListener(socket, address.Transport, onAccepted, timeProvider, logger);
    }

    public void Start() => _accepting = Task.Run(AcceptAsync);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _socket.Dispose();
        await _accepting.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                Socket accepted = await _socket.AcceptAsync(_stop.Token).ConfigureAwait(false);
                accepted.NoDelay = true;
                _onAccepted(accepted, Transport);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException e)
            {
                // The peer was gone before we took it, or files ran out; the listener itself is good.
                Log.AcceptFailed(_logger, Transport.UriName(), Local, e.SocketErrorCode);
                if (e.SocketErrorCode is SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable && !await PauseAsync().ConfigureAwait(false))
                    return;
            }
        }
    }

    /// <summary>Waits until others have closed something, in place of trying without end. False when we are closed meanwhile.</summary>
    private async Task<bool> PauseAsync()
    {
        using var pause = new PeriodicTimer(TimeSpan.FromSeconds(1), _timeProvider);
        try
        {
            return await pause.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "{Transport}:{Local}: accept failed with {Error}; going on.")]
        public static partial void AcceptFailed(ILogger logger, string transport, IPEndPoint local, SocketError error);
    }
}
