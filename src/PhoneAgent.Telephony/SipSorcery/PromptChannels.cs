using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using SIPSorcery.SIP;

namespace PhoneAgent.Telephony.SipSorcery;

/// <summary>The library's TCP without Nagle's algorithm, with which a response waits some 40 ms for the peer to acknowledge the one before.</summary>
internal sealed class PromptTcpChannel(IPEndPoint endPoint) : SIPTCPChannel(endPoint)
{
    protected override void OnAccept(SIPStreamConnection streamConnection)
    {
        streamConnection.StreamSocket.NoDelay = true;
        base.OnAccept(streamConnection);
    }

    protected override Task<SocketError> OnClientConnect(SIPStreamConnection streamConnection, string certificateName)
    {
        streamConnection.StreamSocket.NoDelay = true;
        return base.OnClientConnect(streamConnection, certificateName);
    }
}

/// <summary>As <see cref="PromptTcpChannel"/>, over TLS.</summary>
internal sealed class PromptTlsChannel(X509Certificate2? certificate, IPEndPoint endPoint, RemoteCertificateValidationCallback validation)
    : SIPTLSChannel(certificate, endPoint, remoteCertificateValidation: validation)
{
    protected override void OnAccept(SIPStreamConnection streamConnection)
    {
        streamConnection.StreamSocket.NoDelay = true;
        base.OnAccept(streamConnection);
    }

    protected override Task<SocketError> OnClientConnect(SIPStreamConnection streamConnection, string serverCertificateName)
    {
        streamConnection.StreamSocket.NoDelay = true;
        return base.OnClientConnect(streamConnection, serverCertificateName);
    }
}
