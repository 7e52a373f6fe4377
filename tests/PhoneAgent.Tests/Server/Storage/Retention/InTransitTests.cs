using PhoneAgent.Testing.Contracts;
using PhoneAgent.Testing.Storage;

namespace PhoneAgent.Tests.Server.Storage.Retention;

public sealed class SqliteInTransitTests : InTransitContract
{
    internal override Task<TestDatabase> OpenAsync() => TestDatabase.SqliteAsync();
}

[RequiresPostgres]
public sealed class PostgresInTransitTests : InTransitContract
{
    internal override Task<TestDatabase> OpenAsync() => TestDatabase.PostgresAsync();
}
