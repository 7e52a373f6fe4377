using System.Buffers;
using System.Globalization;

namespace PhoneAgent.Telephony.Sip.Messages;

public sealed class SipRequest : SipMessage
{
    public SipRequest(string method, SipUri requestUri) : this(method, requestUri, new SipHeaders()) { }

    internal SipRequest(string method, SipUri requestUri, SipHeaders headers) : base(headers) =>
        (Method, RequestUri) = (method, requestUri);

    public string Method { get; }
    public SipUri RequestUri { get; set; }

    public bool IsInvite => Method == SipMethods.Invite;
    public bool IsAck => Method == SipMethods.Ack;

    /// <summary>Null when absent, or unreadable in a message that we built.</summary>
    public int? MaxForwards
    {
        get => SipSeconds.Parse(SipText.Trim(Headers.Get(SipHeaderNames.MaxForwards))) is { } hops ? (int)Math.Min(hops, 255) : null;
        set => Headers.Set(SipHeaderNames.MaxForwards, value?.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>A deep enough copy: changing the headers of one leaves the other alone.</summary>
    public SipRequest Clone() => new(Method, RequestUri, Headers.Clone()) { Body = Body };

    private protected override void WriteStartLine(IBufferWriter<byte> writer)
    {
        WriteText(writer, Method);
        writer.Write(" "u8);
        WriteText(writer, RequestUri.ToString());
        writer.Write(" SIP/2.0\r\n"u8);
    }
}
