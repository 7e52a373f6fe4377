using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace PhoneAgent.Telephony.Sip.Transport;

/// <summary>
/// All TCP and TLS connections, in and out. Its tables belong to the SIP loop: every method but <see cref="DisposeAsync"/> is
/// called there.
/// </summary>
internal sealed partial class SipConnectionPool(
    SipTransportOptions options, SipLoop loop, SipReceiver receiver, SipTls? tls, ILogger logger) : IAsyncDisposable
{
    private readonly Dictionary<long, SipConnection> _byId = [];
    // Connections to reuse for a destination (RFC 3261 §18): opened by us, or by the peer from that very port.
    // The name is part of it: a certificate for one name says nothing about another at the same address.
    private readonly Dictionary<(SipTransportKind, IPEndPoint, string?), SipConnection> _byPeer = [];
    private readonly Dictionary<IPAddress, int> _perAddress = [];
    private readonly Dictionary<long, Task> _running = [];
    private long _lastId;
    private bool _closed;

    public int Count => _byId.Count;
    public long Refused { get; private set; }

    public SipConnection? Find(SipDestination destination)
    {
        if (destination.ConnectionId != 0 && _byId.TryGetValue(destination.ConnectionId, out SipConnection? same))
            return same;
        return _byPeer.GetValueOrDefault(KeyOf(destination));
    }

    public void Send(byte[] bytes, SipDestination destination, Action<string>? onFailure)
    {
        SipConnection? connection = Find(destination) ?? Open(destination);
        if (connection is null)
            onFailure?.Invoke($"{destination}: no connection: {options.MaxConnections} are open already (sip.max_connections)");
        else if (!connection.TrySend(bytes, onFailure))
        {
            onFailure?.Invoke($"{destination}: the peer does not read what it is sent");
            connection.Close("the peer does not read");
        }
    }

    /// <summary>Takes over an accepted socket, or closes it when there are too many.</summary>
    public void Adopt(Socket socket, SipTransportKind transport)
    {
        if (_closed || socket.RemoteEndPoint is not IPEndPoint remote || !HasRoom(remote.Address))
        {
            Refused++;
            Log.Refused(logger, transport.UriName(), Refused);
            socket.Dispose();
            return;
        }
        Run(new SipDestination(transport, remote), isOutgoing: false, async cancellation =>
        {
            var stream = new NetworkStream(socket, ownsSocket: true);
            var local = (IPEndPoint)socket.LocalEndPoint!;
            return (transport == SipTransportKind.Tls ? await tls!.AcceptAsync(stream, cancellation).ConfigureAwait(false) : stream, local);
        });
    }

    /// <summary>Closes what has been silent for too long, and pings the connections that we opened.</summary>
    public void CloseIdle(bool ping)
    {
        foreach (SipConnection connection in _byId.Values)
        {
            if (connection.Idle >= options.IdleTimeout)
                connection.Close("idle");
            else if (ping && connection.IsOutgoing)
                connection.Ping();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task[] running = await loop.InvokeAsync(() =>
        {
            _closed = true;
            foreach (SipConnection connection in _byId.Values)
                connection.Close("shutting down");
            return _running.Values.ToArray();
        }).ConfigureAwait(false);
        await Task.WhenAll(running).ConfigureAwait(false);
    }

    private SipConnection? Open(SipDestination destination)
    {
        if (_closed || _byId.Count >= options.MaxConnections)
            return null;
        return Run(destination with { ConnectionId = 0 }, isOutgoing: true, async cancellation =>
        {
            var socket = new Socket(destination.EndPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(destination.EndPoint, cancellation).ConfigureAwait(false);
                var local = (IPEndPoint)socket.LocalEndPoint!;
                Stream stream = new NetworkStream(socket, ownsSocket: true);
                if (destination.Transport == SipTransportKind.Tls)
                    stream = await tls!.ConnectAsync(stream, destination.ServerName ?? destination.EndPoint.Address.ToString(), cancellation).ConfigureAwait(false);
                return (stream, local);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        });
    }

    private SipConnection Run(
        SipDestination peer, bool isOutgoing, Func<CancellationToken, Task<(Stream Stream, IPEndPoint Local)>> openAsync)
    {
        var connection = new SipConnection(++_lastId, peer, isOutgoing, options.MaxSendQueue, receiver, loop.TimeProvider);
        _byId.Add(connection.Id, connection);
        _byPeer[KeyOf(peer)] = connection;
        _perAddress[peer.EndPoint.Address] = _perAddress.GetValueOrDefault(peer.EndPoint.Address) + 1;
        _running.Add(connection.Id, Task.Run(async () =>
        {
            string reason = await connection.RunAsync(openAsync, options.ConnectTimeout).ConfigureAwait(false);
            Log.Closed(logger, peer, reason);
            loop.Post(() => Forget(connection));
        }));
        return connection;
    }

    private static (SipTransportKind, IPEndPoint, string?) KeyOf(SipDestination peer) =>
        (peer.Transport, peer.EndPoint, peer.Transport == SipTransportKind.Tls ? peer.ServerName : null);

    private bool HasRoom(IPAddress address) =>
        _byId.Count < options.MaxConnections && _perAddress.GetValueOrDefault(address) < options.MaxConnectionsPerAddress;

    private void Forget(SipConnection connection)
    {
        _byId.Remove(connection.Id);
        _running.Remove(connection.Id);
        if (_byPeer.GetValueOrDefault(KeyOf(connection.Peer)) == connection)
            _byPeer.Remove(KeyOf(connection.Peer));
        IPAddress address = connection.Peer.EndPoint.Address;
        if (--_perAddress[address] == 0)
            _perAddress.Remove(address);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "{Peer}: connection closed: {Reason}")]
        public static partial void Closed(ILogger logger, SipDestination peer, string reason);

        [LoggerMessage(LogLevel.Warning, "A {Transport} connection was refused: too many are open (sip.max_connections); {Count} so far.")]
        public static partial void Refused(ILogger logger, string transport, long count);
    }
}
