using PhoneAgent.Campaigns.Attempts;

namespace PhoneAgent.Campaigns.Dialing;

/// <summary>A call that runs, and the way to end it. Thread-safe.</summary>
internal sealed class RunningAttempt(Lease lease, CallSlot slot, CancellationToken hangUpAll)
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _hangUp = CancellationTokenSource.CreateLinkedTokenSource(hangUpAll);
    private bool _isOver;

    public Lease Lease => lease;

    /// <summary>It tries whether a campaign that pauses may go on.</summary>
    public bool IsTrial => slot.Permit!.IsTrial;

    /// <summary>Asked for before the call is over.</summary>
    public CancellationToken HungUp => _hangUp.Token;

    /// <summary>Until its outcome is written.</summary>
    public Task Task { get; set; } = Task.CompletedTask;

    /// <summary>False when the call is over already.</summary>
    public bool HangUp()
    {
        lock (_lock)
        {
            if (_isOver)
                return false;
            _hangUp.Cancel();
            return true;
        }
    }

    public void End(CallReport report)
    {
        if (report.Limit is null)
            slot.End(report.Outcome);
        else
            slot.Withdraw();
        lock (_lock)
        {
            _isOver = true;
            _hangUp.Dispose();
        }
    }
}
