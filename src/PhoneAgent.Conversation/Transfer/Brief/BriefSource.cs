using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue.LanguageModel;
using PhoneAgent.Conversation.Dialogue.Scripted;

namespace PhoneAgent.Conversation.Transfer.Brief;

/// <summary>What a brief is made from.</summary>
/// <param name="Agent">The name of the agent that hands over.</param>
/// <param name="Call">Who talks to whom.</param>
/// <param name="Reason">Why, as the dialogue said it (<see cref="Dialogue.DialogueAction.Transfer"/>).</param>
/// <param name="Events">The timeline so far.</param>
/// <param name="Now">Media time of the hand-over.</param>
public sealed record BriefSource(string Agent, CallInfo Call, string Reason, IReadOnlyList<TimelineEvent> Events, TimeSpan Now)
{
    internal const string DefaultLanguage = "en-US";

    /// <summary>The agent's file; null for an agent without one.</summary>
    public AgentDefinition? Definition { get; init; }

    /// <summary>What the agent speaks where there is no <see cref="Definition"/>.</summary>
    public string Language { get; init; } = DefaultLanguage;

    /// <summary>Today's date where the call is.</summary>
    public DateOnly Today { get; init; }

    internal AfterCallDefinition? AfterCall => Definition?.AfterCall;

    internal string AgentLanguage => Definition?.Language ?? Language;

    /// <summary>Said behind the brief: which keys to press.</summary>
    internal string Keys => Wordings["brief_keys"] is [var first, ..] ? first.Render(name => Definition?.Variables.GetValueOrDefault(name) ?? "") : "";

    internal Wordings Wordings => Definition?.Wordings ?? s_plain;

    private static readonly Wordings s_plain = new(new Dictionary<string, Lines>());
}
