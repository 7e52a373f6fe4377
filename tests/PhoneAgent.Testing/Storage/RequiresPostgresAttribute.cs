using PhoneAgent.Testing.Contracts;

namespace PhoneAgent.Testing.Storage;

/// <summary>The inherited tests of this class need a real PostgreSQL.</summary>
public sealed class RequiresPostgresAttribute : RequirementAttribute
{
    public override string? SkipReason => PostgresServer.Missing;
}
