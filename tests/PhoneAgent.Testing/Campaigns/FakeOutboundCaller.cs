using PhoneAgent.Campaigns.Attempts;
using PhoneAgent.Campaigns.Contacts;
using PhoneAgent.Campaigns.Dialing;
using PhoneAgent.Campaigns.Plans;

namespace PhoneAgent.Testing.Campaigns;

/// <summary>Calls that last until the test ends them.</summary>
public sealed class FakeOutboundCaller : IOutboundCaller
{
    private readonly Lock _lock = new();
    private readonly List<(CallOrder Order, TaskCompletionSource<CallReport> Ended)> _calls = [];

    private readonly TaskCompletionSource _placed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The first call was placed.</summary>
    public Task FirstPlaced => _placed.Task;

    public int Room { get; set; } = 1_000;

    /// <summary>Who may be called; by default everybody.</summary>
    public Func<PhoneNumber, Clearance> Guard { get; set; } = _ => new Clearance.Granted();

    /// <summary>A bug in the line.</summary>
    public Exception? Breaks { get; set; }

    /// <summary>Every call that was placed, in order.</summary>
    public IReadOnlyList<CallOrder> Placed
    {
        get
        {
            lock (_lock)
                return [.. _calls.Select(call => call.Order)];
        }
    }

    public int Running
    {
        get
        {
            lock (_lock)
                return _calls.Count(call => !call.Ended.Task.IsCompleted);
        }
    }

    public string? Missing { get; set; }

    public string? WhatIsMissing(CampaignPlan plan) => Missing;

    public Clearance Clear(PhoneNumber number, CampaignPlan plan) => Guard(number);

    public Task<CallReport> CallAsync(CallOrder order, CancellationToken cancellationToken)
    {
        if (Breaks is not null)
            return Task.FromException<CallReport>(Breaks);
        // What follows on the end runs within End, so that a test's steps are in its own order.
        var ended = new TaskCompletionSource<CallReport>();
        lock (_lock)
            _calls.Add((order, ended));
        _placed.TrySetResult();
        cancellationToken.Register(() => ended.TrySetResult(new CallReport(AttemptOutcome.Failed, null)));
        return ended.Task;
    }

    /// <summary>Ends the call that was placed as number <paramref name="index"/>.</summary>
    public void End(int index, AttemptOutcome outcome) => End(index, new CallReport(outcome, $"call-{index}"));

    /// <inheritdoc cref="End(int, AttemptOutcome)"/>
    public void End(int index, CallReport report)
    {
        TaskCompletionSource<CallReport> ended;
        lock (_lock)
            ended = _calls[index].Ended;
        // Under a test runner's context what follows would run on another thread, some time.
        SynchronizationContext? context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        ended.TrySetResult(report);
        SynchronizationContext.SetSynchronizationContext(context);
    }

    /// <summary>Ends all that run.</summary>
    public void EndAll(AttemptOutcome outcome)
    {
        for (int i = 0; i < Placed.Count; i++)
            End(i, outcome);
    }
}
