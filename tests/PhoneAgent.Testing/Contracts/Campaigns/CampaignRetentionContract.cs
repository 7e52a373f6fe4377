using PhoneAgent.Campaigns;
using PhoneAgent.Campaigns.Attempts;
using PhoneAgent.Campaigns.Consent;
using PhoneAgent.Campaigns.DoNotCall;
using PhoneAgent.Server.Storage.Campaigns;
using PhoneAgent.Testing.Storage;
using Xunit;

namespace PhoneAgent.Testing.Contracts.Campaigns;

/// <summary>What is forgotten of campaigns by its age, and what never is.</summary>
public abstract class CampaignRetentionContract
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    internal abstract Task<TestDatabase> OpenAsync();

    [ContractFact]
    public async Task ContactsAreForgottenOnceNobodyCallsThemAnyMore()
    {
        (CampaignStoreWorld world, CampaignRetention retention) = await WorldAsync();
        await using CampaignStoreWorld owned = world;
        DateTimeOffset begin = world.Now;
        await world.RunningAsync(contacts: 4);
        IReadOnlyList<Lease> leases = await world.LeaseAsync("n1", 3);
        Assert.True(await world.FinishAsync(await world.BegunAsync(leases[0]), AttemptOutcome.Answered));
        Assert.True(await world.FinishAsync(await world.BegunAsync(leases[1]), AttemptOutcome.Busy, again: Day));
        Attempt running = await world.BegunAsync(leases[2]);
        world.Now += 2 * Day;

        Assert.Equal(0, await retention.ForgetAsync(CampaignData.Contacts, begin, default));
        Assert.Equal(1, await retention.ForgetAsync(CampaignData.Contacts, world.Now, default));
        Assert.Null(await world.Store.GetContactAsync(leases[0].Contact.Id, default));
        Assert.Equal((3, 2, 1), ((await world.StatusAsync()).Contacts, (await world.StatusAsync()).Waiting, (await world.StatusAsync()).Leased));
        Assert.Equal([AttemptOutcome.Busy], (await world.StatusAsync()).Outcomes.Keys);

        // Its age begins anew when its call ends, and when it is imported again.
        Assert.True(await world.FinishAsync(running, AttemptOutcome.Answered));
        Assert.True(await world.Store.SetStateAsync("spring", [CampaignState.Running], CampaignState.Stopped, default));
        Assert.Equal(2, await retention.ForgetAsync(CampaignData.Contacts, world.Now, default));
        await world.Store.ImportAsync("spring", [CampaignStoreWorld.New(2)], world.Now += Day, default);
        Assert.Equal(0, await retention.ForgetAsync(CampaignData.Contacts, world.Now, default));
        Assert.Equal(1, await retention.ForgetAsync(CampaignData.Contacts, world.Now + Day, default));
        Assert.Equal(0, (await world.StatusAsync()).Contacts);
    }

    [ContractFact]
    public async Task AttemptsAreForgottenWhileTheirContactsStay()
    {
        (CampaignStoreWorld world, CampaignRetention retention) = await WorldAsync();
        await using CampaignStoreWorld owned = world;
        await world.RunningAsync(contacts: 2);
        IReadOnlyList<Lease> leases = await world.LeaseAsync("n1", 2);
        Assert.True(await world.FinishAsync(await world.BegunAsync(leases[0]), AttemptOutcome.Busy, again: Day));
        await world.BegunAsync(leases[1]);
        world.Now += 2 * Day;
        Assert.Equal(1, await retention.ForgetAsync(CampaignData.Attempts, world.Now, default));
        Assert.Equal(2, (await world.StatusAsync()).Contacts);
        Assert.Single(await world.Store.AttemptsAsync("spring", default).ToListAsync());
        // Numbers of attempts go on.
        Assert.Equal(2, (await world.BegunAsync(await world.LeaseOneAsync())).Number);
    }

    [ContractFact]
    public async Task ConsentsAndDoNotCallEntriesHaveTimesOfTheirOwn()
    {
        (CampaignStoreWorld world, CampaignRetention retention) = await WorldAsync();
        await using CampaignStoreWorld owned = world;
        DateTimeOffset begin = world.Now;
        for (int day = 0; day < 2; day++, world.Now += Day)
        {
            await world.Store.RecordConsentAsync(new ConsentRecord(CampaignStoreWorld.Number(0), "spring", $"call-{day}", ConsentKind.RecordingGranted, "yes", world.Now, TimeSpan.Zero), default);
            await world.AddToListAsync(day);
        }
        Assert.Equal(1, await retention.ForgetAsync(CampaignData.Consents, begin + Day, default));
        Assert.Equal(["call-1"], await world.Store.ConsentsAsync(CampaignStoreWorld.Number(0), default).Select(consent => consent.CallId).ToListAsync());
        Assert.Equal("company", await world.DoNotCall.FindAsync(CampaignStoreWorld.Number(0), ["company"], default));
        Assert.Equal(2, await retention.ForgetAsync(CampaignData.DoNotCall, begin + Day, default)); // the entry, and that it was added
        Assert.Null(await world.DoNotCall.FindAsync(CampaignStoreWorld.Number(0), ["company"], default));
        Assert.Equal("company", await world.DoNotCall.FindAsync(CampaignStoreWorld.Number(1), ["company"], default));
    }

    [ContractFact]
    public async Task ManyGoPieceByPiece()
    {
        (CampaignStoreWorld world, CampaignRetention retention) = await WorldAsync();
        await using CampaignStoreWorld owned = world;
        await world.DoNotCall.ImportAsync(Enumerable.Range(0, 1_200).Select(index => new DoNotCallEntry("company", CampaignStoreWorld.Number(index), world.Now, "api")), default);
        Assert.Equal(2_400, await retention.ForgetAsync(CampaignData.DoNotCall, world.Now + Day, default));
        Assert.Empty(await world.DoNotCall.ListsAsync(default));
    }

    private async Task<(CampaignStoreWorld World, CampaignRetention Retention)> WorldAsync()
    {
        TestDatabase opened = await OpenAsync();
        var world = new CampaignStoreWorld(new CampaignStore(opened.Database, TimeProvider.System), new DoNotCallStore(opened.Database, TimeProvider.System), opened);
        return (world, new CampaignRetention(opened.Database, TimeProvider.System));
    }
}
