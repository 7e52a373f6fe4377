using PhoneAgent.Testing.Contracts;
using PhoneAgent.Testing.Storage;

namespace PhoneAgent.Tests.Server.Api;

public sealed class SqliteIdempotencyStoreTests : IdempotencyStoreContract
{
    internal override Task<TestDatabase> OpenAsync() => TestDatabase.SqliteAsync();
}

[RequiresPostgres]
public sealed class PostgresIdempotencyStoreTests : IdempotencyStoreContract
{
    internal override Task<TestDatabase> OpenAsync() => TestDatabase.PostgresAsync();
}
