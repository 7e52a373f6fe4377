using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace PhoneAgent.Telephony.Sip.Transport;

/// <summary>One UDP socket that listens and sends, so that responses and requests leave from the port that is advertised.</summary>
internal sealed partial class SipUdpSocket : IAsyncDisposable
{
    private const int MaxDatagram = 65_535;
    private readonly Socket _socket;
    private readonly SipReceiver _receiver;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private Task _receiving = Task.CompletedTask;

    private SipUdpSocket(Socket socket, SipReceiver receiver, ILogger logger)
    {
        (_socket, _receiver, _logger) = (socket, receiver, logger);
        Local = (IPEndPoint)socket.LocalEndPoint!;
    }

    public IPEndPoint Local { get; }

    /// <exception cref="SocketException">The address cannot be bound.</exception>
    public static SipUdpSocket Bind(IPEndPoint endPoint, SipReceiver receiver, ILogger logger)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            if (endPoint.AddressFamily == AddressFamily.InterNetworkV6)
                socket.DualMode = false;
            // A burst of INVITEs must outlast one pause of the garbage collector.
            socket.ReceiveBufferSize = 1 << 20;
            socket.Bind(endPoint);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
        return new SipUdpSocket(socket, receiver, logger);
    }

    public void Start() => _receiving = Task.Run(ReceiveAsync);

    /// <exception cref="SocketException">The operating system refuses: no route, too large …</exception>
    public void Send(ReadOnlySpan<byte> bytes, IPEndPoint destination) => _socket.SendTo(bytes, SocketFlags.None, destination);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _socket.Dispose();
        await _receiving.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task ReceiveAsync()
    {
        byte[] buffer = GC.AllocateUninitializedArray<byte>(MaxDatagram, pinned: true);
        var anybody = new IPEndPoint(_socket.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0);
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                SocketReceiveFromResult result = await _socket
                    .ReceiveFromAsync(buffer, SocketFlags.None, anybody, _stop.Token).ConfigureAwait(false);
                _receiver.OnBytes(buffer.AsSpan(0, result.ReceivedBytes),
                    new SipSource(SipTransportKind.Udp, (IPEndPoint)result.RemoteEndPoint, Local, ConnectionId: 0));
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException e) when (!_stop.IsCancellationRequested)
            {
                // An ICMP error about something sent earlier shows up here on some systems; the socket is still good.
                Log.ReceiveFailed(_logger, Local, e.SocketErrorCode);
            }
            catch (SocketException)
            {
                return;
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "udp:{Local}: receive failed with {Error}; going on.")]
        public static partial void ReceiveFailed(ILogger logger, IPEndPoint local, SocketError error);
    }
}
