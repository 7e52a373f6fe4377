using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using PhoneAgent.Campaigns.Attempts;
using PhoneAgent.Campaigns.CallerIds;
using PhoneAgent.Campaigns.Contacts;
using PhoneAgent.Campaigns.Pacing;
using PhoneAgent.Campaigns.Plans;
using PhoneAgent.Campaigns.Windows;

namespace PhoneAgent.Campaigns.Dialing;

/// <summary>
/// One campaign on this node. Its loop calls <see cref="StepAsync"/>, which does all that can be done now and says when there
/// will be more to do; calls run beside it and come back as results. Safe from any thread only where a member says so.
/// </summary>
internal sealed partial class CampaignRun
{
    // Contacts in hand wait for the pace: few, so that another node can have the rest, and not asked for one by one.
    private const int MostInHand = 20;

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private readonly DialerParts _parts;
    private readonly Campaign _campaign;
    private readonly CampaignPlan _plan;
    private readonly PaceGate _gate;
    private readonly PaceGate _trunk;
    private readonly ContactZones _zones;
    private readonly RetryPolicy _retries;
    private readonly Pacer _pacer;
    private readonly FailureBreaker _breaker;
    private readonly CallerIdChooser _callerIds;
    private readonly Queue<Lease> _inHand = new();
    private readonly ConcurrentDictionary<long, RunningAttempt> _calls = new();
    private readonly AsyncSignal _wake = new();
    private volatile bool _isPaused;
    private volatile bool _isClosing;

    public CampaignRun(DialerParts parts, Campaign campaign, CampaignPlan plan)
    {
        (_parts, _campaign, _plan) = (parts, campaign, plan);
        _trunk = parts.Trunk(plan.Trunk);
        _gate = new PaceGate(plan.Pacing, parts.Time);
        _zones = new ContactZones(plan.DefaultZone);
        _retries = new RetryPolicy(plan.Retry, plan.Window);
        _pacer = new Pacer([_gate, _trunk]);
        _breaker = new FailureBreaker(plan.Breaker, parts.Time);
        _callerIds = new CallerIdChooser(plan.CallerIds);
    }

    public Campaign Campaign => _campaign;

    /// <summary>Calls that run. Safe from any thread.</summary>
    public int Calls => _calls.Count;

    /// <summary>The loop. Ends when it is closed and its calls are over.</summary>
    public async Task RunAsync()
    {
        while (!_isClosing)
        {
            TimeSpan wait = _parts.Health.Rest;
            if (wait == TimeSpan.Zero)
                wait = await GuardedStepAsync().ConfigureAwait(false);
            await _wake.WaitAsync(wait, _parts.Time).ConfigureAwait(false);
        }
        await GuardedAsync(GiveBackAsync).ConfigureAwait(false);
        await Task.WhenAll(_calls.Values.Select(call => call.Task)).ConfigureAwait(false);
    }

    /// <summary>What the loop does each time.</summary>
    internal Task<TimeSpan> GuardedStepAsync() => GuardedAsync(_isPaused ? GiveBackAsync : StepAsync);

    /// <summary>Begins nothing until it is resumed; calls go on. Safe from any thread.</summary>
    public void Pause(bool isPaused)
    {
        if (_isPaused == isPaused)
            return;
        _isPaused = isPaused;
        _wake.Set();
    }

    /// <summary>Begins nothing any more. Safe from any thread.</summary>
    public void Close()
    {
        _isClosing = true;
        _wake.Set();
    }

    /// <summary>The contacts that we believe to hold under this name. Safe from any thread.</summary>
    public IReadOnlyList<long> HeldAs(string node) => [.. _calls.Values.Where(call => call.Lease.Node == node).Select(call => call.Lease.Contact.Id)];

    /// <summary>These belong to another node now: their calls end. Safe from any thread.</summary>
    public void LoseCalls(IReadOnlySet<long> contacts)
    {
        foreach (RunningAttempt call in _calls.Values.Where(call => contacts.Contains(call.Lease.Contact.Id)))
        {
            if (call.HangUp())
                Log.Lost(_parts.Logger, _campaign.Id, call.Lease.Contact.Id);
        }
    }

    /// <summary>Does what can be done now. Returns after which time there may be more, unless a call ends before.</summary>
    /// <exception cref="CampaignStoreException">The store failed; nothing was dialled that is not on disk.</exception>
    internal async Task<TimeSpan> StepAsync()
    {
        while (true)
        {
            if (_inHand.Count == 0 && !_isClosing && Wanted > 0)
                await TakeAsync(Wanted).ConfigureAwait(false);
            var beginning = new List<Task<bool>>();
            TimeSpan? wait = BeginAll(beginning);
            // Together: each waits for the disk, and the store writes at once what waits at once.
            bool[] dialled = await Task.WhenAll(beginning).ConfigureAwait(false);
            // Other nodes, whose trunk works, may have them meanwhile.
            if (wait is null)
                return await GiveBackAsync().ConfigureAwait(false);
            if (beginning.Count == 0 || (_inHand.Count == 0 && !dialled.Contains(true)))
                return wait.Value;
        }
    }

    /// <summary>Begins the calls that breaker and pace allow now, with contacts in hand.</summary>
    /// <param name="beginning">They are added: whether each came to a call.</param>
    /// <returns>After which time there may be more; null while the breaker pauses the campaign.</returns>
    private TimeSpan? BeginAll(List<Task<bool>> beginning)
    {
        while (!_isClosing && !_isPaused && _inHand.TryPeek(out Lease? lease))
        {
            var slot = new CallSlot(_breaker.TryBegin());
            if (slot.Permit is null)
                return null;
            slot.Place = _pacer.TryBegin(_trunk.InFlight + _parts.Places.Free, out TimeSpan? wait);
            if (slot.Place is null)
            {
                slot.Dispose();
                return wait < Look ? wait.Value : Look;
            }
            _inHand.Dequeue();
            _parts.Places.Enter();
            beginning.Add(BeginAsync(lease, slot));
        }
        return Look;
    }
}
