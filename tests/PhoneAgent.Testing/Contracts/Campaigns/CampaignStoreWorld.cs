using PhoneAgent.Campaigns;
using PhoneAgent.Campaigns.Attempts;
using PhoneAgent.Campaigns.Contacts;
using PhoneAgent.Campaigns.DoNotCall;
using Xunit;

namespace PhoneAgent.Testing.Contracts.Campaigns;

/// <summary>A store, the lists beside it, and a moment that a test moves on. The steps that most tests begin with.</summary>
public sealed class CampaignStoreWorld(ICampaignStore store, IDoNotCallList doNotCall, IAsyncDisposable owner) : IAsyncDisposable
{
    public static readonly TimeSpan LeaseLength = TimeSpan.FromSeconds(30);
    public static readonly TimeSpan Spacing = TimeSpan.FromHours(1);

    public ICampaignStore Store => store;

    public IDoNotCallList DoNotCall => doNotCall;

    public DateTimeOffset Now { get; set; } = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    public static PhoneNumber Number(int index)
    {
        Assert.True(PhoneNumber.TryCreate($"+4930{1_000_000 + index}", out PhoneNumber number));
        return number;
    }

    public static NewContact New(int index, string? name = null) => new()
    {
        Number = Number(index),
        Variables = name is null ? new Dictionary<string, string>() : new() { ["name"] = name },
    };

    /// <summary>A running campaign with so many contacts.</summary>
    public async Task<Campaign> RunningAsync(string id = "spring", int contacts = 1, params string[] lists)
    {
        Campaign campaign = await DraftAsync(id, lists);
        await store.ImportAsync(id, Enumerable.Range(0, contacts).Select(index => New(index)), Now, default);
        Assert.True(await store.SetStateAsync(id, [CampaignState.Draft], CampaignState.Running, default));
        return campaign;
    }

    public async Task<Campaign> DraftAsync(string id = "spring", params string[] lists)
    {
        var campaign = new Campaign { Id = id, Agent = "front-desk", Definition = "agent: front-desk\n# grüße\n", DoNotCallLists = lists, CreatedAt = Now };
        Assert.True(await store.CreateAsync(campaign, default));
        return campaign;
    }

    public async Task<Lease> LeaseOneAsync(string node = "n1", string id = "spring") => Assert.Single(await LeaseAsync(node, 1, id));

    public Task<IReadOnlyList<Lease>> LeaseAsync(string node, int limit, string id = "spring") => store.LeaseAsync(id, node, limit, Now, LeaseLength, default);

    public Task<AttemptStart> BeginAsync(Lease lease) => store.BeginAsync(lease, "+4930999", Spacing, Now, default);

    public async Task<Attempt> BegunAsync(Lease lease) => Assert.IsType<AttemptStart.Begun>(await BeginAsync(lease)).Attempt;

    /// <summary>A campaign of one contact, whose first attempt runs.</summary>
    public async Task<(Lease Lease, Attempt Attempt)> OneRunningAsync()
    {
        await RunningAsync();
        Lease lease = await LeaseOneAsync();
        return (lease, await BegunAsync(lease));
    }

    public async Task<List<Attempt>> AttemptsAsync()
    {
        List<Attempt> all = [];
        await foreach (Attempt attempt in store.AttemptsAsync("spring", default))
            all.Add(attempt);
        return all;
    }

    public Task<bool> FinishAsync(Attempt attempt, AttemptOutcome outcome, TimeSpan? again = null) =>
        store.FinishAsync(attempt.Id, outcome, "call-1", Now, Now + again, default);

    public async Task<CampaignStatus> StatusAsync(string id = "spring") => (await store.GetAsync(id, default))!;

    public async Task<Contact> ContactAsync(Lease lease) => (await store.GetContactAsync(lease.Contact.Id, default))!;

    public Task AddToListAsync(int index, string list = "company") =>
        doNotCall.AddAsync(new DoNotCallEntry(list, Number(index), Now, "api"), default);

    public ValueTask DisposeAsync() => owner.DisposeAsync();
}
