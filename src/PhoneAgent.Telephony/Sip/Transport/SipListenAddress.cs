using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace PhoneAgent.Telephony.Sip.Transport;

/// <summary>One entry of the option sip.listen: "udp:0.0.0.0:5060", "tls:[::]:5061". Port 0 takes any free one.</summary>
public sealed record SipListenAddress(SipTransportKind Transport, IPEndPoint EndPoint)
{
    public static bool TryParse(string text, [NotNullWhen(true)] out SipListenAddress? address)
    {
        address = null;
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0 || !SipTransportKinds.TryParse(text[..colon], out SipTransportKind transport)
            || !IPEndPoint.TryParse(text[(colon + 1)..], out IPEndPoint? endPoint))
            return false;
        if (endPoint.Port == 0 && !text.EndsWith(":0", StringComparison.Ordinal))
            endPoint.Port = transport.DefaultPort();
        address = new SipListenAddress(transport, endPoint);
        return true;
    }

    public override string ToString() => $"{Transport.UriName()}:{EndPoint}";
}
