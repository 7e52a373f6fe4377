using PhoneAgent.Campaigns.Attempts;
using PhoneAgent.Campaigns.Consent;
using PhoneAgent.Campaigns.Contacts;

namespace PhoneAgent.Campaigns;

/// <summary>
/// Campaigns on disk. Safe from any thread and from several nodes at once; every member is one transaction, and what has
/// returned has reached the disk. Throws <see cref="CampaignStoreException"/> when the database cannot be reached or refuses.
/// A "node" is one run of a process: its name is not used again, or a restarted one would renew what its predecessor held.
/// </summary>
public interface ICampaignStore
{
    /// <summary>Keeps a new campaign, stopped at <see cref="CampaignState.Draft"/>. False when its identifier is taken.</summary>
    Task<bool> CreateAsync(Campaign campaign, CancellationToken cancellationToken);

    Task<CampaignStatus?> GetAsync(string campaignId, CancellationToken cancellationToken);

    Task<IReadOnlyList<CampaignStatus>> ListAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Changes the state when it is one of <paramref name="from"/>; false when it was another, or there is no such campaign. Only
    /// a campaign whose contacts are all finished becomes <see cref="CampaignState.Completed"/>. After it has returned, no
    /// attempt begins that the new state forbids.
    /// </summary>
    Task<bool> SetStateAsync(string campaignId, IReadOnlyList<CampaignState> from, CampaignState to, CancellationToken cancellationToken);

    /// <summary>
    /// Gives a campaign that has not ended another definition, with its agent and lists; its state and its contacts stay. False when
    /// it was stopped or completed, is none, or its definition is not <paramref name="replaces"/> any more: somebody else changed it.
    /// After it has returned, no attempt begins without a look at the new lists.
    /// </summary>
    Task<bool> RedefineAsync(Campaign campaign, string replaces, CancellationToken cancellationToken);

    /// <summary>
    /// Adds contacts, all or none. A number that the campaign has already is merged: its variables and time zone are replaced, its
    /// state is kept. A campaign that was completed and has somebody to call again is paused: a person resumes it.
    /// </summary>
    Task<ImportCounts> ImportAsync(string campaignId, IEnumerable<NewContact> contacts, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>
    /// Leases up to <paramref name="limit"/> contacts of a running campaign that are due, longest due first. No contact is given
    /// to two nodes (PostgreSQL: FOR UPDATE SKIP LOCKED).
    /// </summary>
    Task<IReadOnlyList<Lease>> LeaseAsync(string campaignId, string node, int limit, DateTimeOffset now, TimeSpan length, CancellationToken cancellationToken);

    /// <summary>
    /// Renews every lease of the node, a late one too where nobody has taken it yet. Called several times within a lease's length.
    /// Returns the contacts that the node holds; one that is missing belongs to another now: do not dial it, end its call.
    /// </summary>
    Task<IReadOnlyList<long>> RenewAsync(string node, DateTimeOffset now, TimeSpan length, CancellationToken cancellationToken);

    /// <summary>Gives a leased contact back without a call; it is due again at <paramref name="dueAt"/>.</summary>
    Task ReleaseAsync(Lease lease, DateTimeOffset dueAt, CancellationToken cancellationToken);

    /// <summary>
    /// Writes the attempt, right before it is dialled. In the same transaction it checks the lease, the campaign's state, the
    /// do-not-call lists, and that no campaign calls this number now or began to within <paramref name="spacing"/>. An attempt that
    /// was lost counts from when it was found out: its node may have been slow only, and its call may have gone on.
    /// </summary>
    Task<AttemptStart> BeginAsync(Lease lease, string? callerId, TimeSpan spacing, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Ends an attempt. The first outcome counts: false when it had one already.</summary>
    /// <param name="dueAt">When to try again; null: the contact is finished.</param>
    Task<bool> FinishAsync(long attemptId, AttemptOutcome outcome, string? callId, DateTimeOffset endedAt, DateTimeOffset? dueAt, CancellationToken cancellationToken);

    /// <summary>
    /// Undoes <see cref="BeginAsync"/> of an attempt of which nothing was sent: it is as if there had been none, and the contact is due
    /// again at <paramref name="dueAt"/>. False when it has an outcome, or is none.
    /// </summary>
    Task<bool> TakeBackAsync(long attemptId, DateTimeOffset dueAt, CancellationToken cancellationToken);

    /// <summary>
    /// Takes back what dead nodes held: expired leases without an attempt are due again at once; running attempts whose lease
    /// expired are returned and are to be finished as <see cref="AttemptOutcome.Lost"/>. Each is given to one caller only, who
    /// has <paramref name="length"/> for it; not finished by then, it is given to the next.
    /// </summary>
    Task<IReadOnlyList<Attempt>> RecoverAsync(DateTimeOffset now, TimeSpan length, CancellationToken cancellationToken);

    /// <summary>A contact; null when there is none.</summary>
    Task<Contact?> GetContactAsync(long contactId, CancellationToken cancellationToken);

    /// <summary>Every contact with its last outcome, for the report.</summary>
    IAsyncEnumerable<Contact> ContactsAsync(string campaignId, CancellationToken cancellationToken);

    /// <summary>Every attempt, oldest first.</summary>
    IAsyncEnumerable<Attempt> AttemptsAsync(string campaignId, CancellationToken cancellationToken);

    Task RecordConsentAsync(ConsentRecord consent, CancellationToken cancellationToken);

    IAsyncEnumerable<ConsentRecord> ConsentsAsync(PhoneNumber number, CancellationToken cancellationToken);

    /// <summary>
    /// Forgets a person: contacts, attempts and consents of the number. Do-not-call entries stay. An attempt that runs is
    /// forgotten when it ends, for until then its number must not be called by another. Returns the rows that went or will go.
    /// </summary>
    Task<int> DeleteAsync(PhoneNumber number, CancellationToken cancellationToken);
}

/// <summary>The store failed; says which, where and what to do.</summary>
public sealed class CampaignStoreException(string message, Exception? inner = null) : Exception(message, inner);

/// <param name="Added">New contacts.</param>
/// <param name="Merged">Rows whose number the campaign, or an earlier row, had already.</param>
/// <param name="OnDoNotCallList">How many of these numbers are on a list: kept as finished, so that the report shows them; never dialled.</param>
public sealed record ImportCounts(int Added, int Merged, int OnDoNotCallList);
