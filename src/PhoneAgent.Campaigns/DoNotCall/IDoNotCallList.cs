using PhoneAgent.Campaigns.Contacts;

namespace PhoneAgent.Campaigns.DoNotCall;

/// <summary>
/// Numbers that must not be called, in named lists ("company", "national", one per campaign). Safe from any thread and from
/// several nodes: what <see cref="AddAsync"/> has returned for is respected by every attempt begun afterwards.
/// </summary>
public interface IDoNotCallList
{
    /// <summary>Adds one; adding it again keeps the first entry.</summary>
    Task AddAsync(DoNotCallEntry entry, CancellationToken cancellationToken);

    /// <summary>Takes a number off a list. False when it was not on it.</summary>
    Task<bool> RemoveAsync(string list, PhoneNumber number, CancellationToken cancellationToken);

    /// <summary>The first of <paramref name="lists"/> that has the number; null when none has.</summary>
    Task<string?> FindAsync(PhoneNumber number, IReadOnlyList<string> lists, CancellationToken cancellationToken);

    /// <summary>A page of a list in order of the numbers.</summary>
    /// <param name="after">The last number of the page before; null for the first page.</param>
    Task<IReadOnlyList<DoNotCallEntry>> ListAsync(string list, PhoneNumber? after, int limit, CancellationToken cancellationToken);
}

/// <param name="Source">How it came onto the list: "words", "key", "disposition", "import", "api", or a user's name.</param>
/// <param name="CallId">The call in which it was asked for, as proof.</param>
public sealed record DoNotCallEntry(string List, PhoneNumber Number, DateTimeOffset AddedAt, string Source, string? CallId = null);
