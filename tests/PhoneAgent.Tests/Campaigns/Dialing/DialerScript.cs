using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using PhoneAgent.Campaigns;
using PhoneAgent.Campaigns.Attempts;
using PhoneAgent.Campaigns.Contacts;
using PhoneAgent.Campaigns.Dialing;
using PhoneAgent.Campaigns.Pacing;
using PhoneAgent.Campaigns.Plans;
using PhoneAgent.Conversation;
using PhoneAgent.Testing;
using PhoneAgent.Testing.Campaigns;
using Xunit;

namespace PhoneAgent.Tests.Campaigns.Dialing;

/// <summary>
/// A campaign step by step: store and line answer at once, no task runs beside the test, and time passes when the test says so.
/// </summary>
internal sealed class DialerScript
{
    public const string Id = "spring";

    public const string Definition = """
        agent: caller
        do_not_call: company
        window:
          open: {monday-sunday: "9:00-18:00"}
          time_zone: UTC
        retry:
          spacing: 10m
          outcomes: {busy: {after: 20m, factor: 2}, no_answer: 1h, failed: 5m, lost: 2h}
        pacing: {calls_at_once: 3, calls_per_second: 1}
        breaker: {minimum_calls: 4, failure_share: 0.5, window: 5m, pause: 1m}
        """;

    public DialerScript(int contacts = 5, string definition = Definition)
    {
        // Under the runner's context what follows a timer would run on another thread, some time.
        SynchronizationContext.SetSynchronizationContext(null);
        // 09:00, the window opens.
        Time.Advance(TimeSpan.FromHours(9));
        Assert.True(CampaignPlan.TryParse(definition, "spring.yaml", out CampaignPlan? plan, out IReadOnlyList<ConfigProblem> problems), string.Join('\n', problems));
        Campaign = new Campaign { Id = Id, Agent = plan.Agent, Definition = definition, DoNotCallLists = plan.DoNotCallLists };
        (Parts, Run) = Node("a", plan);
        Do(Store.CreateAsync(Campaign, default));
        Do(Store.ImportAsync(Id, Enumerable.Range(0, contacts).Select(i => new NewContact { Number = Number(i), TimeZone = "UTC" }), Time.GetUtcNow(), default));
        Set(CampaignState.Draft, CampaignState.Running);
    }

    public VirtualTime Time { get; } = new();
    public FakeCampaignStore Store { get; } = new();
    public FakeOutboundCaller Line { get; } = new();
    public Campaign Campaign { get; }
    public DialerParts Parts { get; }
    public CampaignRun Run { get; }

    /// <summary>"HH:mm:ss", rounded since the pace lets a call begin a tenth of a second early, and the outcome of every attempt, by contact.</summary>
    public IEnumerable<string> Log => Store.Attempts.Select(attempt =>
        string.Create(CultureInfo.InvariantCulture, $"{attempt.ContactId} {attempt.StartedAt.AddSeconds(0.5):HH:mm:ss} {attempt.Outcome?.ToString() ?? "runs"}"));

    public static PhoneNumber Number(int index) =>
        PhoneNumber.TryCreate(string.Create(CultureInfo.InvariantCulture, $"+4930{index:0000000}"), out PhoneNumber number) ? number : throw new InvalidOperationException();

    public (DialerParts Parts, CampaignRun Run) Node(string name, CampaignPlan? plan = null)
    {
        plan ??= CampaignPlan.TryParse(Campaign.Definition, "spring.yaml", out CampaignPlan? parsed, out _) ? parsed : throw new InvalidOperationException();
        var options = new DialerOptions();
        var health = new StoreHealth(options.Lease, Time, NullLogger.Instance);
        var trunk = new PaceGate(options.Trunk, Time);
        var parts = new DialerParts(Store, Line, options, Time, NullLogger.Instance)
        {
            Node = new NodeLeases(name),
            Health = health,
            Outcomes = new OutcomeDesk(Store, health, Time, NullLogger.Instance),
            Trunk = _ => trunk,
            HangUp = default,
            GiveUp = default,
        };
        return (parts, new CampaignRun(parts, Campaign ?? new Campaign { Id = Id, Agent = plan.Agent, Definition = Definition }, plan));
    }

    /// <summary>One step that must not have to wait for anything.</summary>
    public TimeSpan Step(CampaignRun? run = null)
    {
        Task<TimeSpan> step = (run ?? Run).GuardedStepAsync();
        Assert.True(step.IsCompleted, "the step waits for something");
        return step.GetAwaiter().GetResult();
    }

    /// <summary>Steps for so long, as the loop does: again when the step says so.</summary>
    public void Play(TimeSpan length, CampaignRun? run = null)
    {
        DateTimeOffset end = Time.GetUtcNow() + length;
        while (true)
        {
            TimeSpan wait = Step(run);
            if (Time.GetUtcNow() + wait > end)
                break;
            Time.Advance(wait);
        }
        Time.Advance(end - Time.GetUtcNow());
    }

    public void Set(CampaignState from, CampaignState to) => Assert.True(Do(Store.SetStateAsync(Id, [from], to, default)));

    public static T Do<T>(Task<T> task)
    {
        Assert.True(task.IsCompleted);
        return task.GetAwaiter().GetResult();
    }
}
