using System.Text.Json;
using PhoneAgent.Conversation.Dialogue.LanguageModel;
using PhoneAgent.Conversation.Hearing;

namespace PhoneAgent.Conversation.AfterCall;

/// <summary>What is written down of a call when it is over. Holds personal data.</summary>
public sealed record AfterCallReport
{
    /// <summary>"model" or "rules".</summary>
    public required string By { get; init; }
    /// <summary>Two to four sentences; null when the agent's file wants none.</summary>
    public string? Summary { get; init; }
    /// <summary>What the call is filed under; null when nothing fits.</summary>
    public string? Disposition { get; init; }
    /// <summary>The agent's fields that were found: texts, numbers, true and false, dates as 2026-11-24, times as 09:30.</summary>
    public IReadOnlyDictionary<string, JsonElement> Fields { get; init; } = new Dictionary<string, JsonElement>();
    /// <summary>Required fields that were not found.</summary>
    public IReadOnlyList<string> Missing { get; init; } = [];
    /// <summary>What the model took, one element a request.</summary>
    public IReadOnlyList<AfterCallUsage> Usage { get; init; } = [];
    /// <summary>Why the model did not write it; null when it did, or there is none.</summary>
    public string? Problem { get; init; }
}

/// <param name="Cost">In the currency of the provider's price list; null when it has none.</param>
public sealed record AfterCallUsage(string Provider, long InputTokens, long OutputTokens, decimal? Cost);

/// <summary>A call that is over, as far as it matters for what is written down.</summary>
/// <param name="Agent">The name of the agent that answered.</param>
/// <param name="Definition">What its file asks for; null for nothing but a summary.</param>
/// <param name="Topics">What callers may ask this agent for: the tag of a result (<see cref="TimelineEvent.Final.Tag"/>) → words for people.</param>
/// <param name="Events">The whole timeline.</param>
public sealed record EndedCall(
    string Agent, AfterCallDefinition? Definition, IReadOnlyDictionary<string, string> Topics, IReadOnlyList<TimelineEvent> Events)
{
    /// <summary>The caller said or pressed something: there is something to write about.</summary>
    public bool HasCaller => Events.Any(e => e is TimelineEvent.Dtmf or TimelineEvent.Final { Outcome: RecognitionOutcome.Recognized });
}
