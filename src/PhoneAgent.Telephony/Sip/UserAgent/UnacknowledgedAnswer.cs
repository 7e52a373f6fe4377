using PhoneAgent.Telephony.Sip.Messages;
using PhoneAgent.Telephony.Sip.Transactions;
using PhoneAgent.Telephony.Sip.Transport;

namespace PhoneAgent.Telephony.Sip.UserAgent;

/// <summary>
/// A 2xx of ours to an INVITE, sent again at growing intervals until its ACK comes (RFC 3261 §13.3.1.4). The
/// transaction does not do this: over every transport, reliable ones too, the 2xx is ours to repeat.
/// </summary>
internal sealed class UnacknowledgedAnswer
{
    private readonly ISignalling _signalling;
    private readonly SipServerTransaction _transaction;
    private readonly SipResponse _response;
    private readonly Action _onGivenUp;
    private readonly TimeSpan _t2;
    private readonly TimeSpan _limit;
    private TimeSpan _interval;
    private TimeSpan _waited;
    private SipTimer? _timer;

    /// <param name="offered">Whether the 2xx carries our offer, so that the ACK must answer it.</param>
    internal UnacknowledgedAnswer(ISignalling signalling, SipServerTransaction transaction, SipResponse response, bool offered, Action onGivenUp)
    {
        (_signalling, _transaction, _response, _onGivenUp, Offered) = (signalling, transaction, response, onGivenUp, offered);
        Sequence = response.CSeq.Sequence;
        _interval = TimeSpan.FromMilliseconds(signalling.Options.Timers.T1Milliseconds);
        _t2 = TimeSpan.FromMilliseconds(signalling.Options.Timers.T2Milliseconds);
        _limit = 64 * _interval;
        transaction.Respond(response);
        _timer = signalling.After(_interval, Repeat);
    }

    /// <summary>CSeq of the INVITE.</summary>
    internal uint Sequence { get; }

    internal bool Offered { get; }

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
        _interval = _interval * 2 < _t2 ? _interval * 2 : _t2;
        if (_waited + _interval > _limit)
            _interval = _limit - _waited;
        _timer = _signalling.After(_interval, Repeat);
    }
}
