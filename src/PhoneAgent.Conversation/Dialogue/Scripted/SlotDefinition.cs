using System.Globalization;
using PhoneAgent.Conversation.Dialogue.Language;
using PhoneAgent.Conversation.Hearing;

namespace PhoneAgent.Conversation.Dialogue.Scripted;

public enum ConfirmPolicy
{
    /// <summary>Read back when it was heard with little confidence.</summary>
    Unclear,
    Always,
    Never,
}

/// <summary>A value the caller gives. Values are text: digits, "yes"/"no", 2026-05-31, 14:30, a choice's name, free words.</summary>
/// <param name="Label">How the agent names it: "your order number".</param>
public abstract record SlotDefinition(string Name, string Label, ConfirmPolicy Confirm) : IExpectedItem
{
    /// <summary>The format that reads the value back (<see cref="SpokenForms"/>), or null.</summary>
    public virtual string? Format => null;

    /// <summary>Understands the words of an answer.</summary>
    public abstract bool TryParse(IReadOnlyList<string> words, DateOnly today, out string value);

    /// <summary>Understands keys.</summary>
    public abstract bool TryKeys(string keys, DateOnly today, out string value);

    /// <param name="tag">The slot's name, or a name that says it is a correction.</param>
    public abstract IEnumerable<ExpectedAnswer> Answers(string tag);

    /// <summary>How many keys make an answer at most; 0 when keys cannot give it.</summary>
    public abstract int MaxKeys { get; }

    /// <summary>Names that <c>on</c> may use for values.</summary>
    public virtual IReadOnlyList<string> Values => [];

    /// <summary>Phrases that name a value inside an intent's phrase; null when this type cannot stand there.</summary>
    public virtual string? InlinePhrase => null;
}

public sealed record DigitsSlot(string Name, string Label, ConfirmPolicy Confirm, int Min, int Max) : SlotDefinition(Name, Label, Confirm)
{
    public override string? Format => "digits";

    public override int MaxKeys => Max;

    public override bool TryParse(IReadOnlyList<string> words, DateOnly today, out string value) =>
        (SpokenDigits.TryParse(words, out value) || SpokenDigits.TryExtract(words, out value)) && value.Length >= Min && value.Length <= Max;

    public override bool TryKeys(string keys, DateOnly today, out string value)
    {
        value = keys;
        return keys.Length >= Min && keys.Length <= Max && keys.All(char.IsAsciiDigit);
    }

    // From one digit on, so that an engine with a grammar can hear a part of the number; the dialogue then asks for the rest.
    public override IEnumerable<ExpectedAnswer> Answers(string tag) => [new DigitsAnswer(tag, 1, Max)];
}

public sealed record YesNoSlot(string Name, string Label, ConfirmPolicy Confirm) : SlotDefinition(Name, Label, Confirm)
{
    public override int MaxKeys => 1;

    public override IReadOnlyList<string> Values => ["yes", "no"];

    public override bool TryParse(IReadOnlyList<string> words, DateOnly today, out string value)
    {
        bool understood = YesNo.TryParse(words, out bool yes);
        value = yes ? "yes" : "no";
        return understood;
    }

    public override bool TryKeys(string keys, DateOnly today, out string value)
    {
        value = keys == "1" ? "yes" : "no";
        return keys is "1" or "2";
    }

    public override IEnumerable<ExpectedAnswer> Answers(string tag) => [new YesNoAnswer(tag)];
}

public sealed record DateSlot(string Name, string Label, ConfirmPolicy Confirm) : SlotDefinition(Name, Label, Confirm)
{
    public override string? Format => "date";

    public override int MaxKeys => 4;

    public override string? InlinePhrase => SpokenDates.DayPhrase;

    public override bool TryParse(IReadOnlyList<string> words, DateOnly today, out string value)
    {
        bool understood = SpokenDates.TryParse(words, today, out DateOnly date);
        value = date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return understood;
    }

    /// <summary>Month and day, two keys each; the next such day.</summary>
    public override bool TryKeys(string keys, DateOnly today, out string value)
    {
        value = "";
        if (keys.Length != 4)
            return false;
        for (int year = today.Year; year <= today.Year + 8; year++)
        {
            value = $"{year:D4}-{keys[..2]}-{keys[2..]}";
            if (SpokenForms.TryDate(value, out DateOnly date) && date >= today)
                return true;
        }
        return false;
    }

    public override IEnumerable<ExpectedAnswer> Answers(string tag) => [new DateAnswer(tag)];
}

public sealed record TimeSlot(string Name, string Label, ConfirmPolicy Confirm) : SlotDefinition(Name, Label, Confirm)
{
    public override string? Format => "time";

    public override int MaxKeys => 4;

    public override bool TryParse(IReadOnlyList<string> words, DateOnly today, out string value)
    {
        bool understood = SpokenTimes.TryParse(words, out TimeOnly time);
        value = time.ToString("HH:mm", CultureInfo.InvariantCulture);
        return understood;
    }

    /// <summary>Hour and minute, two keys each, 24 hours.</summary>
    public override bool TryKeys(string keys, DateOnly today, out string value)
    {
        bool understood = TimeOnly.TryParseExact(keys, "HHmm", CultureInfo.InvariantCulture, DateTimeStyles.None, out TimeOnly time);
        value = time.ToString("HH:mm", CultureInfo.InvariantCulture);
        return understood;
    }

    public override IEnumerable<ExpectedAnswer> Answers(string tag) => [new TimeAnswer(tag)];
}

/// <summary>Anything at all. An engine that cannot write open speech down leaves the words to the recording.</summary>
public sealed record FreeTextSlot(string Name, string Label) : SlotDefinition(Name, Label, ConfirmPolicy.Never)
{
    public override int MaxKeys => 1;

    public override bool TryParse(IReadOnlyList<string> words, DateOnly today, out string value)
    {
        value = string.Join(' ', words);
        return words.Count > 0;
    }

    /// <summary>Any key says: I have finished. The words are in the recording.</summary>
    public override bool TryKeys(string keys, DateOnly today, out string value)
    {
        value = "";
        return keys.Length == 0;
    }

    public override IEnumerable<ExpectedAnswer> Answers(string tag) => [];
}

public sealed record ChoiceSlot(string Name, string Label, ConfirmPolicy Confirm, IReadOnlyList<Choice> Choices) : SlotDefinition(Name, Label, Confirm)
{
    public override int MaxKeys => 1;

    public override IReadOnlyList<string> Values => [.. Choices.Select(choice => choice.Name)];

    public override string? InlinePhrase => $"({string.Join(" | ", Choices.SelectMany(choice => choice.Phrases))})";

    public override bool TryParse(IReadOnlyList<string> words, DateOnly today, out string value)
    {
        value = Choices.FirstOrDefault(choice => choice.Patterns.Any(pattern => pattern.IsMatch(words)))?.Name ?? "";
        return value.Length > 0;
    }

    public override bool TryKeys(string keys, DateOnly today, out string value)
    {
        value = Choices.FirstOrDefault(choice => keys.Length == 1 && choice.Key == keys[0])?.Name ?? "";
        return value.Length > 0;
    }

    public override IEnumerable<ExpectedAnswer> Answers(string tag) =>
        [new PhraseAnswer(tag, [.. Choices.SelectMany(choice => choice.Phrases)])];
}

/// <param name="Label">How the agent says it.</param>
public sealed record Choice(string Name, string Label, char? Key, IReadOnlyList<string> Phrases, IReadOnlyList<PhrasePattern> Patterns);
