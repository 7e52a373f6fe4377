using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using PhoneAgent.Campaigns.Attempts;
using PhoneAgent.Campaigns.Contacts;
using PhoneAgent.Campaigns.Pacing;
using PhoneAgent.Campaigns.Plans;
using PhoneAgent.Campaigns.Windows;

namespace PhoneAgent.Campaigns.Dialing;

/// <summary>
/// Dials the running campaigns of a store, together with the dialers of other nodes. Progressive: every call has an agent from
/// its first ring. An attempt is written before it is dialled, so a crash can lose a call and never repeat one.
/// </summary>
public sealed partial class Dialer : IAsyncDisposable
{
    // Outcomes that a broken database does not take are given up after this; they are found as lost later.
    private static readonly TimeSpan LastWrites = TimeSpan.FromSeconds(10);

    private readonly DialerParts _parts;
    private readonly ILogger<Dialer> _logger;
    private readonly ConcurrentDictionary<string, (CampaignRun Run, Task Loop)> _runs = new();
    private readonly ConcurrentDictionary<string, PaceGate> _trunks = new();
    private readonly HashSet<string> _unreadable = [];
    private readonly AsyncSignal _wake = new();
    private readonly CancellationTokenSource _hangUp = new();
    private readonly CancellationTokenSource _giveUp = new();
    private Task _loop = Task.CompletedTask;
    private DateTimeOffset _recoversAt = DateTimeOffset.MinValue;
    private volatile bool _isStopping;
    private volatile bool _isOver;

    /// <param name="node">This node's name; no other that runs may have it.</param>
    public Dialer(ICampaignStore store, IOutboundCaller caller, DialerOptions options, string node, TimeProvider time, ILogger<Dialer> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        _logger = logger;
        var health = new StoreHealth(options.Lease, time, logger);
        _parts = new DialerParts(store, caller, options, time, logger)
        {
            Node = new NodeLeases(node),
            Health = health,
            Outcomes = new OutcomeDesk(store, health, time, logger),
            Trunk = name => _trunks.GetOrAdd(name ?? "", _ => new PaceGate(options.Trunk, time)),
            HangUp = _hangUp.Token,
            GiveUp = _giveUp.Token,
        };
    }

    /// <summary>Calls that run. Safe from any thread.</summary>
    public int Calls => _runs.Values.Sum(run => run.Run.Calls);

    /// <summary>Outcomes that the store has not taken yet.</summary>
    public int OutcomesWaiting => _parts.Outcomes.Waiting;

    /// <summary>Carries a campaign's loop; a test steps it itself.</summary>
    internal Func<CampaignRun, Task> Carry { get; init; } = run => Task.Run(run.RunAsync);

    /// <summary>The campaigns that this node dials. Safe from any thread.</summary>
    internal IEnumerable<CampaignRun> Runs => _runs.Values.Select(run => run.Run);

    /// <summary>Begins to dial. Called once.</summary>
    public void Start() => _loop = Task.Run(RunAsync);

    /// <summary>Begins no call any more; running ones go on. Returns at once.</summary>
    public void BeginStop()
    {
        _isStopping = true;
        foreach ((CampaignRun run, _) in _runs.Values)
            run.Close();
        _wake.Set();
    }

    /// <summary>Begins no call any more and waits for those that run, and for their outcomes to be written.</summary>
    /// <param name="cancellationToken">Hangs up what still runs.</param>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        BeginStop();
        await RunsAsync().WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _hangUp.CancelAsync().ConfigureAwait(false);
        await RunsAsync().WaitAsync(LastWrites, _parts.Time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _giveUp.CancelAsync().ConfigureAwait(false);
        _isOver = true;
        _wake.Set();
        // Until here it has kept our leases; a run that it began in the moment of the stop is waited for as well.
        await _loop.ConfigureAwait(false);
        await RunsAsync().ConfigureAwait(false);
    }

    private Task RunsAsync() => Task.WhenAll(_runs.Values.Select(run => run.Loop));

    public async ValueTask DisposeAsync()
    {
        await StopAsync(new CancellationToken(canceled: true)).ConfigureAwait(false);
        _hangUp.Dispose();
        _giveUp.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_isOver)
        {
            TimeSpan wait = _parts.Health.Rest;
            if (wait == TimeSpan.Zero)
            {
                await LookAsync().ConfigureAwait(false);
                wait = _parts.Options.Poll;
            }
            await _wake.WaitAsync(wait, _parts.Time).ConfigureAwait(false);
        }
    }

    /// <summary>One look at the store: heartbeat, dead nodes, campaigns.</summary>
    internal async Task LookAsync()
    {
        try
        {
            await RenewAsync().ConfigureAwait(false);
            await RecoverAsync().ConfigureAwait(false);
            if (!_isStopping)
                await FollowAsync().ConfigureAwait(false);
            _parts.Health.Worked();
        }
        catch (CampaignStoreException e)
        {
            _parts.Health.Failed(e);
        }
        catch (Exception e)
        {
            // A defect must not end the loop that keeps the leases of running calls.
            Log.Broke(_logger, e);
            _parts.Health.Failed(new CampaignStoreException(e.Message, e));
        }
    }

    private async Task RenewAsync()
    {
        foreach (string name in _parts.Node.Alive)
        {
            // Before the renewal: what is leased during it is not in its answer.
            HashSet<long> held = [.. _runs.Values.SelectMany(run => run.Run.HeldAs(name))];
            IReadOnlyList<long> renewed = await _parts.Store.RenewAsync(name, _parts.Time.GetUtcNow(), _parts.Options.Lease, CancellationToken.None).ConfigureAwait(false);
            held.ExceptWith(renewed);
            if (held.Count == 0)
                continue;
            foreach ((CampaignRun run, _) in _runs.Values)
                run.LoseCalls(held);
        }
    }

    private async Task RecoverAsync()
    {
        DateTimeOffset now = _parts.Time.GetUtcNow();
        if (now < _recoversAt || !_parts.Health.MayDeclareDead)
            return;
        foreach (Attempt attempt in await _parts.Store.RecoverAsync(now, _parts.Options.Lease, CancellationToken.None).ConfigureAwait(false))
        {
            Contact? contact = await _parts.Store.GetContactAsync(attempt.ContactId, CancellationToken.None).ConfigureAwait(false);
            CampaignPlan? plan = (await _parts.Store.GetAsync(attempt.CampaignId, CancellationToken.None).ConfigureAwait(false))?.Campaign is { } campaign ? PlanOf(campaign) : null;
            // Another node, or this one with what it lacks, knows when it may be tried again.
            if (contact is not null && plan is null)
                continue;
            Log.Recovered(_logger, attempt.CampaignId, attempt.Id, attempt.Node);
            DateTimeOffset? due = contact is null ? null
                : new RetryPolicy(plan!.Retry, plan.Window).NextDue(AttemptOutcome.Lost, attempt.Number, attempt.StartedAt, now, new ContactZones(plan.DefaultZone).Of(contact.Number, contact.TimeZone));
            await _parts.Store.FinishAsync(attempt.Id, AttemptOutcome.Lost, attempt.CallId, now, due, CancellationToken.None).ConfigureAwait(false);
        }
        _recoversAt = now + _parts.Options.Lease / 4;
    }

    /// <summary>Begins what was started, and leaves what was paused or stopped.</summary>
    private async Task FollowAsync()
    {
        foreach (CampaignStatus status in await _parts.Store.ListAsync(CancellationToken.None).ConfigureAwait(false))
        {
            bool isRunning = status.State == CampaignState.Running;
            if (_runs.TryGetValue(status.Campaign.Id, out (CampaignRun Run, Task Loop) there))
                Follow(there, status, isRunning);
            else if (isRunning && PlanOf(status.Campaign) is { } plan && HasAllFor(status.Campaign, plan))
                Begin(status.Campaign, plan);
            if (isRunning && status is { Contacts: > 0, Waiting: 0, Leased: 0 }
                && await _parts.Store.SetStateAsync(status.Campaign.Id, [CampaignState.Running], CampaignState.Completed, CancellationToken.None).ConfigureAwait(false))
                Log.Completed(_logger, status.Campaign.Id, status.Finished);
        }
    }

    private void Follow((CampaignRun Run, Task Loop) there, CampaignStatus status, bool isRunning)
    {
        there.Run.Pause(!isRunning);
        // With another definition it begins anew when its calls are over, so that they count in its limits.
        if (status.State is CampaignState.Stopped or CampaignState.Completed || there.Run.Campaign.Definition != status.Campaign.Definition)
            there.Run.Close();
        if (there.Loop.IsCompleted)
            _runs.TryRemove(status.Campaign.Id, out _);
    }

    private void Begin(Campaign campaign, CampaignPlan plan)
    {
        Log.Begins(_logger, campaign.Id);
        var run = new CampaignRun(_parts, campaign, plan);
        _runs[campaign.Id] = (run, Carry(run));
        if (_isStopping)
            run.Close();
    }

    private CampaignPlan? PlanOf(Campaign campaign)
    {
        if (CampaignPlan.TryParse(campaign.Definition, Path.Combine(_parts.Options.Folder, $"{campaign.Id}.yaml"), out CampaignPlan? plan, out var problems))
            return plan;
        if (_unreadable.Add(campaign.Id))
            Log.Unreadable(_logger, campaign.Id, string.Join(" ", problems));
        return null;
    }

    private bool HasAllFor(Campaign campaign, CampaignPlan plan)
    {
        if (_parts.Caller.WhatIsMissing(plan) is not { } missing)
            return true;
        if (_unreadable.Add(campaign.Id))
            Log.Missing(_logger, campaign.Id, missing);
        return false;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "Campaign {Campaign} is not dialled by this server: {Missing}")]
        public static partial void Missing(ILogger logger, string campaign, string missing);

        [LoggerMessage(Level = LogLevel.Information, Message = "Campaign {Campaign}: dialling")]
        public static partial void Begins(ILogger logger, string campaign);

        [LoggerMessage(Level = LogLevel.Information, Message = "Campaign {Campaign}: completed, {Contacts} contacts are finished")]
        public static partial void Completed(ILogger logger, string campaign, int contacts);

        [LoggerMessage(Level = LogLevel.Error, Message = "Campaign {Campaign} is not dialled, its definition cannot be read: {Problems}")]
        public static partial void Unreadable(ILogger logger, string campaign, string problems);

        [LoggerMessage(Level = LogLevel.Error, Message = "The dialer met a defect; it rests for a moment and goes on")]
        public static partial void Broke(ILogger logger, Exception exception);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Campaign {Campaign}: attempt {Attempt} of node {Node} is counted as lost: that node is not heard of")]
        public static partial void Recovered(ILogger logger, string campaign, long attempt, string node);
    }
}
