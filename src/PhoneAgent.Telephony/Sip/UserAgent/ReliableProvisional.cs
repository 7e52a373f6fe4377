using PhoneAgent.Telephony.Sip.Messages;
using PhoneAgent.Telephony.Sip.Transactions;

namespace PhoneAgent.Telephony.Sip.UserAgent;

/// <summary>A provisional response that is repeated until its PRACK comes (RFC 3262 §3).</summary>
internal sealed class ReliableProvisional
{
    private readonly SipResponse _response;
    private readonly uint _sequence;
    private readonly ResponseRepeater _repeater;

    internal ReliableProvisional(ISignalling signalling, SipServerTransaction transaction, SipResponse response, Action onGivenUp)
    {
        _response = response;
        _sequence = (uint)signalling.Random.Next(1, int.MaxValue);
        response.RSeq = _sequence;
        response.Headers.Set(SipHeaderNames.Require, Capabilities.Reliable);
        _repeater = new ResponseRepeater(signalling, transaction, response, TimeSpan.MaxValue, onGivenUp);
    }

    /// <summary>Whether a PRACK is about this response. If so it is not repeated any more.</summary>
    internal bool Take(SipRAck? rack)
    {
        if (!_repeater.IsRunning || rack is null || rack.RSeq != _sequence || rack.CSeq != _response.CSeq.Sequence || rack.Method != SipMethods.Invite)
            return false;
        Stop();
        return true;
    }

    internal void Stop() => _repeater.Stop();
}
