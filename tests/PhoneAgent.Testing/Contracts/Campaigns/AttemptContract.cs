using PhoneAgent.Campaigns;
using PhoneAgent.Campaigns.Attempts;
using PhoneAgent.Campaigns.Contacts;
using Xunit;

namespace PhoneAgent.Testing.Contracts.Campaigns;

/// <summary>Who may call whom, and when: leases, attempts, recovery. What goes wrong here calls people twice.</summary>
public abstract class AttemptContract
{
    /// <summary>An empty store of its own.</summary>
    protected abstract Task<CampaignStoreWorld> OpenAsync();

    [ContractFact]
    public async Task LeasesAreGivenOnceAndLongestDueFirst()
    {
        await using CampaignStoreWorld world = await OpenAsync();
        await world.RunningAsync(contacts: 2);
        world.Now -= TimeSpan.FromMinutes(5);
        await world.Store.ImportAsync("spring", [CampaignStoreWorld.New(8)], world.Now, default);
        world.Now += TimeSpan.FromMinutes(5);
        IReadOnlyList<Lease> first = await world.LeaseAsync("n1", 2);
        Assert.Equal([CampaignStoreWorld.Number(8), CampaignStoreWorld.Number(0)], first.Select(lease => lease.Contact.Number));
        Assert.All(first, lease => Assert.Equal((ContactState.Leased, "n1", world.Now + CampaignStoreWorld.LeaseLength), (lease.Contact.State, lease.Node, lease.ExpiresAt)));
        Assert.Equal(CampaignStoreWorld.Number(1), Assert.Single(await world.LeaseAsync("n2", 5)).Contact.Number);
        Assert.Empty(await world.LeaseAsync("n1", 5));
        Assert.Equal(3, (await world.StatusAsync()).Leased);
    }

    [ContractFact]
    public async Task ManyNodesLeaseEachContactOnce()
    {
        await using CampaignStoreWorld world = await OpenAsync();
        await world.RunningAsync(contacts: 100);
        IReadOnlyList<Lease>[] leases = await Task.WhenAll(Enumerable.Range(0, 20).Select(node => world.LeaseAsync($"n{node}", 7)));
        List<long> ids = [.. leases.SelectMany(some => some).Select(lease => lease.Contact.Id)];
        Assert.Equal(ids.Count, ids.Distinct().Count());
        // On PostgreSQL a node passes over rows that another is just taking: nobody is left out at the next look.
        ids.AddRange((await world.LeaseAsync("last", 100)).Select(lease => lease.Contact.Id));
        Assert.Equal(100, ids.Distinct().Count());
    }

    [ContractFact]
    public async Task OnlyARunningCampaignGivesLeases()
    {
        await using CampaignStoreWorld world = await OpenAsync();
        await world.DraftAsync();
        await world.Store.ImportAsync("spring", [CampaignStoreWorld.New(0)], world.Now, default);
        Assert.Empty(await world.LeaseAsync("n1", 1));
        Assert.Empty(await world.LeaseAsync("n1", 1, "none"));
    }

    [ContractFact]
    public async Task ALeaseThatIsGivenBackIsDueWhenItSays()
    {
        await using CampaignStoreWorld world = await OpenAsync();
        await world.RunningAsync();
        Lease lease = await world.LeaseOneAsync();
        await world.Store.ReleaseAsync(lease, world.Now.AddMinutes(10), default);
        Assert.Empty(await world.LeaseAsync("n1", 1));
        world.Now += TimeSpan.FromMinutes(10);
        Lease next = await world.LeaseOneAsync("n2");
        Assert.True(next.Token > lease.Token);

        await world.Store.ReleaseAsync(lease, world.Now, default); // an old lease gives nothing back
        Assert.Equal(ContactState.Leased, (await world.ContactAsync(next)).State);
    }

    [ContractFact]
    public async Task AnAttemptIsWrittenWithAllThatIsKnown()
    {
        await using CampaignStoreWorld world = await OpenAsync();
        (Lease lease, Attempt begun) = await world.OneRunningAsync();
        Assert.Equal(
            new Attempt { Id = begun.Id, ContactId = lease.Contact.Id, CampaignId = "spring", Number = 1, StartedAt = world.Now, Node = "n1", CallerId = "+4930999" }, begun);
        Assert.Equal(begun, Assert.Single(await world.AttemptsAsync()));
        Assert.Equal((ContactState.Leased, 1), ((await world.ContactAsync(lease)).State, (await world.ContactAsync(lease)).Attempts));

        world.Now += TimeSpan.FromSeconds(40);
        Assert.True(await world.FinishAsync(begun, AttemptOutcome.Busy, again: CampaignStoreWorld.Spacing));
        Assert.Equal(begun with { Outcome = AttemptOutcome.Busy, EndedAt = world.Now, CallId = "call-1" }, Assert.Single(await world.AttemptsAsync()));
        Contact waiting = await world.ContactAsync(lease);
        Assert.Equal((ContactState.Waiting, AttemptOutcome.Busy, world.Now + CampaignStoreWorld.Spacing), (waiting.State, waiting.LastOutcome, waiting.DueAt));

        world.Now += CampaignStoreWorld.Spacing;
        Attempt second = await world.BegunAsync(await world.LeaseOneAsync());
        Assert.Equal(2, second.Number);
        Assert.True(await world.FinishAsync(second, AttemptOutcome.Answered));
        Contact finished = await world.ContactAsync(lease);
        Assert.Equal((ContactState.Finished, 2, null), (finished.State, finished.Attempts, finished.DueAt));
        CampaignStatus status = await world.StatusAsync();
        Assert.Equal((1, 1), (status.Outcomes[AttemptOutcome.Busy], status.Outcomes[AttemptOutcome.Answered]));
    }

    [ContractFact]
    public async Task ALeaseBeginsOneAttempt()
    {
        await using CampaignStoreWorld world = await OpenAsync();
        await world.RunningAsync();
        Lease lease = await world.LeaseOneAsync();
        AttemptStart[] starts = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => world.BeginAsync(lease)));
        Assert.Single(starts, start => start is AttemptStart.Begun);
        Assert.Equal(5, starts.Count(start => start is AttemptStart.LeaseLost));
        Assert.Single(await world.AttemptsAsync());
    }

    /// <summary>Those who come at the same time are written together; each gets the answer that it would get alone.</summary>
    [ContractFact]
    public async Task GoodAndRefusedAttemptsThatBeginTogetherAreEachAnsweredForThemselves()
    {
        const int Contacts = 24;
        await using CampaignStoreWorld world = await OpenAsync();
        await world.RunningAsync("spring", Contacts, "company");
        await world.RunningAsync("autumn", Contacts);
        IReadOnlyList<Lease> leases = await world.LeaseAsync("n1", Contacts);
        IReadOnlyList<Lease> others = await world.LeaseAsync("n2", Contacts, "autumn");
        for (int i = 0; i < Contacts; i += 4)
        {
            await world.AddToListAsync(i + 1);
            await world.Store.ReleaseAsync(leases[i + 2], world.Now, default);
            await world.BegunAsync(others[i + 3]);
        }

        AttemptStart[] starts = await Task.WhenAll(leases.Select(lease => Task.Run(() => world.BeginAsync(lease))));
        Assert.All(starts, (start, i) => Assert.Equal(
            (i % 4) switch { 0 => typeof(AttemptStart.Begun), 1 => typeof(AttemptStart.OnDoNotCallList), 2 => typeof(AttemptStart.LeaseLost), _ => typeof(AttemptStart.TooSoon) }, start.GetType()));
        List<Attempt> begun = [.. starts.OfType<AttemptStart.Begun>().Select(start => start.Attempt)];
        Assert.Equal(begun.OrderBy(attempt => attempt.Id), await world.AttemptsAsync());

        // Every second one ends twice, beside one that there is not.
        Attempt[] ending = [.. begun, .. begun.Where((_, i) => i % 2 == 0), begun[0] with { Id = begun.Max(attempt => attempt.Id) + 1_000 }];
        bool[] ended = await Task.WhenAll(ending.Select(attempt => Task.Run(() => world.FinishAsync(attempt, AttemptOutcome.Answered))));
        Assert.Equal((begun.Count, false), (ended.Count(first => first), ended[^1]));
        CampaignStatus status = await world.StatusAsync();
        Assert.Equal((begun.Count, begun.Count + 6, 6), (status.Outcomes[AttemptOutcome.Answered], status.Finished, status.OnDoNotCallList));
    }

    [ContractFact]
    public async Task TheFirstOutcomeCounts()
    {
        await using CampaignStoreWorld world = await OpenAsync();
        (Lease lease, Attempt attempt) = await world.OneRunningAsync();
        AttemptOutcome[] outcomes = [AttemptOutcome.Answered, AttemptOutcome.Busy, AttemptOutcome.Lost, AttemptOutcome.Failed];
        bool[] first = await Task.WhenAll(outcomes.Select(outcome => world.FinishAsync(attempt, outcome)));
        AttemptOutcome winner = outcomes[Array.IndexOf(first, true)];
        Assert.Single(first, true);
        Assert.Equal(winner, (await world.ContactAsync(lease)).LastOutcome);
        Assert.Equal(winner, Assert.Single((await world.StatusAsync()).Outcomes).Key);
        Assert.False(await world.Store.FinishAsync(attempt.Id + 1_000, AttemptOutcome.Busy, null, world.Now, null, default));
    }

    [ContractFact]
    public async Task ALateOutcomeDoesNotTouchTheNextAttempt()
    {
        await using CampaignStoreWorld world = await OpenAsync();
        await world.RunningAsync();
        Attempt first = await world.BegunAsync(await world.LeaseOneAsync());
        await world.FinishAsync(first, AttemptOutcome.Lost, again: CampaignStoreWorld.Spacing);
        world.Now += CampaignStoreWorld.Spacing;
        Lease lease = await world.LeaseOneAsync("n2");
        Attempt second = await world.BegunAsync(lease);
        Assert.False(await world.FinishAsync(first, AttemptOutcome.Answered));
        Assert.Equal(ContactState.Leased, (await world.ContactAsync(lease)).State);
        Assert.True(await world.FinishAsync(second, AttemptOutcome.Busy));
    }

    [ContractFact]
    public async Task ANumberOnAListIsFinishedInsteadOfDialled()
    {
        await using CampaignStoreWorld world = await OpenAsync();
        await world.RunningAsync("spring", 1, "national", "company");
        Lease lease = await world.LeaseOneAsync();
        await world.AddToListAsync(0);
        Assert.Equal(new AttemptStart.OnDoNotCallList("company"), await world.BeginAsync(lease));
        Assert.Empty(await world.AttemptsAsync());
        Contact contact = await world.ContactAsync(lease);
        Assert.Equal((ContactState.Finished, "company", 0), (contact.State, contact.DoNotCallList, contact.Attempts));
        Assert.Equal((1, 1), ((await world.StatusAsync()).Finished, (await world.StatusAsync()).OnDoNotCallList));
    }

    [ContractFact]
    public async Task WhatTheListHasReturnedForIsNotDialled()
    {
        await using CampaignStoreWorld world = await OpenAsync();
        await world.RunningAsync("spring", 40, "company");
        IReadOnlyList<Lease> leases = await world.LeaseAsync("n1", 40);
        int order = 0;
        // Each number is added while its call is being prepared. Whichever returns first decides.
        await Task.WhenAll(leases.Select(async (lease, index) =>
        {
            int addedAt = int.MaxValue;
            Task add = Task.Run(async () =>
            {
                await world.AddToListAsync(index);
                addedAt = Interlocked.Increment(ref order);
            });
            if (index % 4 == 0)
                await add;
            int began = Interlocked.Increment(ref order);
            AttemptStart start = await Task.Run(() => world.BeginAsync(lease));
            await add;
            Assert.True(start is AttemptStart.OnDoNotCallList || addedAt > began, $"{start.GetType().Name}: added at {addedAt}, began at {began}");
        }));
    }

    [ContractFact]
    public async Task ANumberIsCalledByOneCampaignAtATime()
    {
        await using CampaignStoreWorld world = await OpenAsync();
        await world.RunningAsync("spring");
        await world.RunningAsync("autumn");
        Attempt attempt = await world.BegunAsync(await world.LeaseOneAsync());
        world.Now += TimeSpan.FromSeconds(5);
        Lease other = await world.LeaseOneAsync("n2", "autumn");
        var tooSoon = Assert.IsType<AttemptStart.TooSoon>(await world.BeginAsync(other));
        Assert.Equal(attempt.StartedAt + CampaignStoreWorld.Spacing, tooSoon.DueAt);
        Assert.Equal((ContactState.Waiting, tooSoon.DueAt), ((await world.ContactAsync(other)).State, (await world.ContactAsync(other)).DueAt));

        await world.FinishAsync(attempt, AttemptOutcome.Answered);
        world.Now = tooSoon.DueAt;
        await world.BegunAsync(await world.LeaseOneAsync("n2", "autumn"));
    }

    [ContractFact]
    public async Task ACallThatLastsLongerThanTheSpacingIsStillRunning()
    {
        await using CampaignStoreWorld world = await OpenAsync();
        await world.RunningAsync("spring");
        await world.RunningAsync("autumn");
        await world.BegunAsync(await world.LeaseOneAsync());
        world.Now += 2 * CampaignStoreWorld.Spacing;
        var tooSoon = Assert.IsType<AttemptStart.TooSoon>(await world.BeginAsync(await world.LeaseOneAsync("n2", "autumn")));
        Assert.True(tooSoon.DueAt > world.Now);
    }

    [ContractFact]
    public async Task OfManyCampaignsThatBeginAtOnceOneCalls()
    {
        await using CampaignStoreWorld world = await OpenAsync();
        string[] campaigns = [.. Enumerable.Range(0, 6).Select(i => $"c{i}")];
        List<Lease> leases = [];
        foreach (string id in campaigns)
        {
            await world.RunningAsync(id);
            leases.Add(await world.LeaseOneAsync("n-" + id, id));
        }
        AttemptStart[] starts = await Task.WhenAll(leases.Select(world.BeginAsync));
        Assert.Single(starts, start => start is AttemptStart.Begun);
        Assert.Equal(5, starts.Count(start => start is AttemptStart.TooSoon));
    }

    [ContractFact]
    public async Task APausedCampaignBeginsNothingAndKeepsItsContacts()
    {
        await using CampaignStoreWorld world = await OpenAsync();
        await world.RunningAsync();
        Lease lease = await world.LeaseOneAsync();
        await world.Store.SetStateAsync("spring", [CampaignState.Running], CampaignState.Paused, default);
        Assert.IsType<AttemptStart.LeaseLost>(await world.BeginAsync(lease));
        Assert.Equal((1, 0), ((await world.StatusAsync()).Waiting, (await world.StatusAsync()).Leased));
        await world.Store.SetStateAsync("spring", [CampaignState.Paused], CampaignState.Running, default);
        await world.BegunAsync(await world.LeaseOneAsync());
    }

    [ContractFact]
    public async Task AnExpiredLeaseComesBackAndTheOldOneBeginsNothing()
    {
        await using CampaignStoreWorld world = await OpenAsync();
        await world.RunningAsync();
        Lease old = await world.LeaseOneAsync();
        world.Now += CampaignStoreWorld.LeaseLength;
        Assert.IsType<AttemptStart.LeaseLost>(await world.BeginAsync(old));
        Assert.Empty(await RecoverAsync(world));
        Lease next = await world.LeaseOneAsync("n2");
        Assert.IsType<AttemptStart.LeaseLost>(await world.BeginAsync(old));
        await world.BegunAsync(next);
    }

    [ContractFact]
    public async Task ARenewedLeaseLivesOn()
    {
        await using CampaignStoreWorld world = await OpenAsync();
        await world.RunningAsync(contacts: 3);
        IReadOnlyList<Lease> leases = await world.LeaseAsync("n1", 2);
        Lease dead = await world.LeaseOneAsync("n2");
        for (int beat = 0; beat < 4; beat++)
        {
            world.Now += CampaignStoreWorld.LeaseLength / 2;
            Assert.Equal(leases.Select(lease => lease.Contact.Id).Order(), (await RenewAsync(world, "n1")).Order());
            await RecoverAsync(world);
        }
        Assert.Empty(await RenewAsync(world, "n2"));
        Assert.Equal(ContactState.Waiting, (await world.ContactAsync(dead)).State);
        await world.BegunAsync(leases[0]);
    }

    [ContractFact]
    public async Task WhatADeadNodeWasCallingIsGivenToOneWhoRecovers()
    {
        await using CampaignStoreWorld world = await OpenAsync();
        await world.RunningAsync(contacts: 30);
        List<Attempt> running = [];
        foreach (Lease lease in await world.LeaseAsync("n1", 30))
            running.Add(await world.BegunAsync(lease));
        Assert.Empty(await RecoverAsync(world));
        world.Now += CampaignStoreWorld.LeaseLength;
        IReadOnlyList<Attempt>[] recovered = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => RecoverAsync(world)));
        Assert.Equal(running, recovered.SelectMany(some => some).OrderBy(attempt => attempt.Id));
        Assert.Empty(await RenewAsync(world, "n1"));

        Assert.True(await world.FinishAsync(running[0], AttemptOutcome.Lost, again: CampaignStoreWorld.Spacing));
        world.Now += CampaignStoreWorld.LeaseLength; // whoever recovered them died as well
        Assert.Equal(running.Skip(1), await RecoverAsync(world));
        Assert.Equal((1, 29), ((await world.StatusAsync()).Waiting, (await world.StatusAsync()).Leased));
    }

    [ContractFact]
    public async Task ANodeThatWasOnlySlowMayStillSayWhatHappened()
    {
        await using CampaignStoreWorld world = await OpenAsync();
        (Lease lease, Attempt attempt) = await world.OneRunningAsync();
        world.Now += CampaignStoreWorld.LeaseLength;
        Assert.Single(await RecoverAsync(world));
        Assert.True(await world.FinishAsync(attempt, AttemptOutcome.Answered));
        Assert.False(await world.FinishAsync(attempt, AttemptOutcome.Lost, again: CampaignStoreWorld.Spacing));
        Assert.Equal(AttemptOutcome.Answered, (await world.ContactAsync(lease)).LastOutcome);
    }

    [ContractFact]
    public async Task ALostCallMayHaveGoneOnUntilItWasFoundOut()
    {
        await using CampaignStoreWorld world = await OpenAsync();
        await world.RunningAsync("spring");
        await world.RunningAsync("autumn");
        Attempt attempt = await world.BegunAsync(await world.LeaseOneAsync());
        world.Now += 2 * CampaignStoreWorld.Spacing;
        await RecoverAsync(world);
        await world.FinishAsync(attempt, AttemptOutcome.Lost);
        Assert.Equal(new AttemptStart.TooSoon(world.Now + CampaignStoreWorld.Spacing), await world.BeginAsync(await world.LeaseOneAsync("n2", "autumn")));
    }

    [ContractFact]
    public async Task NodesThatDieAndNodesThatAreSlowCallNobodyTwice()
    {
        await using CampaignStoreWorld world = await OpenAsync();
        await new CampaignStress(world, seed: 6).RunAsync();
    }

    private static Task<IReadOnlyList<Attempt>> RecoverAsync(CampaignStoreWorld world) => world.Store.RecoverAsync(world.Now, CampaignStoreWorld.LeaseLength, default);

    private static Task<IReadOnlyList<long>> RenewAsync(CampaignStoreWorld world, string node) => world.Store.RenewAsync(node, world.Now, CampaignStoreWorld.LeaseLength, default);
}
