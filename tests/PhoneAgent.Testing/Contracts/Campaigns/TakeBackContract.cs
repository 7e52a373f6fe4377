using PhoneAgent.Campaigns;
using PhoneAgent.Campaigns.Attempts;
using PhoneAgent.Campaigns.Contacts;
using Xunit;

namespace PhoneAgent.Testing.Contracts.Campaigns;

/// <summary>Attempts of which nothing was sent.</summary>
public abstract class TakeBackContract
{
    /// <summary>An empty store of its own.</summary>
    protected abstract Task<CampaignStoreWorld> OpenAsync();

    [ContractFact]
    public async Task OfAnAttemptThatIsTakenBackNothingStays()
    {
        await using CampaignStoreWorld world = await OpenAsync();
        await world.RunningAsync("spring");
        await world.RunningAsync("autumn");
        Lease lease = await world.LeaseOneAsync();
        Attempt undone = await world.BegunAsync(lease);
        DateTimeOffset due = world.Now.AddSeconds(10);
        Assert.True(await world.Store.TakeBackAsync(undone.Id, due, default));
        Contact contact = await world.ContactAsync(lease);
        Assert.Equal((ContactState.Waiting, 0, due, null), (contact.State, contact.Attempts, contact.DueAt, contact.LastOutcome));
        Assert.Empty(await world.AttemptsAsync());
        Assert.Empty((await world.StatusAsync()).Outcomes);

        // Nobody is kept waiting by it, neither he himself nor another campaign.
        Assert.Empty(await world.LeaseAsync("n1", 1));
        Attempt other = await world.BegunAsync(await world.LeaseOneAsync("n2", "autumn"));
        Assert.True(await world.Store.TakeBackAsync(other.Id, world.Now, default));
        world.Now = due;
        Attempt next = await world.BegunAsync(await world.LeaseOneAsync());
        Assert.Equal((1, true), (next.Number, next.Id > undone.Id));

        // What comes late about the one that is no more does not touch this one.
        Assert.False(await world.Store.TakeBackAsync(undone.Id, world.Now, default));
        Assert.False(await world.FinishAsync(undone, AttemptOutcome.Lost));
        Assert.True(await world.FinishAsync(next, AttemptOutcome.Answered));
        Assert.False(await world.Store.TakeBackAsync(next.Id, world.Now, default));
        Assert.Equal((ContactState.Finished, 1), ((await world.ContactAsync(lease)).State, (await world.ContactAsync(lease)).Attempts));
    }

    [ContractFact]
    public async Task WhoIsForgottenStaysSoWhenHisAttemptIsTakenBack()
    {
        await using CampaignStoreWorld world = await OpenAsync();
        (Lease lease, Attempt attempt) = await world.OneRunningAsync();
        await world.Store.DeleteAsync(lease.Contact.Number, default);
        Assert.True(await world.Store.TakeBackAsync(attempt.Id, world.Now, default));
        Assert.Null(await world.Store.GetContactAsync(lease.Contact.Id, default));
        Assert.Empty(await world.AttemptsAsync());
    }
}
