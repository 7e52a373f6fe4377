using PhoneAgent.Telephony.Sip.Messages;
using PhoneAgent.Telephony.Sip.Transactions;

namespace PhoneAgent.Telephony.Sip.UserAgent;

/// <summary>
/// A 2xx of ours to an INVITE, sent again at growing intervals until its ACK comes (RFC 3261 §13.3.1.4). The
/// transaction does not do this: over every transport, reliable ones too, the 2xx is ours to repeat.
/// </summary>
internal sealed class UnacknowledgedAnswer
{
    private readonly ResponseRepeater _repeater;

    /// <param name="offered">Whether the 2xx carries our offer, so that the ACK must answer it.</param>
    internal UnacknowledgedAnswer(ISignalling signalling, SipServerTransaction transaction, SipResponse response, bool offered, Action onGivenUp)
    {
        (Sequence, Offered) = (response.CSeq.Sequence, offered);
        TimeSpan t2 = TimeSpan.FromMilliseconds(signalling.Options.Timers.T2Milliseconds);
        _repeater = new ResponseRepeater(signalling, transaction, response, t2, onGivenUp);
    }

    /// <summary>CSeq of the INVITE.</summary>
    internal uint Sequence { get; }

    internal bool Offered { get; }

    internal void Stop() => _repeater.Stop();
}
