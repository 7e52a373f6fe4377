using System.Runtime.CompilerServices;
using PhoneAgent.Campaigns;
using PhoneAgent.Campaigns.Attempts;
using PhoneAgent.Campaigns.Consent;
using PhoneAgent.Campaigns.Contacts;
using PhoneAgent.Server.Storage.Database;

namespace PhoneAgent.Server.Storage.Campaigns;

/// <summary>
/// <see cref="ICampaignStore"/> on SQLite and PostgreSQL. Every commit is on the disk: SQLite with synchronous=FULL, because in WAL
/// mode NORMAL may lose the last commits when the power fails, and an attempt that was lost would be dialled twice.
/// </summary>
internal sealed class CampaignStore(SqlDatabase database, TimeProvider time) : ICampaignStore
{
    private const int PageSize = 1_000;

    private readonly CampaignDatabase _database = new(database, time);

    public Task<bool> CreateAsync(Campaign campaign, CancellationToken cancellationToken) =>
        _database.WriteAsync($"creating campaign '{campaign.Id}'", (session, isAgain) => CampaignStates.CreateAsync(session, campaign, isAgain), cancellationToken);

    public async Task<CampaignStatus?> GetAsync(string campaignId, CancellationToken cancellationToken) =>
        (await _database.ReadAsync($"reading campaign '{campaignId}'", session => CampaignCounts.ReadAsync(session, campaignId), cancellationToken).ConfigureAwait(false)).SingleOrDefault();

    public Task<IReadOnlyList<CampaignStatus>> ListAsync(CancellationToken cancellationToken) =>
        _database.ReadAsync("reading the campaigns", session => CampaignCounts.ReadAsync(session, campaignId: null), cancellationToken);

    public Task<bool> SetStateAsync(string campaignId, IReadOnlyList<CampaignState> from, CampaignState to, CancellationToken cancellationToken) =>
        _database.WriteAsync($"setting campaign '{campaignId}' to {to}", (session, isAgain) => CampaignStates.SetAsync(session, campaignId, from, to, isAgain), cancellationToken);

    public Task<bool> RedefineAsync(Campaign campaign, string replaces, CancellationToken cancellationToken) =>
        _database.WriteAsync($"changing campaign '{campaign.Id}'", (session, isAgain) => CampaignStates.RedefineAsync(session, campaign, replaces, isAgain), cancellationToken);

    public Task<ImportCounts> ImportAsync(string campaignId, IEnumerable<NewContact> contacts, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // Read once: the work may run again, and a file cannot always be read twice.
        IReadOnlyList<NewContact> all = contacts as IReadOnlyList<NewContact> ?? [.. contacts];
        return _database.WriteAsync($"importing contacts into campaign '{campaignId}'", session => ContactImport.RunAsync(session, campaignId, all, now), cancellationToken);
    }

    public Task<IReadOnlyList<Lease>> LeaseAsync(string campaignId, string node, int limit, DateTimeOffset now, TimeSpan length, CancellationToken cancellationToken) =>
        _database.WriteAsync($"leasing contacts of campaign '{campaignId}'", session => Leases.TakeAsync(session, campaignId, node, limit, now, length), cancellationToken);

    public Task<IReadOnlyList<long>> RenewAsync(string node, DateTimeOffset now, TimeSpan length, CancellationToken cancellationToken) =>
        _database.WriteAsync($"renewing the leases of '{node}'", session => Leases.RenewAsync(session, node, now, length), cancellationToken);

    public Task ReleaseAsync(Lease lease, DateTimeOffset dueAt, CancellationToken cancellationToken) =>
        _database.WriteAsync($"releasing a contact of campaign '{lease.Contact.CampaignId}'", session => Leases.ReleaseAsync(session, lease, dueAt), cancellationToken);

    public Task<AttemptStart> BeginAsync(Lease lease, string? callerId, TimeSpan spacing, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var begin = new AttemptBegin(lease, callerId, spacing, now);
        return _database.WriteAsync($"beginning an attempt of campaign '{lease.Contact.CampaignId}'", begin.RunAsync, cancellationToken);
    }

    public Task<bool> FinishAsync(long attemptId, AttemptOutcome outcome, string? callId, DateTimeOffset endedAt, DateTimeOffset? dueAt, CancellationToken cancellationToken)
    {
        var finish = new AttemptFinish(attemptId, outcome, callId, endedAt, dueAt);
        return _database.WriteAsync("finishing an attempt", finish.RunAsync, cancellationToken);
    }

    public Task<bool> TakeBackAsync(long attemptId, DateTimeOffset dueAt, CancellationToken cancellationToken) =>
        _database.WriteAsync("taking an attempt back", (session, isAgain) => AttemptUndo.RunAsync(session, attemptId, dueAt, isAgain), cancellationToken);

    public Task<IReadOnlyList<Attempt>> RecoverAsync(DateTimeOffset now, TimeSpan length, CancellationToken cancellationToken) =>
        _database.WriteAsync("recovering what dead nodes held", session => Leases.RecoverAsync(session, now, length), cancellationToken);

    public async Task<Contact?> GetContactAsync(long contactId, CancellationToken cancellationToken) =>
        (await _database.ReadAsync("reading a contact", session => session.SingleAsync<ContactRow>(
            $"SELECT {ContactRow.Columns} FROM campaign_contacts WHERE id = @contactId", new { contactId }), cancellationToken).ConfigureAwait(false))?.ToContact();

    public IAsyncEnumerable<Contact> ContactsAsync(string campaignId, CancellationToken cancellationToken) =>
        PagesAsync<ContactRow, Contact>($"reading the contacts of campaign '{campaignId}'",
            (session, last) => session.QueryAsync<ContactRow>(
                $"SELECT {ContactRow.Columns} FROM campaign_contacts WHERE campaign_id = @campaignId AND number > @after ORDER BY number LIMIT @PageSize",
                new { campaignId, after = last?.Number ?? "", PageSize }),
            row => row.ToContact(), cancellationToken);

    public IAsyncEnumerable<Attempt> AttemptsAsync(string campaignId, CancellationToken cancellationToken) =>
        PagesAsync<AttemptRow, Attempt>($"reading the attempts of campaign '{campaignId}'",
            (session, last) => session.QueryAsync<AttemptRow>(
                $"SELECT {AttemptRow.Columns} FROM campaign_attempts WHERE campaign_id = @campaignId AND id > @after ORDER BY id LIMIT @PageSize",
                new { campaignId, after = last?.Id ?? 0, PageSize }),
            row => row.ToAttempt(), cancellationToken);

    public Task RecordConsentAsync(ConsentRecord consent, CancellationToken cancellationToken) =>
        _database.WriteAsync($"keeping a consent of campaign '{consent.CampaignId}'", (session, isAgain) => Consents.AddAsync(session, consent, isAgain), cancellationToken);

    public IAsyncEnumerable<ConsentRecord> ConsentsAsync(PhoneNumber number, CancellationToken cancellationToken) =>
        PagesAsync<ConsentRow, ConsentRecord>("reading consents",
            (session, last) => session.QueryAsync<ConsentRow>(
                $"SELECT {ConsentRow.Columns} FROM campaign_consents WHERE number = @Value AND id > @after ORDER BY id LIMIT @PageSize",
                new { number.Value, after = last?.Id ?? 0, PageSize }),
            row => row.ToConsent(), cancellationToken);

    public Task<int> DeleteAsync(PhoneNumber number, CancellationToken cancellationToken) =>
        _database.WriteAsync("forgetting a person", session => Forgetting.RunAsync(session, number), cancellationToken);

    // Page by page: a reader that stays for the length of a report would keep SQLite's log from being emptied.
    private async IAsyncEnumerable<T> PagesAsync<TRow, T>(
        string what, Func<SqlSession, TRow?, Task<IReadOnlyList<TRow>>> read, Func<TRow, T> convert,
        [EnumeratorCancellation] CancellationToken cancellationToken)
        where TRow : class
    {
        IReadOnlyList<TRow> page = [];
        do
        {
            TRow? last = page.Count > 0 ? page[^1] : null;
            page = await _database.ReadAsync(what, session => read(session, last), cancellationToken).ConfigureAwait(false);
            foreach (TRow row in page)
                yield return convert(row);
        }
        while (page.Count == PageSize);
    }
}
