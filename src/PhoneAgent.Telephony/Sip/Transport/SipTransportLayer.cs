using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Telephony.Sip.Messages;

namespace PhoneAgent.Telephony.Sip.Transport;

/// <summary>
/// UDP, TCP and TLS (RFC 3261 §18). Listeners and connections only parse, stamp and enqueue to the loop; the members of
/// <see cref="ISipTransport"/> are called on the loop. Set <see cref="User"/>, start the loop, then call <see cref="StartAsync"/>.
/// </summary>
public sealed partial class SipTransportLayer : ISipTransport, IAsyncDisposable
{
    /// <summary>Above this a request on UDP risks fragments (RFC 3261 §18.1.1).</summary>
    public const int MaxUdpRequestBytes = 1300;

    private readonly SipTransportOptions _options;
    private readonly SipLoop _loop;
    private readonly ILogger _logger;
    private readonly SipReceiver _receiver;
    private readonly SipTls? _tls;
    private readonly SipConnectionPool _connections;
    private readonly SipLocalAddresses _addresses;
    private readonly List<SipUdpSocket> _udp = [];
    private readonly List<SipStreamListener> _listeners = [];
    private readonly HashSet<SipDestination> _keepAliveTargets = [];
    private readonly ArrayBufferWriter<byte> _datagram = new(2048);
    private SipTimer? _housekeeping;

    /// <exception cref="PhoneLineException">A certificate file cannot be read.</exception>
    public SipTransportLayer(SipTransportOptions options, SipLoop loop, ILogger logger)
    {
        (_options, _loop, _logger) = (options, loop, logger);
        _receiver = new SipReceiver(loop);
        _tls = new SipTls(options.Tls, loop.TimeProvider);
        _connections = new SipConnectionPool(options, loop, _receiver, _tls, logger);
        _addresses = new SipLocalAddresses(options);
    }

    /// <summary>Who takes what arrives: the transaction layer. Set before <see cref="StartAsync"/>.</summary>
    public ISipTransportUser? User
    {
        get => _receiver.User;
        set => _receiver.User = value;
    }

    /// <summary>What is really listened on, with the ports that the system chose for port 0. After <see cref="StartAsync"/>.</summary>
    public IReadOnlyList<SipListenAddress> Listening =>
        [.. _udp.Select(socket => new SipListenAddress(SipTransportKind.Udp, socket.Local)),
         .. _listeners.Select(listener => new SipListenAddress(listener.Transport, listener.Local))];

    public long ReceivedMessages => _receiver.Received;
    public long MalformedMessages => _receiver.Malformed;
    public long ReceivedKeepAlives => _receiver.KeepAlives;

    /// <summary>Open TCP and TLS connections. On the loop.</summary>
    public int ConnectionCount => _connections.Count;

    /// <summary>Opens the listeners.</summary>
    /// <exception cref="PhoneLineException">A port is in use, or an address is not ours; nothing stays open.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        foreach (SipListenAddress address in _options.Listen)
        {
            try
            {
                if (address.Transport == SipTransportKind.Udp)
                    _udp.Add(SipUdpSocket.Bind(address.EndPoint, _receiver, _logger));
                else
                    _listeners.Add(SipStreamListener.Bind(address, OnAccepted, _loop.TimeProvider, _logger));
            }
            catch (SocketException e)
            {
                await CloseListenersAsync().ConfigureAwait(false);
                throw CannotListen(address, e);
            }
        }
        if (_tls is { IsSelfSigned: true } && _listeners.Exists(listener => listener.Transport == SipTransportKind.Tls))
            Log.SelfSigned(_logger);
        foreach (SipUdpSocket socket in _udp)
            socket.Start();
        foreach (SipStreamListener listener in _listeners)
            listener.Start();
        _loop.Post(ScheduleHousekeeping);
    }

    /// <summary>Keeps the NAT binding of a UDP destination open with a CRLF at each interval (RFC 5626 §3.5.1). On the loop.</summary>
    public void AddKeepAliveTarget(SipDestination destination) => _keepAliveTargets.Add(destination);

    /// <summary>On the loop.</summary>
    public void RemoveKeepAliveTarget(SipDestination destination) => _keepAliveTargets.Remove(destination);

    public void Send(SipMessage message, SipDestination destination, Action<SipTransportFailure>? onFailure)
    {
        if (destination.Transport != SipTransportKind.Udp)
        {
            _connections.Send(message.ToBytes(), destination, onFailure is null ? null : Post);
            return;
        }
        _datagram.ResetWrittenCount();
        message.WriteTo(_datagram);
        if (TrySendDatagram(_datagram.WrittenSpan, destination.EndPoint) is { } detail && onFailure is not null)
            Post(detail);

        void Post(string reason) => _loop.Post(() => onFailure!(new SipTransportFailure(reason)));
    }

    public SipDestination Choose(SipDestination destination, int messageBytes) =>
        _options.LargeRequestsOverTcp && destination.Transport == SipTransportKind.Udp && messageBytes > MaxUdpRequestBytes
            ? destination with { Transport = SipTransportKind.Tcp }
            : destination;

    public SipLocalAddress LocalAddressFor(SipDestination destination) =>
        _addresses.Find(destination, BoundFor(destination));

    /// <summary>Closes listeners and connections, and waits for their loops. Before the SIP loop is disposed.</summary>
    public async ValueTask DisposeAsync()
    {
        await CloseListenersAsync().ConfigureAwait(false);
        // A loop that never ran has opened no connection, and would never answer.
        if (_loop.IsRunning)
        {
            await _loop.InvokeAsync(() =>
            {
                _housekeeping?.Cancel();
                return 0;
            }).ConfigureAwait(false);
            await _connections.DisposeAsync().ConfigureAwait(false);
        }
        _tls?.Dispose();
    }

    private string? TrySendDatagram(ReadOnlySpan<byte> bytes, IPEndPoint destination)
    {
        SipUdpSocket? socket = _udp.Find(one => one.Local.AddressFamily == destination.AddressFamily);
        if (socket is null)
            return $"udp:{destination}: sip.listen has no udp entry for {destination.AddressFamily}";
        try
        {
            socket.Send(bytes, destination);
            return null;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return $"udp:{destination}: {e.Message}";
        }
    }

    private IPEndPoint? BoundFor(SipDestination destination) => destination.Transport == SipTransportKind.Udp
        ? _udp.Find(one => one.Local.AddressFamily == destination.EndPoint.AddressFamily)?.Local
        : _listeners.Find(one => one.Transport == destination.Transport
            && one.Local.AddressFamily == destination.EndPoint.AddressFamily)?.Local;

    private void OnAccepted(Socket socket, SipTransportKind transport) =>
        _loop.Post(() => _connections.Adopt(socket, transport));

    private void ScheduleHousekeeping()
    {
        bool pings = _options.KeepAliveInterval > TimeSpan.Zero;
        TimeSpan interval = pings ? _options.KeepAliveInterval : _options.IdleTimeout / 4;
        _housekeeping = _loop.StartTimer(interval, () =>
        {
            _connections.CloseIdle(pings);
            if (pings)
                foreach (SipDestination target in _keepAliveTargets)
                    TrySendDatagram("\r\n\r\n"u8, target.EndPoint);
            ScheduleHousekeeping();
        });
    }

    private async Task CloseListenersAsync()
    {
        foreach (SipUdpSocket socket in _udp)
            await socket.DisposeAsync().ConfigureAwait(false);
        foreach (SipStreamListener listener in _listeners)
            await listener.DisposeAsync().ConfigureAwait(false);
        _udp.Clear();
        _listeners.Clear();
    }

    internal static PhoneLineException CannotListen(SipListenAddress address, SocketException e) => new(e.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse =>
            $"sip.listen: {address} is in use by another program. Stop that one (`ss -lnp | grep {address.EndPoint.Port}` names it), or choose another port.",
        SocketError.AddressNotAvailable =>
            $"sip.listen: {address} is not an address of this machine. Use one that `ip address` lists, or 0.0.0.0 for all.",
        SocketError.AccessDenied =>
            $"sip.listen: this user may not open {address}. Choose a port above 1023.",
        _ => $"sip.listen: cannot open {address}: {e.Message}",
    }, e);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "TLS uses a self-signed certificate made just now: peers that verify will refuse it. Set sip.tls.certificate_file and key_file to PEM files.")]
        public static partial void SelfSigned(ILogger logger);
    }
}
