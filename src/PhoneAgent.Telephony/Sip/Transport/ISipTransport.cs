using PhoneAgent.Telephony.Sip.Messages;

namespace PhoneAgent.Telephony.Sip.Transport;

/// <summary>The way out, as the transaction layer sees it. Called on the <see cref="SipLoop"/> only; never blocks, never throws.</summary>
public interface ISipTransport
{
    /// <summary>
    /// Serialises at once and sends, opening a connection where none can be reused.
    /// <paramref name="onFailure"/> is called later, on the loop, at most once, when the message is known not to have gone out.
    /// </summary>
    void Send(SipMessage message, SipDestination destination, Action<SipTransportFailure>? onFailure);

    /// <summary>What Via and Contact must say for messages to that destination.</summary>
    SipLocalAddress LocalAddressFor(SipDestination destination);

    /// <summary>
    /// The destination for a request of that size: the same, or TCP in place of UDP where it is above 1300 bytes and the
    /// configuration allows it (RFC 3261 §18.1.1). Decided before Via is written.
    /// </summary>
    SipDestination Choose(SipDestination destination, int messageBytes);
}

/// <summary>Takes what arrives. Called on the <see cref="SipLoop"/>.</summary>
public interface ISipTransportUser
{
    /// <summary>A checked message; the top Via of a request is stamped with received and rport.</summary>
    void OnMessage(SipMessage message, SipSource source);

    /// <summary>Bytes that were no acceptable message but that a refusal can be sent to.</summary>
    void OnMalformed(SipParseError error, SipSource source);
}

/// <param name="Detail">For logs: what failed and why.</param>
public sealed record SipTransportFailure(string Detail);
