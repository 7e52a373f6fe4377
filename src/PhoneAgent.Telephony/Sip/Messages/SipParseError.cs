namespace PhoneAgent.Telephony.Sip.Messages;

public enum SipFault
{
    /// <summary>Nothing but CRLF: a keep-alive, no message.</summary>
    KeepAlive,
    TooLarge,
    Incomplete,
    StartLine,
    Version,
    UriScheme,
    HeaderSyntax,
    MissingHeader,
    RepeatedHeader,
    ContentLength,
    MethodMismatch,
}

/// <summary>Why bytes are no acceptable message.</summary>
/// <param name="Detail">For logs and, without the caller's words in it, for the reason phrase.</param>
/// <param name="StatusCode">What a request with this fault deserves: 400, 416, 505 …</param>
/// <param name="Answerable">
/// The request as far as it could be read, when a response can be made from it and brought back (its top Via is readable, and
/// From, To, Call-ID and CSeq are there); null when the bytes can only be dropped, as faulty responses and ACKs always are.
/// Good for <see cref="SipResponse.For"/> only: its typed properties may throw.
/// </param>
public sealed record SipParseError(SipFault Fault, string Detail, int StatusCode, SipRequest? Answerable)
{
    /// <summary>The response to send, or null where there is none to send.</summary>
    public SipResponse? CreateResponse() => Answerable is null ? null : SipResponse.For(Answerable, StatusCode, Detail);
}
