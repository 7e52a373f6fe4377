using PhoneAgent.Telephony.Sip.Messages;
using PhoneAgent.Telephony.Sip.Transactions;
using PhoneAgent.Telephony.Sip.Transport;

namespace PhoneAgent.Telephony.Sip.UserAgent;

/// <summary>Sends a response, and again at doubling intervals from T1 on until it is stopped or 64·T1 have passed. Used on the SIP loop only.</summary>
internal sealed class ResponseRepeater
{
    private readonly ISignalling _signalling;
    private readonly SipServerTransaction _transaction;
    private readonly SipResponse _response;
    private readonly TimeSpan _longest;
    private readonly Action _onGivenUp;
    private readonly TimeSpan _limit;
    private TimeSpan _interval;
    private TimeSpan _waited;
    private SipTimer? _timer;

    /// <param name="longest">The intervals grow up to this.</param>
    /// <param name="onGivenUp">Called once when nobody has stopped it.</param>
    internal ResponseRepeater(ISignalling signalling, SipServerTransaction transaction, SipResponse response, TimeSpan longest, Action onGivenUp)
    {
        (_signalling, _transaction, _response, _longest, _onGivenUp) = (signalling, transaction, response, longest, onGivenUp);
        _interval = TimeSpan.FromMilliseconds(signalling.Options.Timers.T1Milliseconds);
        _limit = 64 * _interval;
        transaction.Respond(response);
        _timer = signalling.After(_interval, Repeat);
    }

    internal bool IsRunning => _timer is not null;

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
        _interval = Min(Min(_interval * 2, _longest), _limit - _waited);
        _timer = _signalling.After(_interval, Repeat);
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
