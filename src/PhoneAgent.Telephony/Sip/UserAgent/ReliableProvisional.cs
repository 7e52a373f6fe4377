using PhoneAgent.Telephony.Sip.Messages;
using PhoneAgent.Telephony.Sip.Transactions;
using PhoneAgent.Telephony.Sip.Transport;

namespace PhoneAgent.Telephony.Sip.UserAgent;

/// <summary>A provisional response that is repeated until its PRACK comes (RFC 3262 §3).</summary>
internal sealed class ReliableProvisional
{
    private readonly ISignalling _signalling;
    private readonly SipServerTransaction _transaction;
    private readonly SipResponse _response;
    private readonly Action _onGivenUp;
    private readonly TimeSpan _limit;
    private readonly uint _sequence;
    private TimeSpan _interval;
    private TimeSpan _waited;
    private SipTimer? _timer;

    internal ReliableProvisional(ISignalling signalling, SipServerTransaction transaction, SipResponse response, Action onGivenUp)
    {
        (_signalling, _transaction, _response, _onGivenUp) = (signalling, transaction, response, onGivenUp);
        _sequence = (uint)signalling.Random.Next(1, int.MaxValue);
        response.RSeq = _sequence;
        response.Headers.Set(SipHeaderNames.Require, Capabilities.Reliable);
        _interval = TimeSpan.FromMilliseconds(signalling.Options.Timers.T1Milliseconds);
        _limit = 64 * _interval;
        transaction.Respond(response);
        _timer = signalling.After(_interval, Repeat);
    }

    /// <summary>Whether a PRACK is about this response. If so it is not repeated any more.</summary>
    internal bool Take(SipRAck? rack)
    {
        if (_timer is null || rack is null || rack.RSeq != _sequence || rack.CSeq != _response.CSeq.Sequence || rack.Method != SipMethods.Invite)
            return false;
        Stop();
        return true;
    }

    internal void Stop()
    {
        _timer?.Cancel();
        _timer = null;
    }

    private void Repeat()
    {
        _waited += _interval;
        if (_waited >= _limit)
        {
            Stop();
            _onGivenUp();
            return;
        }
        _transaction.Respond(_response);
        _interval *= 2;
        _timer = _signalling.After(_waited + _interval > _limit ? _limit - _waited : _interval, Repeat);
    }
}
