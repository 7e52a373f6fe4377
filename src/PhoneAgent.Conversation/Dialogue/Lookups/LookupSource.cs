using PhoneAgent.Conversation.Dialogue.Scripted;

namespace PhoneAgent.Conversation.Dialogue.Lookups;

/// <summary>Where an agent file says that something is to be looked up.</summary>
public abstract record LookupSource
{
    private protected LookupSource() { }

    public required string Name { get; init; }

    /// <summary>The fields that <c>{name.field}</c> may use.</summary>
    public abstract IReadOnlyList<string> FieldNames { get; }
}

/// <summary>A table, read and checked when the agent file was.</summary>
public sealed record CsvLookupSource(string File, string KeyColumn, CsvLookup Table) : LookupSource
{
    public override IReadOnlyList<string> FieldNames => Table.Columns;
}

/// <param name="Url">May use the script's variables and <c>{key}</c>; values are escaped.</param>
/// <param name="Fields">Name → where in the answer.</param>
public sealed record HttpLookupSource(
    Template Url,
    IReadOnlyDictionary<string, string> Headers,
    IReadOnlyDictionary<string, JsonPath> Fields,
    IReadOnlySet<int> NotFoundStatuses,
    TimeSpan Timeout) : LookupSource
{
    public override IReadOnlyList<string> FieldNames => [.. Fields.Keys];
}
