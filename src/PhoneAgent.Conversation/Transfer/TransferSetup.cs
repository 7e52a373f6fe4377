using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue;

namespace PhoneAgent.Conversation.Transfer;

/// <summary>What a call needs to hand its caller to a human.</summary>
public sealed record TransferSetup
{
    /// <summary>Places the consultation calls; null: transfers are blind.</summary>
    public IPhoneLine? Line { get; init; }

    public TransferOptions Options { get; init; } = new();

    /// <summary>Who takes calls over when nothing else is said; null: whoever a transfer names.</summary>
    public Humans.HumanPlan? Humans { get; init; }

    /// <summary>Writes what the human is told, while his phone rings; null: the reason only. Never throws but for cancellation.</summary>
    public Func<TransferCase, CancellationToken, Task<WrittenBrief>>? Brief { get; init; }

    /// <summary>Makes what somebody hears who waits; null: nothing.</summary>
    public Func<IAudioPeer>? Music { get; init; }

    /// <summary>The time of day, for opening hours.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}

/// <summary>A transfer that is about to be tried.</summary>
/// <param name="Call">The caller's.</param>
/// <param name="Asked">What the dialogue wants.</param>
/// <param name="Events">What happened in the call until now.</param>
/// <param name="Now">Media time.</param>
/// <param name="Report">Takes events for the timeline; any thread.</param>
public sealed record TransferCase(CallInfo Call, DialogueAction.Transfer Asked, IReadOnlyList<TimelineEvent> Events, TimeSpan Now, Action<TimelineEvent> Report);

/// <summary>What a human gets before he takes a call.</summary>
/// <param name="Spoken">Plain words for the ear.</param>
/// <param name="Headers">For the INVITE of the consultation call.</param>
public sealed record WrittenBrief(string Spoken, IReadOnlyDictionary<string, string> Headers);
