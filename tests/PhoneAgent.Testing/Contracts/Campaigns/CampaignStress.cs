using System.Collections.Concurrent;
using PhoneAgent.Campaigns;
using PhoneAgent.Campaigns.Attempts;
using PhoneAgent.Campaigns.Contacts;
using Xunit;

namespace PhoneAgent.Testing.Contracts.Campaigns;

/// <summary>
/// Several nodes work through campaigns that share numbers; some die in the middle of what they do, some are slow. Time stands
/// still while they work and moves when all of them have ended their turn, so a run does not depend on who is quick.
/// </summary>
internal sealed class CampaignStress(CampaignStoreWorld world, int seed)
{
    private const int Contacts = 30, Nodes = 4, MaxRounds = 400, MaxAttempts = 3;
    private static readonly string[] Campaigns = ["spring", "autumn"];
    private static readonly TimeSpan Spacing = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LeaseLength = TimeSpan.FromMinutes(3);

    private readonly Random _random = new(seed);
    private readonly TelephoneNetwork _network = new(Spacing);
    private readonly ConcurrentDictionary<long, AttemptOutcome> _outcomes = new();
    private readonly StressDiary _diary = new();
    private int _names;

    public async Task RunAsync()
    {
        try
        {
            await WorkAsync();
        }
        catch (Exception e)
        {
            throw _diary.Explain($"Seed {seed}, at {world.Now:HH:mm:ss}", e);
        }
    }

    private async Task WorkAsync()
    {
        // Numbers 0…29 and 10…39: twenty belong to both.
        for (int i = 0; i < Campaigns.Length; i++)
        {
            await world.RunningAsync(Campaigns[i], 0, "company");
            await world.Store.ImportAsync(Campaigns[i], Enumerable.Range(i * 10, Contacts).Select(index => CampaignStoreWorld.New(index)), world.Now, default);
        }
        Node[] nodes = [.. Enumerable.Range(0, Nodes).Select(_ => NewNode())];
        for (int round = 0; round < MaxRounds && !await IsDoneAsync(); round++)
        {
            Task list = round % 5 == 1 ? AddToListAsync(_random.Next(Contacts + 10)) : Task.CompletedTask;
            await Task.WhenAll([list, .. nodes.Select(node => Task.Run(node.TurnAsync))]);
            for (int i = 0; i < nodes.Length; i++)
                if (nodes[i].IsDead)
                    nodes[i] = NewNode();
            world.Now += TimeSpan.FromSeconds(_random.Next(1, 240));
            _diary.Write($"-- round {round + 1}, {world.Now:HH:mm:ss}");
        }
        await CheckAsync();
    }

    private async Task AddToListAsync(int index)
    {
        await world.AddToListAsync(index);
        _diary.Write($"{CampaignStoreWorld.Number(index)} is on the list");
        _network.Forbid(CampaignStoreWorld.Number(index));
    }

    private Node NewNode() => new(this, $"node-{++_names}", _random.Next());

    private async Task<bool> IsDoneAsync() => (await world.Store.ListAsync(default)).All(status => status.Finished == status.Contacts);

    private async Task CheckAsync()
    {
        foreach (string id in Campaigns)
        {
            CampaignStatus status = await world.StatusAsync(id);
            Assert.Equal((Contacts, 0, 0, Contacts), (status.Contacts, status.Waiting, status.Leased, status.Finished));
            Dictionary<long, int> made = [];
            await foreach (Attempt attempt in world.Store.AttemptsAsync(id, default))
            {
                made[attempt.ContactId] = made.GetValueOrDefault(attempt.ContactId) + 1;
                Assert.True(_outcomes.TryRemove(attempt.Id, out AttemptOutcome said) && said == attempt.Outcome, $"attempt {attempt.Id} is {attempt.Outcome}, and {said} was said");
                _network.Known(attempt.Id);
            }
            Assert.Equal(made.Values.Sum(), status.Outcomes.Values.Sum());
            await foreach (Contact contact in world.Store.ContactsAsync(id, default))
                Assert.True(
                    contact.Attempts == made.GetValueOrDefault(contact.Id) && (contact.Attempts is > 0 and <= MaxAttempts || contact.DoNotCallList is not null),
                    $"{made.GetValueOrDefault(contact.Id)} attempts were made: {contact}");
        }
        Assert.Empty(_outcomes);
        _network.CheckAllWereKnown();
    }

    /// <summary>One run of a process.</summary>
    private sealed class Node(CampaignStress stress, string name, int seed)
    {
        private readonly Random _random = new(seed);
        private readonly Dictionary<long, (Attempt Attempt, Contact Contact)> _calls = [];
        private readonly ICampaignStore _store = stress.Store;

        private bool _isSlow;

        public bool IsDead { get; private set; }

        public async Task TurnAsync()
        {
            // Slow: its leases may expire. Not twice running, for a node that is away for longer than the spacing cannot hang up in time.
            _isSlow = !_isSlow && _random.Next(10) == 0;
            if (_isSlow)
            {
                Say("is slow");
                return;
            }
            using var killed = new CancellationTokenSource();
            Task killing = Task.CompletedTask;
            int steps = _random.Next(10) == 0 ? _random.Next(1, 12) : int.MaxValue;
            try
            {
                // Killed by another thread, so at any point: within a transaction, or between a commit and the call.
                await WorkAsync(() => killing = --steps == 0 ? Task.Run(killed.Cancel) : killing, killed.Token);
            }
            catch (OperationCanceledException)
            {
            }
            catch (Exception e)
            {
                Say($"met {e.GetType().Name}: {e.Message}");
                throw;
            }
            await killing;
            IsDead = killed.IsCancellationRequested;
            if (IsDead)
                Say("was killed");
            if (IsDead)
                foreach ((Attempt attempt, Contact contact) in _calls.Values)
                    stress._network.HangUp(contact.Number, attempt.Id);
        }

        private async Task WorkAsync(Action step, CancellationToken token)
        {
            Say("renews");
            HashSet<long> held = [.. await _store.RenewAsync(name, stress.Now, LeaseLength, token)];
            foreach ((Attempt attempt, Contact contact) in _calls.Values.Where(call => !held.Contains(call.Contact.Id)).ToList())
            {
                stress._network.HangUp(contact.Number, attempt.Id); // another has it now
                _calls.Remove(attempt.Id);
                Say($"has lost attempt {attempt.Id} to another");
            }
            step();
            foreach (Attempt lost in await _store.RecoverAsync(stress.Now, LeaseLength, token))
            {
                await FinishAsync(lost, AttemptOutcome.Lost, token);
                step();
            }
            foreach ((Attempt attempt, Contact contact) in _calls.Values.Where(_ => _random.Next(2) == 0).ToList())
            {
                stress._network.HangUp(contact.Number, attempt.Id);
                _calls.Remove(attempt.Id);
                await FinishAsync(attempt, _random.Next(3) == 0 ? AttemptOutcome.Answered : AttemptOutcome.Busy, token);
                step();
            }
            foreach (Lease lease in await _store.LeaseAsync(Campaigns[_random.Next(Campaigns.Length)], name, _random.Next(1, 5), stress.Now, LeaseLength, token))
            {
                step();
                if (_random.Next(8) == 0)
                    await _store.ReleaseAsync(lease, stress.Now.AddSeconds(30), token);
                else
                    await DialAsync(lease, token);
            }
        }

        private async Task DialAsync(Lease lease, CancellationToken token)
        {
            bool wasForbidden = stress._network.IsForbidden(lease.Contact.Number);
            AttemptStart start = await _store.BeginAsync(lease, null, Spacing, stress.Now, token);
            Say($"wants to call {lease.Contact.Number} (contact {lease.Contact.Id}, token {lease.Token}): {start}");
            if (start is not AttemptStart.Begun { Attempt: var attempt })
                return;
            Assert.False(wasForbidden, "a number was dialled after the list had it");
            if (_random.Next(10) == 0)
            {
                bool isTakenBack = await _store.TakeBackAsync(attempt.Id, stress.Now, token);
                Say($"takes attempt {attempt.Id} back: {isTakenBack}");
                Assert.True(isTakenBack, "it had a lease");
                return;
            }
            stress._network.Dial(lease.Contact.Number, attempt.Id, stress.Now);
            _calls.Add(attempt.Id, (attempt, lease.Contact));
        }

        private void Say(string what) => stress._diary.Write($"{name} {what}");

        // What is written down here is what the store has to say at the end. A cancelled finish is not known to have been one:
        // no token here, as a process cannot die and see what became of it.
        private async Task FinishAsync(Attempt attempt, AttemptOutcome outcome, CancellationToken token)
        {
            token.ThrowIfCancellationRequested();
            DateTimeOffset? again = outcome == AttemptOutcome.Answered || attempt.Number >= MaxAttempts ? null : stress.Now + Spacing;
            bool isFirst = await _store.FinishAsync(attempt.Id, outcome, null, stress.Now, again, CancellationToken.None);
            Say($"finishes attempt {attempt.Id} as {outcome}, first: {isFirst}");
            if (isFirst)
                Assert.True(stress._outcomes.TryAdd(attempt.Id, outcome), "an attempt was finished twice");
        }
    }

    private ICampaignStore Store => world.Store;

    private DateTimeOffset Now => world.Now;
}
