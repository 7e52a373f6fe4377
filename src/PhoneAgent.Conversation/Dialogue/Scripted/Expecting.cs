using PhoneAgent.Conversation.Hearing;

namespace PhoneAgent.Conversation.Dialogue.Scripted;

/// <summary>Says what is expected at a point of the script: the step's own answers first, then corrections, then what is always understood.</summary>
internal static class Expecting
{
    public const string ConfirmTag = "confirm";

    /// <summary>Before the name of an item of an earlier step: the answer puts that one right.</summary>
    public const string FixPrefix = "fix.";

    private static readonly TimeSpan MenuKeyTimeout = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan DigitsKeyTimeout = TimeSpan.FromSeconds(3);

    public static Expectation For(AgentDefinition agent, DialogueState state)
    {
        StepEnd.Ask? ask = AskOf(agent, state.AskStep);
        if (ask is null)
            return Expectation.Nothing;
        var answers = new List<ExpectedAnswer>();
        if (state.Confirming is not null)
            answers.Add(new YesNoAnswer(ConfirmTag));
        bool mayCorrect = state.Confirming is not null || state.LastAnswer is not null || state.Misses > 0;
        foreach (IExpectedItem item in ask.Expect)
            answers.AddRange(AnswersOf(item, item.Name, state.Confirming is not null, mayCorrect));
        answers.AddRange(Corrections(agent, state, ask));
        answers.AddRange(Commands(agent, state, ask).Select(command => new PhraseAnswer(command.Tag, command.Phrases)));
        return new Expectation
        {
            Answers = answers,
            FreeText = state.Confirming is null && ask.Expect.Any(item => item is FreeTextSlot),
            Dtmf = Keys(state, ask),
            SilenceTimeout = ask.Silence ?? agent.Limits.Silence,
        };
    }

    public static StepEnd.Ask? AskOf(AgentDefinition agent, string? step) =>
        step is not null && agent.Steps.TryGetValue(step, out StepDefinition? definition) ? definition.End as StepEnd.Ask : null;

    /// <summary>The items of an earlier question that may still be put right: its one slot, or any intent of its menu.</summary>
    public static IReadOnlyList<IExpectedItem> Correctable(AgentDefinition agent, DialogueState state) => state.LastAnswer switch
    {
        null => [],
        { Item: IntentDefinition, Step: var step } => [.. AskOf(agent, step)!.Expect.OfType<IntentDefinition>()],
        { Item: var item } => [item],
    };

    public static IEnumerable<CommandPhrases> Commands(AgentDefinition agent, DialogueState state, StepEnd.Ask ask) =>
        CommandPhrases.All.Where(command => command.Command switch
        {
            DialogueCommand.Help => agent.CommandSteps.ContainsKey(DialogueCommand.Help) || ask.Help is not null || agent.Wordings["help"].Count > 0,
            DialogueCommand.Correct => state.LastAnswer is not null || state.Confirming is not null,
            _ => true,
        });

    private static IEnumerable<ExpectedAnswer> AnswersOf(IExpectedItem item, string tag, bool confirming, bool mayCorrect) => item switch
    {
        // A yes or a no is the answer to the confirmation itself.
        YesNoSlot when confirming => [],
        SlotDefinition slot => slot.Answers(tag),
        IntentDefinition intent => [new PhraseAnswer(tag, mayCorrect ? [.. intent.Phrases, .. Prefixed(intent.Phrases)] : intent.Phrases)],
        _ => [],
    };

    private static IEnumerable<ExpectedAnswer> Corrections(AgentDefinition agent, DialogueState state, StepEnd.Ask ask)
    {
        foreach (IExpectedItem item in Correctable(agent, state))
        {
            if (ask.Expect.Contains(item) || ask.Expect.Any(other => other.GetType() == item.GetType() && other is not IntentDefinition))
                continue;
            if (item is IntentDefinition intent)
                yield return new PhraseAnswer(FixPrefix + item.Name, [.. Prefixed(intent.Phrases)]);
            else if (item is SlotDefinition slot and not (YesNoSlot or FreeTextSlot))
            {
                foreach (ExpectedAnswer answer in slot.Answers(FixPrefix + item.Name))
                    yield return answer;
            }
        }
    }

    private static IEnumerable<string> Prefixed(IReadOnlyList<string> phrases) =>
        phrases.Select(phrase => $"{CommandPhrases.CorrectionPhrase} ({phrase})");

    private static DtmfExpectation Keys(DialogueState state, StepEnd.Ask ask)
    {
        int keys = state.Confirming is not null ? 1 : ask.Expect.OfType<SlotDefinition>().Select(slot => slot.MaxKeys).DefaultIfEmpty(1).Max();
        if (state.Confirming is null && state.PartialDigits.Length > 0)
            keys = Math.Max(1, keys - state.PartialDigits.Length);
        return new DtmfExpectation(Math.Max(1, keys), keys > 1 || ask.Expect.Any(item => item is FreeTextSlot) ? '#' : null, keys > 1 ? DigitsKeyTimeout : MenuKeyTimeout);
    }
}
