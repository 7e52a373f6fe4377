using PhoneAgent.Testing.Contracts;
using PhoneAgent.Testing.Storage;

namespace PhoneAgent.Tests.Server.Storage.Users;

public sealed class SqliteUserStoreTests : UserStoreContract
{
    internal override Task<TestDatabase> OpenAsync() => TestDatabase.SqliteAsync();
}

[RequiresPostgres]
public sealed class PostgresUserStoreTests : UserStoreContract
{
    internal override Task<TestDatabase> OpenAsync() => TestDatabase.PostgresAsync();
}
