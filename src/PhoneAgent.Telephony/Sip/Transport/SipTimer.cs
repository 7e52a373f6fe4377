namespace PhoneAgent.Telephony.Sip.Transport;

/// <summary>One pending call-back of a <see cref="SipLoop"/>. Used on the loop only.</summary>
public sealed class SipTimer
{
    private readonly SipTimerQueue _queue;
    private Action? _callback;

    internal SipTimer(SipTimerQueue queue, Action callback) => (_queue, _callback) = (queue, callback);

    public bool IsPending => _callback is not null;

    /// <summary>After this the call-back does not come. Safe to call at any time, more than once.</summary>
    public void Cancel()
    {
        if (_callback is null)
            return;
        _callback = null;
        _queue.NoteCancelled();
    }

    internal Action? Take()
    {
        Action? callback = _callback;
        _callback = null;
        return callback;
    }
}
