using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue.Scripted;
using PhoneAgent.Conversation.Transfer.Brief;
using PhoneAgent.Conversation.Transfer.Humans;

namespace PhoneAgent.Conversation.Transfer;

/// <summary>What a call needs to hand its caller to a human.</summary>
public sealed record TransferSetup
{
    /// <summary>Places the consultation calls; null: transfers are blind.</summary>
    public IPhoneLine? Line { get; init; }

    public TransferOptions Options { get; init; } = new();

    /// <summary>The agent that hands over, as the brief names it.</summary>
    public string Agent { get; init; } = "phone agent";

    /// <summary>The agent's file; null for an agent without one.</summary>
    public AgentDefinition? Definition { get; init; }

    /// <summary>Writes what the human is told, before his phone rings; null: by rules, with no headers. Takes events for the timeline from any thread.</summary>
    public Func<BriefSource, Action<TimelineEvent>, CancellationToken, Task<WrittenBrief>>? Brief { get; init; }

    /// <summary>Makes what somebody hears who waits; null: nothing.</summary>
    public Func<IAudioPeer>? Music { get; init; }

    /// <summary>The time of day, for opening hours.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Who takes calls over when a transfer does not say it; null: whoever it names.</summary>
    internal HumanPlan? Humans => Definition?.Humans;
}

/// <summary>What a human gets before he takes a call.</summary>
/// <param name="Spoken">Plain words for the ear.</param>
/// <param name="Headers">For the INVITE of the consultation call, and for the REFER of a blind transfer.</param>
public sealed record WrittenBrief(string Spoken, IReadOnlyDictionary<string, string> Headers);
