using PhoneAgent.Conversation.Dialogue.Language;
using PhoneAgent.Conversation.Hearing;

namespace PhoneAgent.Conversation.Dialogue.Scripted;

/// <summary>Makes out what words or keys mean at a point of the script. Pure.</summary>
internal sealed class Understanding(AgentDefinition agent, DialogueState state, DateOnly today)
{
    private static readonly Understood Nothing = new Understood.Nothing();
    private static readonly Dictionary<string, string> NoSlots = [];

    private readonly StepEnd.Ask? _ask = Expecting.AskOf(agent, state.AskStep);

    public Understood OfWords(RecognitionResult result)
    {
        IReadOnlyList<string> words = Words.WithoutCourtesies(Words.Split(result.Text));
        if (_ask is null || words.Count == 0)
            return Nothing;
        Understood understood = (state.Confirming is null ? Meaning(words, result) : ReplyToConfirmation(words, result.Tag)) ?? Nearest(words) ?? Nothing;
        return understood with { Confidence = Math.Min(understood.Confidence, result.Confidence) };
    }

    public Understood OfKeys(string keys)
    {
        string digits = keys.TrimEnd('#');
        if (digits.Contains('*'))
            return new Understood.Command(DialogueCommand.Repeat);
        if (state.Confirming is not null && digits is "1" or "2")
            return new Understood.Confirmed(digits == "1");
        return AnswerToKeys(digits);
    }

    private Understood? Meaning(IReadOnlyList<string> words, RecognitionResult result) =>
        OfTag(words, result.Tag)
            ?? AnswerOf(state.AskStep!, _ask!.Expect.Where(item => item is not FreeTextSlot), words)
            ?? CommandOf(words)
            ?? FreeTextOf(result.Text)
            ?? Correction(words);

    /// <summary>What the engine took it for. A value still has to be read out of the words; an intent or a command does not.</summary>
    private Understood? OfTag(IReadOnlyList<string> words, string? tag)
    {
        if (tag is null)
            return null;
        if (CommandPhrases.All.FirstOrDefault(command => command.Tag == tag) is { } known)
            return new Understood.Command(known.Command);
        bool isFix = tag.StartsWith(Expecting.FixPrefix, StringComparison.Ordinal);
        string name = isFix ? tag[Expecting.FixPrefix.Length..] : tag;
        string? step = isFix ? state.LastAnswer?.Step : state.AskStep;
        IReadOnlyList<IExpectedItem> items = isFix ? Expecting.Correctable(agent, state) : _ask!.Expect;
        return (step, items.FirstOrDefault(item => item.Name == name)) switch
        {
            (null, _) or (_, null) => null,
            (_, IntentDefinition intent) => IntentOf(step, intent, words),
            (_, var slot) => AnswerOf(step, [slot], words)
                ?? (CommandPhrases.AfterCorrection(words) is { } rest ? AnswerOf(step, [slot], rest) : null),
        };
    }

    private Understood? ReplyToConfirmation(IReadOnlyList<string> words, string? tag)
    {
        if (YesNo.TryParse(words, out bool yes))
            return new Understood.Confirmed(yes);
        IEnumerable<IExpectedItem> items = _ask!.Expect.Where(item => item is not (YesNoSlot or FreeTextSlot));
        IReadOnlyList<string>? rest = CommandPhrases.AfterCorrection(words);
        return AnswerOf(state.AskStep!, items, words) ?? (rest is null ? null : AnswerOf(state.AskStep!, items, rest))
            ?? OfTag(words, tag) ?? CommandOf(words) ?? Correction(words);
    }

    private Understood? Correction(IReadOnlyList<string> words)
    {
        IReadOnlyList<string>? rest = CommandPhrases.AfterCorrection(words);
        if (rest is not null && AnswerOf(state.AskStep!, _ask!.Expect, rest) is { } here)
            return here;
        if (state.LastAnswer is not { } last)
            return null;
        IReadOnlyList<IExpectedItem> items = Expecting.Correctable(agent, state);
        if (rest is not null && AnswerOf(last.Step, items, rest) is { } corrected and not Understood.PartOfDigits)
            return corrected;
        // Without "no, I said": only what cannot be meant otherwise, so never a bare yes or no.
        return AnswerOf(last.Step, items.Where(item => item is not (YesNoSlot or FreeTextSlot)), words) is { } bare and not Understood.PartOfDigits ? bare : null;
    }

    private Understood.Command? CommandOf(IReadOnlyList<string> words) =>
        CommandPhrases.TryMatch(words, out CommandPhrases command) && Expecting.Commands(agent, state, _ask!).Contains(command)
            ? new Understood.Command(command.Command)
            : null;

    /// <summary>The words as the recogniser wrote them, with their punctuation.</summary>
    private Understood.Answer? FreeTextOf(string text) =>
        _ask!.Expect.OfType<FreeTextSlot>().FirstOrDefault() is { } slot ? new Understood.Answer(state.AskStep!, slot, text.Trim(), NoSlots) : null;

    private Understood? AnswerOf(string step, IEnumerable<IExpectedItem> items, IReadOnlyList<string> words)
    {
        foreach (IExpectedItem item in items)
        {
            Understood? answer = item switch
            {
                DigitsSlot digits => DigitsOf(step, digits, words),
                YesNoSlot when SaysWrong(words) => null,
                SlotDefinition slot => slot.TryParse(words, today, out string value) ? new Understood.Answer(step, slot, value, NoSlots) : null,
                IntentDefinition intent when intent.Patterns.Any(pattern => pattern.IsMatch(words)) => IntentOf(step, intent, words),
                _ => null,
            };
            if (answer is not null)
                return answer;
        }
        return null;
    }

    /// <summary>"That's wrong" is a no to "Is that right?", but to a question of the script it speaks of what was understood before.</summary>
    private bool SaysWrong(IReadOnlyList<string> words) =>
        state.LastAnswer is not null && words[0] is ("that's" or "that" or "it's" or "i")
            && CommandPhrases.TryMatch(words, out CommandPhrases command) && command.Command == DialogueCommand.Correct;

    private Understood? DigitsOf(string step, DigitsSlot slot, IReadOnlyList<string> words)
    {
        if (SpokenDigits.TryParse(words, out string digits))
            return CompleteDigits(step, slot, digits);
        // Inside a sentence only a whole number counts: "I called at four" is not the beginning of one.
        return slot.TryParse(words, today, out digits) ? new Understood.Answer(step, slot, digits, NoSlots) : null;
    }

    private Understood CompleteDigits(string step, DigitsSlot slot, string digits)
    {
        string all = state.AskStep == step ? state.PartialDigits + digits : digits;
        double confidence = state.PartialDigits.Length > 0 ? state.PartialConfidence : 1;
        if (all.Length > slot.Max && digits.Length >= slot.Min)
            (all, confidence) = (digits, 1);
        if (all.Length > slot.Max)
            return new Understood.TooManyDigits(slot, all.Length);
        return all.Length >= slot.Min
            ? new Understood.Answer(step, slot, all, NoSlots) { Confidence = confidence }
            : new Understood.PartOfDigits(slot, all) { Confidence = confidence };
    }

    private Understood.Answer IntentOf(string step, IntentDefinition intent, IReadOnlyList<string> words)
    {
        // A slot that is not named is forgotten: "when are you open?" must not mean the day asked about before.
        var values = intent.Slots.ToDictionary(name => name, name => ValueInside(agent.Slots[name], words), StringComparer.Ordinal);
        return new Understood.Answer(step, intent, intent.Name, values);
    }

    private string ValueInside(SlotDefinition slot, IReadOnlyList<string> words)
    {
        for (int length = Math.Min(words.Count, 6); length > 0; length--)
        {
            for (int start = 0; start + length <= words.Count; start++)
            {
                if (slot.TryParse([.. words.Skip(start).Take(length)], today, out string value))
                    return value;
            }
        }
        return "";
    }

    private Understood? Nearest(IReadOnlyList<string> words)
    {
        List<IntentDefinition> intents = [.. _ask!.Expect.OfType<IntentDefinition>()];
        List<CommandPhrases> commands = [.. Expecting.Commands(agent, state, _ask).Where(command => command.Command is not DialogueCommand.Correct)];
        HashSet<string> allowed = [.. intents.Select(intent => intent.Name), .. commands.Select(command => command.Tag)];
        if (agent.Similarity.Nearest(words, allowed) is not { } nearest)
            return null;
        IntentDefinition? found = intents.Find(intent => intent.Name == nearest.Tag);
        Understood understood = found is not null
            ? IntentOf(state.AskStep!, found, words)
            : new Understood.Command(commands.Find(command => command.Tag == nearest.Tag)!.Command);
        return understood with { Confidence = nearest.Score };
    }

    private Understood AnswerToKeys(string keys)
    {
        if (_ask is null)
            return keys == "0" ? new Understood.Command(DialogueCommand.Human) : Nothing;
        bool humanKey = keys == "0" && state.PartialDigits.Length == 0
            && !_ask.Expect.OfType<DigitsSlot>().Any(slot => slot.Min == 1);
        if (humanKey)
            return new Understood.Command(DialogueCommand.Human);
        // Intents first: where a menu and a yes/no question meet, the keys are the menu's.
        foreach (IExpectedItem item in _ask.Expect.OrderBy(item => item is IntentDefinition ? 0 : 1))
        {
            if (item is IntentDefinition intent && keys.Length == 1 && intent.Key == keys[0])
                return new Understood.Answer(state.AskStep!, intent, intent.Name, intent.Slots.ToDictionary(name => name, _ => "", StringComparer.Ordinal));
            if (item is SlotDefinition slot and not DigitsSlot && slot.TryKeys(keys, today, out string value))
                return new Understood.Answer(state.AskStep!, slot, value, NoSlots);
        }
        DigitsSlot? digits = _ask.Expect.OfType<DigitsSlot>().FirstOrDefault();
        return digits is not null && keys.Length > 0 && keys.All(char.IsAsciiDigit) ? CompleteDigits(state.AskStep!, digits, keys) : Nothing;
    }
}
