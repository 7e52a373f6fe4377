namespace PhoneAgent.Conversation.Dialogue.Scripted;

/// <summary>What the caller's words or keys mean at this point of the script.</summary>
internal abstract record Understood
{
    private Understood() { }

    /// <summary>0–1; keys are certain.</summary>
    public double Confidence { get; init; } = 1;

    /// <param name="Step">The step whose question it answers; an earlier one for a correction.</param>
    /// <param name="Slots">Slots named inside an intent's sentence.</param>
    public sealed record Answer(string Step, IExpectedItem Item, string Value, IReadOnlyDictionary<string, string> Slots) : Understood;

    public sealed record PartOfDigits(DigitsSlot Slot, string Digits) : Understood;

    public sealed record TooManyDigits(DigitsSlot Slot, int Count) : Understood;

    public sealed record Command(DialogueCommand Which) : Understood;

    /// <summary>The reply to a confirmation.</summary>
    public sealed record Confirmed(bool Yes) : Understood;

    public sealed record Nothing : Understood;
}
