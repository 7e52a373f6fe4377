namespace PhoneAgent.Server.Storage.Database;

/// <summary>One step of an area's tables. Once released it is never changed: another step follows.</summary>
/// <param name="Number">From 1, within its area.</param>
/// <param name="Name">What it does, a few words.</param>
/// <param name="Sql">Statements, separated by semicolons.</param>
internal sealed record Migration(int Number, string Name, Func<SqlDialect, string> Sql);

/// <summary>The steps of one area. Areas have no foreign keys into each other's tables, so their order does not matter.</summary>
internal sealed record MigrationSet(string Area, IReadOnlyList<Migration> Steps);
