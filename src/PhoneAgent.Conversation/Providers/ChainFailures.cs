namespace PhoneAgent.Conversation.Providers;

internal static class ChainFailures
{
    /// <summary>What a chain says whose members have all failed.</summary>
    public static EngineException ToOne(this IReadOnlyList<EngineException> failures, string chain) =>
        failures.Count == 1 ? failures[0] : new EngineException($"All of {chain} failed: {string.Join("; ", failures.Select(f => f.Message))}", failures[^1]);
}
