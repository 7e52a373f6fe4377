using System.Runtime.CompilerServices;
using PhoneAgent.Campaigns;
using PhoneAgent.Campaigns.Attempts;
using PhoneAgent.Campaigns.Consent;
using PhoneAgent.Campaigns.Contacts;
using PhoneAgent.Campaigns.DoNotCall;

namespace PhoneAgent.Testing.Campaigns;

/// <summary>Campaigns in memory, by the rules of the port; answers at once, so that a test's steps are in its own order.</summary>
public sealed class FakeCampaignStore : ICampaignStore, IDoNotCallList
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (Campaign Campaign, CampaignState State, int OnList)> _campaigns = [];
    private readonly List<Row> _rows = [];
    private readonly List<Attempt> _attempts = [];
    private readonly List<DoNotCallEntry> _doNotCall = [];
    private readonly List<DoNotCallChange> _changes = [];
    private readonly List<ConsentRecord> _consents = [];
    private long _lastAttempt;

    private sealed class Row
    {
        public required Contact Contact { get; set; }
        public string? Node { get; set; }
        public long Token { get; set; }
        public DateTimeOffset ExpiresAt { get; set; }
    }

    /// <summary>While set, everything fails with this.</summary>
    public string? Failure { get; set; }

    /// <summary>While set, what stands in the store as the definition of every campaign.</summary>
    public string? Definition { get; set; }

    /// <summary>Runs before an attempt is begun: what happens elsewhere at that moment.</summary>
    public Action<Lease>? BeforeBegin { get; set; }

    /// <summary>An attempt that begins is written when this is over.</summary>
    public Task Disk { get; set; } = Task.CompletedTask;

    public IReadOnlyList<Attempt> Attempts
    {
        get
        {
            lock (_lock)
                return [.. _attempts];
        }
    }

    public IReadOnlyList<Contact> Contacts
    {
        get
        {
            lock (_lock)
                return [.. _rows.Select(row => row.Contact)];
        }
    }

    public IReadOnlyList<ConsentRecord> Consents
    {
        get
        {
            lock (_lock)
                return [.. _consents];
        }
    }

    public Task<bool> CreateAsync(Campaign campaign, CancellationToken cancellationToken) =>
        Do(() => _campaigns.TryAdd(campaign.Id, (campaign, CampaignState.Draft, 0)));

    public Task<CampaignStatus?> GetAsync(string campaignId, CancellationToken cancellationToken) =>
        Do(() => _campaigns.ContainsKey(campaignId) ? StatusOf(campaignId) : null);

    public Task<IReadOnlyList<CampaignStatus>> ListAsync(CancellationToken cancellationToken) =>
        Do<IReadOnlyList<CampaignStatus>>(() => [.. _campaigns.Keys.Select(StatusOf)]);

    public Task<bool> SetStateAsync(string campaignId, IReadOnlyList<CampaignState> from, CampaignState to, CancellationToken cancellationToken) => Do(() =>
    {
        if (!_campaigns.TryGetValue(campaignId, out var found) || !from.Contains(found.State))
            return false;
        _campaigns[campaignId] = found with { State = to };
        return true;
    });

    public Task<bool> RedefineAsync(Campaign campaign, string replaces, CancellationToken cancellationToken) => Do(() =>
    {
        if (!_campaigns.TryGetValue(campaign.Id, out var found) || found.State is CampaignState.Stopped or CampaignState.Completed || found.Campaign.Definition != replaces)
            return false;
        _campaigns[campaign.Id] = found with { Campaign = campaign };
        return true;
    });

    public Task<ImportCounts> ImportAsync(string campaignId, IEnumerable<NewContact> contacts, DateTimeOffset now, CancellationToken cancellationToken) => Do(() =>
    {
        (int added, int merged, int onList) = (0, 0, 0);
        foreach (NewContact contact in contacts)
        {
            if (_rows.Find(row => row.Contact.CampaignId == campaignId && row.Contact.Number == contact.Number) is { } there)
            {
                there.Contact = there.Contact with { Variables = contact.Variables };
                merged++;
                continue;
            }
            bool isOn = ListOf(campaignId, contact.Number) is not null;
            _rows.Add(new Row
            {
                Contact = new Contact
                {
                    Id = _rows.Count + 1, CampaignId = campaignId, Number = contact.Number, TimeZone = contact.TimeZone, Variables = contact.Variables,
                    State = isOn ? ContactState.Finished : ContactState.Waiting, DueAt = isOn ? null : now,
                },
            });
            added++;
            onList += isOn ? 1 : 0;
        }
        var found = _campaigns[campaignId];
        _campaigns[campaignId] = found with { OnList = found.OnList + onList };
        return new ImportCounts(added, merged, onList);
    });

    public Task<IReadOnlyList<Lease>> LeaseAsync(string campaignId, string node, int limit, DateTimeOffset now, TimeSpan length, CancellationToken cancellationToken) => Do<IReadOnlyList<Lease>>(() =>
    {
        if (!_campaigns.TryGetValue(campaignId, out var found) || found.State != CampaignState.Running)
            return [];
        return
        [
            .. _rows.Where(row => row.Contact.CampaignId == campaignId && row.Contact.State == ContactState.Waiting && row.Contact.DueAt <= now)
                .OrderBy(row => row.Contact.DueAt).Take(limit).ToList().Select(row =>
                {
                    row.Contact = row.Contact with { State = ContactState.Leased };
                    (row.Node, row.ExpiresAt) = (node, now + length);
                    return new Lease(row.Contact, node, ++row.Token, row.ExpiresAt);
                }),
        ];
    });

    public Task<IReadOnlyList<long>> RenewAsync(string node, DateTimeOffset now, TimeSpan length, CancellationToken cancellationToken) => Do<IReadOnlyList<long>>(() =>
    {
        List<Row> held = [.. _rows.Where(row => row.Node == node)];
        foreach (Row row in held)
            row.ExpiresAt = now + length;
        return [.. held.Select(row => row.Contact.Id)];
    });

    public Task ReleaseAsync(Lease lease, DateTimeOffset dueAt, CancellationToken cancellationToken) => Do(() =>
    {
        if (Held(lease) is { } row)
            Free(row, ContactState.Waiting, dueAt);
        return true;
    });

    public async Task<AttemptStart> BeginAsync(Lease lease, string? callerId, TimeSpan spacing, DateTimeOffset now, CancellationToken cancellationToken)
    {
        BeforeBegin?.Invoke(lease);
        await Disk.ConfigureAwait(false);
        return await Do<AttemptStart>(() =>
        {
            if (Held(lease) is not { } row || _campaigns[lease.Contact.CampaignId].State != CampaignState.Running)
                return new AttemptStart.LeaseLost();
            if (ListOf(lease.Contact.CampaignId, lease.Contact.Number) is { } list)
            {
                Free(row, ContactState.Finished, null);
                return new AttemptStart.OnDoNotCallList(list);
            }
            HashSet<long> same = [.. _rows.Where(other => other.Contact.Number == lease.Contact.Number).Select(other => other.Contact.Id)];
            if (_attempts.LastOrDefault(attempt => same.Contains(attempt.ContactId) && (attempt.Outcome is null || attempt.StartedAt + spacing > now)) is { } before)
            {
                DateTimeOffset due = before.StartedAt + spacing > now ? before.StartedAt + spacing : now + spacing;
                Free(row, ContactState.Waiting, due);
                return new AttemptStart.TooSoon(due);
            }
            var begun = new Attempt
            {
                Id = ++_lastAttempt, ContactId = row.Contact.Id, CampaignId = row.Contact.CampaignId, Number = row.Contact.Attempts + 1, StartedAt = now, Node = lease.Node, CallerId = callerId,
            };
            _attempts.Add(begun);
            row.Contact = row.Contact with { Attempts = begun.Number };
            return new AttemptStart.Begun(begun);
        }).ConfigureAwait(false);
    }

    public Task<bool> FinishAsync(long attemptId, AttemptOutcome outcome, string? callId, DateTimeOffset endedAt, DateTimeOffset? dueAt, CancellationToken cancellationToken) => Do(() =>
    {
        int index = _attempts.FindIndex(attempt => attempt.Id == attemptId);
        if (_attempts[index].Outcome is not null)
            return false;
        _attempts[index] = _attempts[index] with { Outcome = outcome, CallId = callId, EndedAt = endedAt };
        Row row = _rows.Single(row => row.Contact.Id == _attempts[index].ContactId);
        Free(row, dueAt is null ? ContactState.Finished : ContactState.Waiting, dueAt);
        row.Contact = row.Contact with { LastOutcome = outcome };
        return true;
    });

    public Task<bool> TakeBackAsync(long attemptId, DateTimeOffset dueAt, CancellationToken cancellationToken) => Do(() =>
    {
        if (_attempts.Find(attempt => attempt.Id == attemptId && attempt.Outcome is null) is not { } undone)
            return false;
        _attempts.Remove(undone);
        Row row = _rows.Single(row => row.Contact.Id == undone.ContactId);
        Free(row, ContactState.Waiting, dueAt);
        row.Contact = row.Contact with { Attempts = row.Contact.Attempts - 1 };
        return true;
    });

    public Task<IReadOnlyList<Attempt>> RecoverAsync(DateTimeOffset now, TimeSpan length, CancellationToken cancellationToken) => Do<IReadOnlyList<Attempt>>(() =>
    {
        var lost = new List<Attempt>();
        foreach (Row row in _rows.Where(row => row.Contact.State == ContactState.Leased && row.ExpiresAt <= now))
        {
            if (_attempts.Find(attempt => attempt.ContactId == row.Contact.Id && attempt.Outcome is null) is { } running)
            {
                // Nobody's name: who recovered it does not renew it, either.
                (row.Node, row.ExpiresAt) = (null, now + length);
                row.Token++;
                lost.Add(running);
            }
            else
                Free(row, ContactState.Waiting, row.Contact.DueAt ?? now);
        }
        return lost;
    });

    public Task<Contact?> GetContactAsync(long contactId, CancellationToken cancellationToken) => Do(() => _rows.Find(row => row.Contact.Id == contactId)?.Contact);

    public IAsyncEnumerable<Contact> ContactsAsync(string campaignId, CancellationToken cancellationToken) =>
        Stream(Contacts.Where(contact => contact.CampaignId == campaignId), cancellationToken);

    public IAsyncEnumerable<Attempt> AttemptsAsync(string campaignId, CancellationToken cancellationToken) =>
        Stream(Attempts.Where(attempt => attempt.CampaignId == campaignId), cancellationToken);

    public Task RecordConsentAsync(ConsentRecord consent, CancellationToken cancellationToken) => Do(() =>
    {
        _consents.Add(consent);
        return true;
    });

    public IAsyncEnumerable<ConsentRecord> ConsentsAsync(PhoneNumber number, CancellationToken cancellationToken) =>
        Stream(Consents.Where(consent => consent.Number == number), cancellationToken);

    public Task<int> DeleteAsync(PhoneNumber number, CancellationToken cancellationToken) => Do(() => _rows.RemoveAll(row => row.Contact.Number == number));

    public Task<bool> AddAsync(DoNotCallEntry entry, CancellationToken cancellationToken) => Do(() => Add_NeedsLock(entry));

    public Task<int> ImportAsync(IEnumerable<DoNotCallEntry> entries, CancellationToken cancellationToken) => Do(() => entries.Count(Add_NeedsLock));

    public Task<bool> RemoveAsync(DoNotCallRemoval removal, CancellationToken cancellationToken) => Do(() =>
    {
        if (_doNotCall.RemoveAll(entry => entry.List == removal.List && entry.Number == removal.Number) == 0)
            return false;
        _changes.Add(new DoNotCallChange(removal.List, removal.Number, false, removal.RemovedAt, removal.By, null, removal.Reason));
        return true;
    });

    public Task<IReadOnlyList<DoNotCallCount>> ListsAsync(CancellationToken cancellationToken) => Do<IReadOnlyList<DoNotCallCount>>(() =>
        [.. _doNotCall.GroupBy(entry => entry.List).OrderBy(list => list.Key, StringComparer.Ordinal).Select(list => new DoNotCallCount(list.Key, list.Count()))]);

    public Task<IReadOnlyList<DoNotCallChange>> ChangesAsync(PhoneNumber number, CancellationToken cancellationToken) => Do<IReadOnlyList<DoNotCallChange>>(() =>
        [.. _changes.Where(change => change.Number == number)]);

    public Task<string?> FindAsync(PhoneNumber number, IReadOnlyList<string> lists, CancellationToken cancellationToken) =>
        Do(() => lists.FirstOrDefault(list => _doNotCall.Exists(entry => entry.List == list && entry.Number == number)));

    public Task<IReadOnlyList<DoNotCallEntry>> ListAsync(string list, PhoneNumber? after, int limit, CancellationToken cancellationToken) => Do<IReadOnlyList<DoNotCallEntry>>(() =>
        [.. _doNotCall.Where(entry => entry.List == list && (after is null || string.CompareOrdinal(entry.Number.Value, after.Value.Value) > 0)).OrderBy(entry => entry.Number.Value, StringComparer.Ordinal).Take(limit)]);

    private bool Add_NeedsLock(DoNotCallEntry entry)
    {
        if (_doNotCall.Exists(there => there.List == entry.List && there.Number == entry.Number))
            return false;
        _doNotCall.Add(entry);
        _changes.Add(new DoNotCallChange(entry.List, entry.Number, true, entry.AddedAt, entry.Source, entry.CallId, entry.Reason));
        return true;
    }

    private Row? Held(Lease lease) =>
        _rows.Find(row => row.Contact.Id == lease.Contact.Id && row.Contact.State == ContactState.Leased && row.Node == lease.Node && row.Token == lease.Token);

    private static void Free(Row row, ContactState state, DateTimeOffset? dueAt)
    {
        row.Contact = row.Contact with { State = state, DueAt = dueAt };
        row.Node = null;
    }

    private string? ListOf(string campaignId, PhoneNumber number) =>
        _campaigns[campaignId].Campaign.DoNotCallLists.FirstOrDefault(list => _doNotCall.Exists(entry => entry.List == list && entry.Number == number));

    private CampaignStatus StatusOf(string id)
    {
        List<Contact> contacts = [.. _rows.Select(row => row.Contact).Where(contact => contact.CampaignId == id)];
        Campaign campaign = _campaigns[id].Campaign;
        return new CampaignStatus(Definition is null ? campaign : campaign with { Definition = Definition }, _campaigns[id].State, contacts.Count,
            contacts.Count(contact => contact.State == ContactState.Waiting), contacts.Count(contact => contact.State == ContactState.Leased), contacts.Count(contact => contact.State == ContactState.Finished),
            _campaigns[id].OnList, _attempts.Where(attempt => attempt.CampaignId == id && attempt.Outcome is not null).GroupBy(attempt => attempt.Outcome!.Value).ToDictionary(group => group.Key, group => group.Count()));
    }

    private Task<T> Do<T>(Func<T> work)
    {
        lock (_lock)
            return Failure is { } failure ? Task.FromException<T>(new CampaignStoreException(failure)) : Task.FromResult(work());
    }

    private static async IAsyncEnumerable<T> Stream<T>(IEnumerable<T> all, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        foreach (T one in all)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return one;
        }
    }
}
