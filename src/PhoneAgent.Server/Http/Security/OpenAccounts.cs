using Microsoft.Extensions.Logging.Abstractions;
using PhoneAgent.Server.Options;
using PhoneAgent.Server.Storage.Database;
using PhoneAgent.Server.Storage.Users;

namespace PhoneAgent.Server.Http.Security;

/// <summary>The accounts for a command that is no server.</summary>
internal sealed class OpenAccounts : IAsyncDisposable
{
    private readonly SqlDatabase _database;
    private readonly AccountBook _book;

    private OpenAccounts(SqlDatabase database, LoadedConfig config, TimeProvider time)
    {
        _database = database;
        _book = new AccountBook(new SqlUserStore(database), config, time, NullLogger<AccountBook>.Instance);
        Desk = new AccountDesk(_book, time);
    }

    public AccountDesk Desk { get; }

    /// <exception cref="StorageException">The database cannot be opened.</exception>
    /// <exception cref="HttpServerException">What earlier versions left cannot be read.</exception>
    public static async Task<OpenAccounts> OpenAsync(LoadedConfig config, TimeProvider time, CancellationToken cancellationToken)
    {
        var opened = new OpenAccounts(DatabaseServices.Create(config), config, time);
        try
        {
            await opened._database.MigrateAsync(Schema.All, time, cancellationToken).ConfigureAwait(false);
            await opened._book.LoadAsync(cancellationToken).ConfigureAwait(false);
            return opened;
        }
        catch
        {
            await opened.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public ValueTask DisposeAsync()
    {
        _book.Dispose();
        return _database.DisposeAsync();
    }
}
