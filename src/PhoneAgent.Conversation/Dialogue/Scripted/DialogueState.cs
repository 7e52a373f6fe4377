using System.Collections.Immutable;
using PhoneAgent.Conversation.Calls;

namespace PhoneAgent.Conversation.Dialogue.Scripted;

/// <summary>Where a call's script stands. Immutable, so that a reply on a guess works on its own successor and is simply dropped.</summary>
internal sealed record DialogueState
{
    /// <summary>Whose call it is; null where only an expectation is asked for.</summary>
    public CallInfo? Call { get; init; }

    public ImmutableDictionary<string, string> Variables { get; init; } = ImmutableDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>How often each text was said, for turning through its variants.</summary>
    public ImmutableDictionary<string, int> Said { get; init; } = ImmutableDictionary.Create<string, int>(StringComparer.Ordinal);

    /// <summary>The step whose question stands; null before the first.</summary>
    public string? AskStep { get; init; }

    /// <summary>How the caller seemed when he last said something; null when nothing can be said.</summary>
    public string? Mood { get; init; }

    /// <summary>The question as it was last worded.</summary>
    public string Question { get; init; } = "";

    /// <summary>Digits of a number that is not complete, and the least confidence any of them was heard with.</summary>
    public string PartialDigits { get; init; } = "";

    public double PartialConfidence { get; init; } = 1;

    /// <summary>What the caller is asked to confirm.</summary>
    public Confirmation? Confirming { get; init; }

    /// <summary>The step and item answered last, as long as a correction may refer to them.</summary>
    public (string Step, IExpectedItem Item)? LastAnswer { get; init; }

    /// <summary>Times in a row that nothing was understood.</summary>
    public int Misses { get; init; }

    /// <summary>The last reply that said something new, for "repeat that".</summary>
    public ImmutableList<string> LastContent { get; init; } = [];

    /// <summary>The step to go to when the transfer under way fails.</summary>
    public string? TransferFailedStep { get; init; }
}

/// <summary>An answer, or a command, that waits for a yes.</summary>
internal sealed record Confirmation(Understood What, string Question);
