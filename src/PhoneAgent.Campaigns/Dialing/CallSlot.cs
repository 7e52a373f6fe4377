using PhoneAgent.Campaigns.Attempts;
using PhoneAgent.Campaigns.Pacing;

namespace PhoneAgent.Campaigns.Dialing;

/// <summary>Leave of the breaker and a place in the pace, for one call. Disposed before it is kept, it was for no call.</summary>
internal sealed class CallSlot(CallPermit? permit) : IDisposable
{
    private bool _isKept;

    public CallPermit? Permit => permit;

    public CallPlace? Place { get; set; }

    /// <summary>There is a call: <see cref="End"/> gives it back.</summary>
    public CallSlot Keep()
    {
        _isKept = true;
        return this;
    }

    public void End(AttemptOutcome outcome)
    {
        permit?.Report(outcome);
        Place?.Dispose();
    }

    /// <summary>There was no call after all.</summary>
    public void Withdraw()
    {
        permit?.Dispose();
        Place?.Undo();
    }

    public void Dispose()
    {
        if (!_isKept)
            Withdraw();
    }
}
