using System.Net;
using System.Net.Sockets;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Telephony.Sip;
using PhoneAgent.Telephony.Sip.Transport;
using PhoneAgent.Telephony.Sip.UserAgent;
using SIPSorcery.SIP;

namespace PhoneAgent.Telephony.SipSorcery;

/// <summary>The library's channels for what the options say to listen on.</summary>
internal sealed class SorceryListeners : IDisposable
{
    private readonly SipOptions _options;
    private readonly SipTls? _tls;
    private readonly List<SIPChannel> _channels = [];

    /// <exception cref="PhoneLineException">A certificate cannot be read.</exception>
    internal SorceryListeners(SipOptions options, TimeProvider time)
    {
        _options = options;
        if (options.Listen.Any(listen => listen.Transport == "tls"))
            _tls = new SipTls(new SipTlsOptions
            {
                CertificateFile = options.Tls.CertificateFile,
                KeyFile = options.Tls.KeyFile,
                AuthorityFile = options.Tls.TrustFile,
                VerifyServer = options.Tls.VerifyPeer,
            }, time);
    }

    internal IReadOnlyList<SipListener> Listening =>
        [.. _channels.Select(channel => new SipListener(channel.SIPProtocol.ToString(), new IPEndPoint(channel.ListeningIPAddress, channel.Port)))];

    internal static SipTransportKind KindOf(SIPProtocolsEnum protocol) => protocol switch
    {
        SIPProtocolsEnum.tcp => SipTransportKind.Tcp,
        SIPProtocolsEnum.tls => SipTransportKind.Tls,
        _ => SipTransportKind.Udp,
    };

    /// <exception cref="PhoneLineException">A port is in use, or an address is not ours.</exception>
    internal void Open(SIPTransport transport, SorceryGuard guard)
    {
        foreach (var listen in _options.Listen)
        {
            var kind = SipTransportKinds.TryParse(listen.Transport, out var parsed) ? parsed : SipTransportKind.Udp;
            var address = new SipListenAddress(kind, new IPEndPoint(IPAddress.Parse(listen.Address), listen.Port));
            try
            {
                ThrowIfInUse(address);
                var channel = Create(address);
                _channels.Add(channel);
                transport.AddSIPChannel(channel);
                guard.Watch(channel);
            }
            catch (SocketException e)
            {
                throw SipTransportLayer.CannotListen(address, e);
            }
            catch (ApplicationException e)
            {
                throw new PhoneLineException($"sip.listen: cannot open {address}: {e.Message}", e);
            }
        }
    }

    public void Dispose() => _tls?.Dispose();

    private SIPChannel Create(SipListenAddress address) => address.Transport switch
    {
        SipTransportKind.Tcp => new PromptTcpChannel(address.EndPoint) { DisableLocalTCPSocketsCheck = true },
        SipTransportKind.Tls => new PromptTlsChannel(_tls!.Certificate, address.EndPoint, (_, certificate, _, errors) => _tls.IsTrustedServer(certificate, errors))
        {
            DisableLocalTCPSocketsCheck = true,
        },
        _ => new SIPUDPChannel(address.EndPoint),
    };

    /// <summary>The library opens its sockets so that two programs can share a port, and says nothing when they do.</summary>
    private static void ThrowIfInUse(SipListenAddress address)
    {
        if (address.EndPoint.Port == 0)
            return;
        var isUdp = address.Transport == SipTransportKind.Udp;
        using var probe = new Socket(address.EndPoint.AddressFamily, isUdp ? SocketType.Dgram : SocketType.Stream, isUdp ? ProtocolType.Udp : ProtocolType.Tcp);
        probe.Bind(address.EndPoint);
        if (!isUdp)
            probe.Listen(1);
    }
}
