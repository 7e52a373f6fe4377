using PhoneAgent.Campaigns;
using PhoneAgent.Campaigns.Attempts;
using PhoneAgent.Campaigns.Consent;
using PhoneAgent.Campaigns.DoNotCall;
using PhoneAgent.Server.Storage.Campaigns;
using PhoneAgent.Testing.Contracts;
using PhoneAgent.Testing.Contracts.Campaigns;
using PhoneAgent.Testing.Storage;
using Xunit;

namespace PhoneAgent.Tests.Server.Storage.Campaigns;

/// <summary>
/// A connection that breaks while it commits leaves open whether it did. What is done again then answers as the first time would
/// have, and does nothing twice.
/// </summary>
public abstract class UnconfirmedCommitTests
{
    internal abstract Task<TestDatabase> OpenAsync();

    [ContractFact]
    public async Task EveryWriteIsDoneOnceAndAnswersAsIfNothingHadBeen()
    {
        TestDatabase test = await OpenAsync();
        var database = new BreakingDatabase(test.Database);
        await using var world = new CampaignStoreWorld(new CampaignStore(database, TimeProvider.System), new DoNotCallStore(database, TimeProvider.System), test);

        database.Unconfirmed = 1;
        await world.DraftAsync(); // says that it created it
        database.Unconfirmed = 1;
        await world.Store.ImportAsync("spring", [CampaignStoreWorld.New(0)], world.Now, default);
        database.Unconfirmed = 1;
        Assert.True(await world.Store.SetStateAsync("spring", [CampaignState.Draft], CampaignState.Running, default));

        Lease lease = await world.LeaseOneAsync();
        database.Unconfirmed = 2;
        Attempt attempt = await world.BegunAsync(lease);
        database.Unconfirmed = 1;
        Assert.True(await world.FinishAsync(attempt, AttemptOutcome.Busy));
        Assert.Equal(1, (await world.ContactAsync(lease)).Attempts);
        CampaignStatus status = await world.StatusAsync();
        Assert.Equal((1, 1, 1), (status.Contacts, status.Finished, status.Outcomes[AttemptOutcome.Busy]));

        database.Unconfirmed = 1;
        await world.Store.RecordConsentAsync(new ConsentRecord(CampaignStoreWorld.Number(0), "spring", "call-1", ConsentKind.RecordingGranted, "yes", world.Now, TimeSpan.Zero), default);
        int consents = 0;
        await foreach (ConsentRecord _ in world.Store.ConsentsAsync(CampaignStoreWorld.Number(0), default))
            consents++;
        Assert.Equal(1, consents);

        await world.AddToListAsync(0);
        database.Unconfirmed = 1;
        Assert.True(await world.DoNotCall.RemoveAsync(new DoNotCallRemoval("company", CampaignStoreWorld.Number(0), world.Now, "alice"), default));
        Assert.Equal(2, (await world.DoNotCall.ChangesAsync(CampaignStoreWorld.Number(0), default)).Count);
    }

    [ContractFact]
    public async Task ALeaseThatNobodyWasToldOfComesBack()
    {
        TestDatabase test = await OpenAsync();
        var database = new BreakingDatabase(test.Database);
        await using var world = new CampaignStoreWorld(new CampaignStore(database, TimeProvider.System), new DoNotCallStore(database, TimeProvider.System), test);
        await world.RunningAsync();
        database.Unconfirmed = 1;
        Assert.Empty(await world.LeaseAsync("n1", 1));
        world.Now += CampaignStoreWorld.LeaseLength;
        await world.Store.RecoverAsync(world.Now, CampaignStoreWorld.LeaseLength, default);
        await world.BegunAsync(await world.LeaseOneAsync());
    }

    [ContractFact]
    public async Task WhatStaysBrokenSaysWhatWhereAndWhatToDo()
    {
        TestDatabase test = await OpenAsync();
        var database = new BreakingDatabase(test.Database);
        await using var world = new CampaignStoreWorld(new CampaignStore(database, new VirtualTimeThatRuns()), new DoNotCallStore(database, TimeProvider.System), test);
        await world.DraftAsync();
        database.Unconfirmed = int.MaxValue;
        CampaignStoreException e = await Assert.ThrowsAsync<CampaignStoreException>(() => world.Store.SetStateAsync("spring", [CampaignState.Draft], CampaignState.Running, default));
        Assert.StartsWith($"{test.Database.Place}: setting campaign 'spring' to Running failed: connection reset. Check", e.Message, StringComparison.Ordinal);
    }

    /// <summary>Waits for nothing: whoever waits is told at once that his time has come.</summary>
    private sealed class VirtualTimeThatRuns : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            TimeProvider.System.CreateTimer(callback, state, dueTime == Timeout.InfiniteTimeSpan ? dueTime : TimeSpan.Zero, period);
    }
}

public sealed class SqliteUnconfirmedCommitTests : UnconfirmedCommitTests
{
    internal override Task<TestDatabase> OpenAsync() => TestDatabase.SqliteAsync();
}

[RequiresPostgres]
public sealed class PostgresUnconfirmedCommitTests : UnconfirmedCommitTests
{
    internal override Task<TestDatabase> OpenAsync() => TestDatabase.PostgresAsync();
}
