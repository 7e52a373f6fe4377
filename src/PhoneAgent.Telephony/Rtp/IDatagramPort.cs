using System.Net;

namespace PhoneAgent.Telephony.Rtp;

/// <summary>A bound UDP port that never blocks and never throws on what the network does.</summary>
public interface IDatagramPort : IDisposable
{
    int LocalPort { get; }

    /// <summary>Takes the next datagram. Returns its length (cut to the buffer), or −1 when there is none now.</summary>
    /// <param name="from">Becomes the sender; large enough for the port's address family.</param>
    int Receive(Span<byte> buffer, SocketAddress from);

    /// <summary>False when the system did not take it (buffer full, no route).</summary>
    bool Send(ReadOnlySpan<byte> datagram, SocketAddress to);
}
