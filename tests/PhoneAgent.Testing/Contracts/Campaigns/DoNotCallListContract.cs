using PhoneAgent.Campaigns.DoNotCall;
using Xunit;

namespace PhoneAgent.Testing.Contracts.Campaigns;

/// <summary>What every do-not-call list does.</summary>
public abstract class DoNotCallListContract
{
    /// <summary>An empty store of its own.</summary>
    protected abstract Task<CampaignStoreWorld> OpenAsync();

    [ContractFact]
    public async Task AddedAgainTheFirstEntryStays()
    {
        await using CampaignStoreWorld world = await OpenAsync();
        var entry = new DoNotCallEntry("company", CampaignStoreWorld.Number(1), world.Now, "words", "call-7", "stop calling me");
        Assert.True(await world.DoNotCall.AddAsync(entry, default));
        Assert.False(await world.DoNotCall.AddAsync(entry with { Source = "api", AddedAt = world.Now.AddDays(1) }, default));
        Assert.Equal(entry, Assert.Single(await world.DoNotCall.ListAsync("company", null, 10, default)));
    }

    /// <summary>Words come from outside: one that a database does not take must not keep a wish from being written.</summary>
    [ContractFact]
    public async Task ANulInAReasonIsLeftOut()
    {
        await using CampaignStoreWorld world = await OpenAsync();
        Assert.True(await world.DoNotCall.AddAsync(new DoNotCallEntry("company", CampaignStoreWorld.Number(1), world.Now, "words", "call-7", "stop\0 calling"), default));
        Assert.Equal("stop calling", Assert.Single(await world.DoNotCall.ListAsync("company", null, 10, default)).Reason);
        Assert.True(await world.DoNotCall.RemoveAsync(new DoNotCallRemoval("company", CampaignStoreWorld.Number(1), world.Now, "alice", "a\0b"), default));
    }

    [ContractFact]
    public async Task TheFirstListThatHasTheNumberIsFound()
    {
        await using CampaignStoreWorld world = await OpenAsync();
        await world.AddToListAsync(1, "a");
        await world.AddToListAsync(1, "b");
        Assert.Equal("b", await world.DoNotCall.FindAsync(CampaignStoreWorld.Number(1), ["none", "b", "a"], default));
        Assert.Null(await world.DoNotCall.FindAsync(CampaignStoreWorld.Number(1), ["none"], default));
        Assert.Null(await world.DoNotCall.FindAsync(CampaignStoreWorld.Number(1), [], default));
        Assert.Null(await world.DoNotCall.FindAsync(CampaignStoreWorld.Number(2), ["a", "b"], default));
    }

    [ContractFact]
    public async Task EveryChangeIsKept()
    {
        await using CampaignStoreWorld world = await OpenAsync();
        await world.DoNotCall.AddAsync(new DoNotCallEntry("company", CampaignStoreWorld.Number(1), world.Now, "key", "call-7"), default);
        var removal = new DoNotCallRemoval("company", CampaignStoreWorld.Number(1), world.Now.AddDays(1), "alice", "called us herself");
        Assert.True(await world.DoNotCall.RemoveAsync(removal, default));
        Assert.False(await world.DoNotCall.RemoveAsync(removal, default));
        Assert.Equal(
            [
                new DoNotCallChange("company", CampaignStoreWorld.Number(1), Added: true, world.Now, "key", "call-7", null),
                new DoNotCallChange("company", CampaignStoreWorld.Number(1), Added: false, world.Now.AddDays(1), "alice", null, "called us herself"),
            ],
            await world.DoNotCall.ChangesAsync(CampaignStoreWorld.Number(1), default));
        Assert.Null(await world.DoNotCall.FindAsync(CampaignStoreWorld.Number(1), ["company"], default));
    }

    [ContractFact]
    public async Task AListIsReadInPages()
    {
        await using CampaignStoreWorld world = await OpenAsync();
        int added = await world.DoNotCall.ImportAsync(
            Enumerable.Range(0, 1_200).Reverse().Select(i => new DoNotCallEntry("national", CampaignStoreWorld.Number(i % 1_100), world.Now, "import", null, "list.txt")), default);
        Assert.Equal(1_100, added);
        await world.AddToListAsync(1, "company");
        List<DoNotCallEntry> all = [];
        IReadOnlyList<DoNotCallEntry> page;
        do
        {
            page = await world.DoNotCall.ListAsync("national", all.Count == 0 ? null : all[^1].Number, 300, default);
            all.AddRange(page);
        }
        while (page.Count > 0);
        Assert.Equal(Enumerable.Range(0, 1_100).Select(CampaignStoreWorld.Number), all.Select(entry => entry.Number));
        Assert.Equal([new DoNotCallCount("company", 1), new DoNotCallCount("national", 1_100)], await world.DoNotCall.ListsAsync(default));
        Assert.Equal("list.txt", Assert.Single(await world.DoNotCall.ChangesAsync(CampaignStoreWorld.Number(5), default)).Reason);
    }

    [ContractFact]
    public async Task TheSameNumberAddedByManyIsOneEntry()
    {
        await using CampaignStoreWorld world = await OpenAsync();
        bool[] added = await Task.WhenAll(Enumerable.Range(0, 8).Select(i =>
            world.DoNotCall.AddAsync(new DoNotCallEntry("company", CampaignStoreWorld.Number(1), world.Now, $"user {i}"), default)));
        Assert.Single(added, true);
        Assert.Single(await world.DoNotCall.ChangesAsync(CampaignStoreWorld.Number(1), default));
    }
}
