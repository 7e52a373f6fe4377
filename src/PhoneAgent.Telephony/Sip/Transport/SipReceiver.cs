using PhoneAgent.Telephony.Sip.Messages;

namespace PhoneAgent.Telephony.Sip.Transport;

/// <summary>
/// What all receive loops do with bytes: parse, stamp, enqueue to the SIP loop, nothing else. Thread-safe.
/// </summary>
internal sealed class SipReceiver(SipLoop loop)
{
    private long _received, _malformed, _keepAlives;

    /// <summary>Set before the first socket opens.</summary>
    public ISipTransportUser? User { get; set; }

    public long Received => Interlocked.Read(ref _received);
    public long Malformed => Interlocked.Read(ref _malformed);
    public long KeepAlives => Interlocked.Read(ref _keepAlives);

    public void OnBytes(ReadOnlySpan<byte> bytes, SipSource source)
    {
        if (SipParser.TryParse(bytes, out SipMessage? message, out SipParseError? error))
        {
            Interlocked.Increment(ref _received);
            Stamp(message as SipRequest, source);
            loop.TryPostReceived(static state => ((Item)state!).Deliver(), new Item(User, message, null, source));
            return;
        }
        if (error.Fault == SipFault.KeepAlive)
        {
            Interlocked.Increment(ref _keepAlives);
            return;
        }
        Interlocked.Increment(ref _malformed);
        if (error.Answerable is null)
            return;
        Stamp(error.Answerable, source);
        loop.TryPostReceived(static state => ((Item)state!).Deliver(), new Item(User, null, error, source));
    }

    /// <summary>RFC 3261 §18.2.1, RFC 3581 §4.</summary>
    internal static void Stamp(SipRequest? request, SipSource source)
    {
        if (request is null || !SipVia.TryParse(request.FirstVia(), out SipVia? via))
            return;
        SipVia stamped = via.Stamp(source.Remote);
        if (!ReferenceEquals(stamped, via))
            request.Headers.ReplaceFirstValue(SipHeaderNames.Via, stamped.ToString());
    }

    private sealed record Item(ISipTransportUser? User, SipMessage? Message, SipParseError? Error, SipSource Source)
    {
        public void Deliver()
        {
            if (Message is not null)
                User?.OnMessage(Message, Source);
            else
                User?.OnMalformed(Error!, Source);
        }
    }
}
