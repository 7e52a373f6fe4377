using PhoneAgent.Campaigns.Contacts;

namespace PhoneAgent.Campaigns.DoNotCall;

/// <summary>
/// Numbers that must not be called, in named lists ("company", "national", one per campaign). Safe from any thread and from
/// several nodes: what <see cref="AddAsync"/> has returned for is respected by every attempt begun afterwards. Every change is
/// kept with who made it, when and why. Throws <see cref="CampaignStoreException"/> when the database cannot be reached or refuses.
/// </summary>
public interface IDoNotCallList
{
    /// <summary>Adds one. False when the list had it already: the first entry stays.</summary>
    Task<bool> AddAsync(DoNotCallEntry entry, CancellationToken cancellationToken);

    /// <summary>Adds many, as they are read: what was added before an error stays. Returns how many the lists did not have yet.</summary>
    Task<int> ImportAsync(IEnumerable<DoNotCallEntry> entries, CancellationToken cancellationToken);

    /// <summary>Takes a number off a list. False when it was not on it.</summary>
    Task<bool> RemoveAsync(DoNotCallRemoval removal, CancellationToken cancellationToken);

    /// <summary>The first of <paramref name="lists"/> that has the number; null when none has.</summary>
    Task<string?> FindAsync(PhoneNumber number, IReadOnlyList<string> lists, CancellationToken cancellationToken);

    /// <summary>A page of a list in order of the numbers.</summary>
    /// <param name="after">The last number of the page before; null for the first page.</param>
    Task<IReadOnlyList<DoNotCallEntry>> ListAsync(string list, PhoneNumber? after, int limit, CancellationToken cancellationToken);

    /// <summary>The lists that have entries, by name, with how many.</summary>
    Task<IReadOnlyList<DoNotCallCount>> ListsAsync(CancellationToken cancellationToken);

    /// <summary>What was ever changed for a number, oldest first.</summary>
    Task<IReadOnlyList<DoNotCallChange>> ChangesAsync(PhoneNumber number, CancellationToken cancellationToken);
}

/// <param name="Source">How it came onto the list, or who put it there: "words", "key", "disposition", "import", "api", or a user's name.</param>
/// <param name="CallId">The call in which it was asked for, as proof.</param>
/// <param name="Reason">Why, in words; the file of an import.</param>
public sealed record DoNotCallEntry(string List, PhoneNumber Number, DateTimeOffset AddedAt, string Source, string? CallId = null, string? Reason = null);

/// <param name="By">Who takes it off.</param>
/// <param name="Reason">Why, in words.</param>
public sealed record DoNotCallRemoval(string List, PhoneNumber Number, DateTimeOffset RemovedAt, string By, string? Reason = null);

public sealed record DoNotCallCount(string List, int Entries);

/// <param name="Added">False: removed.</param>
/// <param name="By">The entry's source, or who removed it.</param>
public sealed record DoNotCallChange(string List, PhoneNumber Number, bool Added, DateTimeOffset At, string By, string? CallId, string? Reason);
