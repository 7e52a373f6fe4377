using System.Data.Common;
using PhoneAgent.Server.Http.Security;

namespace PhoneAgent.Server.Storage.Users;

/// <summary>Users, API keys and ended sessions, of all servers of a database. Thread-safe. A database that fails is a <see cref="DbException"/>.</summary>
internal interface IUserStore
{
    /// <summary>All of them; null when nothing has changed since that version.</summary>
    Task<Accounts?> ReadAsync(long knownVersion, CancellationToken cancellationToken);

    /// <summary>Changes users and keys in one transaction, one after the other whoever does it.</summary>
    /// <param name="change">May run again. Null leaves all as it is.</param>
    /// <returns>What is there then; null when nothing was changed.</returns>
    Task<Accounts?> UpdateAsync(Func<Accounts, Accounts?> change, CancellationToken cancellationToken);

    /// <summary>Notes when keys were used last; an earlier moment changes nothing.</summary>
    Task KeysUsedAsync(IReadOnlyDictionary<string, DateTimeOffset> uses, CancellationToken cancellationToken);

    /// <summary>Whoever shows this session is not let in any more.</summary>
    /// <param name="until">When its cookies have expired anyway.</param>
    Task EndSessionAsync(string session, DateTimeOffset now, DateTimeOffset until, CancellationToken cancellationToken);
}
