using PhoneAgent.Testing.Contracts;
using PhoneAgent.Testing.Storage;

namespace PhoneAgent.Tests.Server.Storage.Calls;

public sealed class SqliteCallStoreTests : CallStoreContract
{
    internal override Task<TestDatabase> OpenAsync() => TestDatabase.SqliteAsync();
}

[RequiresPostgres]
public sealed class PostgresCallStoreTests : CallStoreContract
{
    internal override Task<TestDatabase> OpenAsync() => TestDatabase.PostgresAsync();
}
