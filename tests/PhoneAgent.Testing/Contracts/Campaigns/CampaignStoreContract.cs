using PhoneAgent.Campaigns;
using PhoneAgent.Campaigns.Attempts;
using PhoneAgent.Campaigns.Consent;
using PhoneAgent.Campaigns.Contacts;
using Xunit;

namespace PhoneAgent.Testing.Contracts.Campaigns;

/// <summary>What every store of campaigns keeps. Leases and attempts: <see cref="AttemptContract"/>.</summary>
public abstract class CampaignStoreContract
{
    /// <summary>An empty store of its own.</summary>
    protected abstract Task<CampaignStoreWorld> OpenAsync();

    [ContractFact]
    public async Task ACampaignIsReadAsItWasCreated()
    {
        await using CampaignStoreWorld world = await OpenAsync();
        Campaign campaign = await world.DraftAsync("a", "company", "national");
        CampaignStatus status = await world.StatusAsync("a");
        Assert.Equal(campaign with { DoNotCallLists = [] }, status.Campaign with { DoNotCallLists = [] }); // records compare lists by reference
        Assert.Equal(["company", "national"], status.Campaign.DoNotCallLists);
        Assert.Equal((CampaignState.Draft, 0), (status.State, status.Contacts));
        Assert.False(await world.Store.CreateAsync(campaign with { Agent = "other" }, default));
        Assert.Equal("front-desk", (await world.StatusAsync("a")).Campaign.Agent);
        Assert.Null(await world.Store.GetAsync("b", default));
    }

    [ContractFact]
    public async Task CampaignsAreListedOldestFirst()
    {
        await using CampaignStoreWorld world = await OpenAsync();
        await world.RunningAsync("z", contacts: 3);
        world.Now += TimeSpan.FromMinutes(1);
        await world.RunningAsync("a", contacts: 2);
        Assert.Equal([("z", 3), ("a", 2)], (await world.Store.ListAsync(default)).Select(status => (status.Campaign.Id, status.Waiting)));
    }

    [ContractFact]
    public async Task AStateChangesOnlyFromWhatWasExpected()
    {
        await using CampaignStoreWorld world = await OpenAsync();
        await world.DraftAsync();
        Assert.False(await world.Store.SetStateAsync("spring", [CampaignState.Running], CampaignState.Paused, default));
        Assert.True(await world.Store.SetStateAsync("spring", [CampaignState.Running, CampaignState.Draft], CampaignState.Running, default));
        Assert.False(await world.Store.SetStateAsync("none", [CampaignState.Draft], CampaignState.Running, default));
        Assert.Equal(CampaignState.Running, (await world.StatusAsync()).State);
    }

    [ContractFact]
    public async Task OnlyOneOfManyChangesTheState()
    {
        await using CampaignStoreWorld world = await OpenAsync();
        await world.DraftAsync();
        bool[] changed = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => world.Store.SetStateAsync("spring", [CampaignState.Draft], CampaignState.Running, default)));
        Assert.Single(changed, true);
    }

    [ContractFact]
    public async Task OnlyWhatIsFinishedIsCompletedAndNewContactsPauseIt()
    {
        await using CampaignStoreWorld world = await OpenAsync();
        await world.RunningAsync();
        Assert.False(await world.Store.SetStateAsync("spring", [CampaignState.Running], CampaignState.Completed, default));
        await world.FinishAsync(await world.BegunAsync(await world.LeaseOneAsync()), AttemptOutcome.Answered);
        Assert.True(await world.Store.SetStateAsync("spring", [CampaignState.Running], CampaignState.Completed, default));

        await world.Store.ImportAsync("spring", [CampaignStoreWorld.New(0)], world.Now, default);
        Assert.Equal(CampaignState.Completed, (await world.StatusAsync()).State);
        await world.Store.ImportAsync("spring", [CampaignStoreWorld.New(1)], world.Now, default);
        Assert.Equal(CampaignState.Paused, (await world.StatusAsync()).State);
    }

    [ContractFact]
    public async Task ACampaignThatRunsIsGivenAnotherDefinition()
    {
        await using CampaignStoreWorld world = await OpenAsync();
        Campaign before = await world.RunningAsync(contacts: 2);
        await world.AddToListAsync(0, "national");
        Lease lease = await world.LeaseOneAsync();
        Campaign after = before with { Agent = "other", Definition = "agent: other\n", DoNotCallLists = ["national"] };
        Assert.True(await world.Store.RedefineAsync(after, before.Definition, default));

        CampaignStatus status = await world.StatusAsync();
        Assert.Equal(("other", "agent: other\n", "national"), (status.Campaign.Agent, status.Campaign.Definition, Assert.Single(status.Campaign.DoNotCallLists)));
        Assert.Equal((CampaignState.Running, 2, before.CreatedAt), (status.State, status.Contacts, status.Campaign.CreatedAt));
        // He was leased before, and on no list of the campaign then.
        Assert.Equal("national", Assert.IsType<AttemptStart.OnDoNotCallList>(await world.BeginAsync(lease)).List);
    }

    [ContractFact]
    public async Task OnlyOneOfTwoWhoChangeTheSameDefinitionDoes()
    {
        await using CampaignStoreWorld world = await OpenAsync();
        Campaign before = await world.DraftAsync();
        bool[] changed = await Task.WhenAll(Enumerable.Range(0, 8).Select(one => world.Store.RedefineAsync(before with { Definition = $"agent: a{one}" }, before.Definition, default)));
        Assert.Single(changed, true);
        Assert.Equal($"agent: a{Array.IndexOf(changed, true)}", (await world.StatusAsync()).Campaign.Definition);
    }

    [ContractFact]
    public async Task WhatHasEndedOrIsNoneKeepsItsDefinition()
    {
        await using CampaignStoreWorld world = await OpenAsync();
        Campaign before = await world.DraftAsync();
        Assert.True(await world.Store.SetStateAsync("spring", [CampaignState.Draft], CampaignState.Stopped, default));
        Assert.False(await world.Store.RedefineAsync(before with { Definition = "agent: b" }, before.Definition, default));
        Assert.False(await world.Store.RedefineAsync(before with { Id = "none" }, before.Definition, default));
        Assert.Equal(before.Definition, (await world.StatusAsync()).Campaign.Definition);
    }

    [ContractFact]
    public async Task ContactsAreReadAsTheyWereImported()
    {
        await using CampaignStoreWorld world = await OpenAsync();
        await world.DraftAsync();
        var contact = new NewContact { Number = CampaignStoreWorld.Number(7), TimeZone = "Europe/Berlin", Variables = new Dictionary<string, string> { ["name"] = "Zoë \"O'Hara\"\n", [""] = "" } };
        ImportCounts counts = await world.Store.ImportAsync("spring", [contact], world.Now, default);
        Assert.Equal(new ImportCounts(1, 0, 0), counts);
        Contact read = Assert.Single(await ListAsync(world));
        Assert.Equal((contact.Number, contact.TimeZone, ContactState.Waiting, 0, world.Now), (read.Number, read.TimeZone, read.State, read.Attempts, read.DueAt));
        Assert.Equal(contact.Variables, read.Variables);
        Assert.Null(read.LastOutcome);
    }

    [ContractFact]
    public async Task ANumberThatComesTwiceIsMergedAndKeepsItsState()
    {
        await using CampaignStoreWorld world = await OpenAsync();
        await world.DraftAsync();
        ImportCounts first = await world.Store.ImportAsync("spring", [CampaignStoreWorld.New(1, "a"), CampaignStoreWorld.New(2), CampaignStoreWorld.New(1, "b")], world.Now, default);
        Assert.Equal(new ImportCounts(2, 1, 0), first);
        await world.Store.SetStateAsync("spring", [CampaignState.Draft], CampaignState.Running, default);
        await world.FinishAsync(await world.BegunAsync(await world.LeaseOneAsync()), AttemptOutcome.Answered);
        ImportCounts second = await world.Store.ImportAsync("spring", [CampaignStoreWorld.New(1, "c"), CampaignStoreWorld.New(3)], world.Now, default);
        Assert.Equal(new ImportCounts(1, 1, 0), second);
        Contact merged = (await ListAsync(world)).Single(contact => contact.Number == CampaignStoreWorld.Number(1));
        Assert.Equal((ContactState.Finished, AttemptOutcome.Answered, "c"), (merged.State, merged.LastOutcome, merged.Variables["name"]));
    }

    [ContractFact]
    public async Task ManyContactsAreCountedExactly()
    {
        await using CampaignStoreWorld world = await OpenAsync();
        await world.DraftAsync();
        // More than two pages of reading, and numbers twice within a statement and across statements.
        ImportCounts counts = await world.Store.ImportAsync("spring", Enumerable.Range(0, 2_600).Select(i => CampaignStoreWorld.New(i % 2_100)), world.Now, default);
        Assert.Equal(new ImportCounts(2_100, 500, 0), counts);
        List<Contact> contacts = await ListAsync(world);
        Assert.Equal(2_100, contacts.Select(contact => contact.Number).Distinct().Count());
        Assert.Equal(2_100, contacts.Count);
    }

    [ContractFact]
    public async Task ContactsOnAListAreKeptAsFinished()
    {
        await using CampaignStoreWorld world = await OpenAsync();
        await world.DraftAsync("spring", "company", "national");
        await world.AddToListAsync(1, "national");
        await world.AddToListAsync(1, "company");
        await world.AddToListAsync(2, "other");
        ImportCounts counts = await world.Store.ImportAsync("spring", [CampaignStoreWorld.New(1), CampaignStoreWorld.New(2), CampaignStoreWorld.New(3)], world.Now, default);
        Assert.Equal(new ImportCounts(3, 0, 1), counts);
        Contact listed = Assert.Single(await ListAsync(world), contact => contact.DoNotCallList is not null);
        Assert.Equal((CampaignStoreWorld.Number(1), ContactState.Finished, "company"), (listed.Number, listed.State, listed.DoNotCallList));
        CampaignStatus status = await world.StatusAsync();
        Assert.Equal((3, 2, 1, 1), (status.Contacts, status.Waiting, status.Finished, status.OnDoNotCallList));
    }

    [ContractFact]
    public async Task WhoWaitsAndCameOntoAListIsFinishedByTheNextImport()
    {
        await using CampaignStoreWorld world = await OpenAsync();
        await world.RunningAsync("spring", 1, "company");
        await world.AddToListAsync(0);
        Assert.Equal(new ImportCounts(0, 1, 1), await world.Store.ImportAsync("spring", [CampaignStoreWorld.New(0)], world.Now, default));
        Assert.Empty(await world.LeaseAsync("n1", 5));
        Assert.Equal(1, (await world.StatusAsync()).OnDoNotCallList);
    }

    [ContractFact]
    public async Task AnImportIntoNoCampaignSaysSo()
    {
        await using CampaignStoreWorld world = await OpenAsync();
        CampaignStoreException e = await Assert.ThrowsAsync<CampaignStoreException>(() => world.Store.ImportAsync("none", [CampaignStoreWorld.New(1)], world.Now, default));
        Assert.Contains("'none'", e.Message, StringComparison.Ordinal);
    }

    [ContractFact]
    public async Task AnImportThatBreaksOffAddsNobody()
    {
        await using CampaignStoreWorld world = await OpenAsync();
        await world.DraftAsync();
        using var cancel = new CancellationTokenSource();
        IEnumerable<NewContact> rows = Enumerable.Range(0, 2_000).Select(i =>
        {
            if (i == 1_500)
                cancel.Cancel();
            return CampaignStoreWorld.New(i);
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => world.Store.ImportAsync("spring", rows, world.Now, cancel.Token));
        Assert.Equal(0, (await world.StatusAsync()).Contacts);
    }

    [ContractFact]
    public async Task ImportsAtTheSameTimeAddUp()
    {
        await using CampaignStoreWorld world = await OpenAsync();
        await world.DraftAsync();
        ImportCounts[] counts = await Task.WhenAll(Enumerable.Range(0, 4).Select(part => world.Store.ImportAsync(
            "spring", Enumerable.Range(part * 300, 600).Reverse().Select(i => CampaignStoreWorld.New(i)), world.Now, default)));
        Assert.Equal(1_500, counts.Sum(count => count.Added));
        Assert.Equal(1_500, (await world.StatusAsync()).Contacts);
    }

    [ContractFact]
    public async Task ConsentsAreKeptAsProof()
    {
        await using CampaignStoreWorld world = await OpenAsync();
        await world.DraftAsync();
        ConsentRecord[] consents =
        [
            new(CampaignStoreWorld.Number(1), "spring", "call-1", ConsentKind.DisclosureHeard, "I am an automated assistant.", world.Now, TimeSpan.FromMilliseconds(3_120)),
            new(CampaignStoreWorld.Number(1), "spring", "call-1", ConsentKind.RecordingRefused, "no", world.Now.AddSeconds(4), TimeSpan.FromMilliseconds(7_440)),
        ];
        foreach (ConsentRecord consent in consents)
            await world.Store.RecordConsentAsync(consent, default);
        await world.Store.RecordConsentAsync(consents[0] with { Number = CampaignStoreWorld.Number(2) }, default);
        Assert.Equal(consents, await CollectAsync(world.Store.ConsentsAsync(CampaignStoreWorld.Number(1), default)));
    }

    [ContractFact]
    public async Task AForgottenPersonIsGoneButStaysOnTheList()
    {
        await using CampaignStoreWorld world = await OpenAsync();
        await world.RunningAsync("spring", 2, "company");
        await world.RunningAsync("autumn", 1);
        Lease lease = await world.LeaseOneAsync();
        await world.FinishAsync(await world.BegunAsync(lease), AttemptOutcome.Answered);
        await world.Store.RecordConsentAsync(new ConsentRecord(lease.Contact.Number, "spring", "call-1", ConsentKind.RecordingGranted, "yes", world.Now, TimeSpan.Zero), default);
        await world.AddToListAsync(0);

        Assert.Equal(4, await world.Store.DeleteAsync(lease.Contact.Number, default)); // two contacts, an attempt, a consent
        Assert.Equal(0, await world.Store.DeleteAsync(lease.Contact.Number, default));
        Assert.Null(await world.Store.GetContactAsync(lease.Contact.Id, default));
        Assert.Empty(await CollectAsync(world.Store.AttemptsAsync("spring", default)));
        Assert.Empty(await CollectAsync(world.Store.ConsentsAsync(lease.Contact.Number, default)));
        Assert.Equal("company", await world.DoNotCall.FindAsync(lease.Contact.Number, ["company"], default));
        Assert.Equal((1, 0), ((await world.StatusAsync()).Contacts, (await world.StatusAsync("autumn")).Contacts));
    }

    [ContractFact]
    public async Task WhoIsBeingCalledIsForgottenWhenTheCallEnds()
    {
        await using CampaignStoreWorld world = await OpenAsync();
        await world.RunningAsync();
        await world.RunningAsync("autumn", 0);
        Lease lease = await world.LeaseOneAsync();
        Attempt attempt = await world.BegunAsync(lease);
        Assert.Equal(2, await world.Store.DeleteAsync(lease.Contact.Number, default));

        await world.Store.ImportAsync("autumn", [CampaignStoreWorld.New(0)], world.Now, default);
        Assert.IsType<AttemptStart.TooSoon>(await world.BeginAsync(await world.LeaseOneAsync("n2", "autumn")));
        Assert.True(await world.FinishAsync(attempt, AttemptOutcome.Answered, again: TimeSpan.FromHours(1)));
        Assert.Null(await world.Store.GetContactAsync(lease.Contact.Id, default));
        Assert.Empty((await world.StatusAsync()).Outcomes);
        Assert.False(await world.FinishAsync(attempt, AttemptOutcome.Busy));
    }

    protected static Task<List<Contact>> ListAsync(CampaignStoreWorld world) => CollectAsync(world.Store.ContactsAsync("spring", default));

    protected static async Task<List<T>> CollectAsync<T>(IAsyncEnumerable<T> items)
    {
        List<T> all = [];
        await foreach (T item in items)
            all.Add(item);
        return all;
    }
}
