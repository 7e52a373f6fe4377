using PhoneAgent.Conversation.AfterCall;
using PhoneAgent.Conversation.Dialogue.Language;
using PhoneAgent.Conversation.Dialogue.Scripted;
using PhoneAgent.Conversation.Speaking;
using FigureText = PhoneAgent.Conversation.Dialogue.LanguageModel.ForTheEar.SpokenText;

namespace PhoneAgent.Conversation.Transfer.Brief;

/// <summary>The brief for the ear: whole sentences, the most important first, as many as fit.</summary>
public static class SpokenBrief
{
    /// <summary>At a voice's normal rate.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(15);

    private const int LastDigits = 4;
    private const int MaxQuotedWords = 18;
    private const int MaxName = 60;
    private const int MaxReason = 160;
    private const int MaxSpokenValue = 80;

    internal static string Of(HandoverBrief brief, BriefSource source)
    {
        var said = new List<string>();
        var left = Longest;
        foreach (string sentence in Sentences(brief, source).Select(text => FigureText.Shape(text, source.AgentLanguage, source.Today)))
        {
            TimeSpan takes = SpeakingTime.Of(sentence);
            // One that is too long makes room for a shorter one behind it.
            if (sentence.Length == 0 || takes > left)
                continue;
            said.Add(sentence);
            left -= takes;
        }
        return string.Join(' ', said);
    }

    private static IEnumerable<string> Sentences(HandoverBrief brief, BriefSource source)
    {
        Wordings words = source.Wordings;
        yield return Fill("brief_caller", ("agent", Name(brief.Agent)), ("caller", Caller(brief)));
        yield return brief.Reason.Kind switch
        {
            "asked" => Fill("brief_asked"),
            "frustrated" => Fill("brief_frustrated"),
            "not-understood" => Fill("brief_not_understood"),
            _ when string.IsNullOrWhiteSpace(brief.Reason.Text) => "",
            _ => Fill("brief_reason", ("reason", Plain(brief.Reason.Text, MaxReason))),
        };
        if (brief.SummaryBy == "model")
        {
            foreach (string sentence in SentenceChunker.Split(brief.Summary))
                yield return sentence;
        }
        else if (brief.Topics.Count > 0)
            yield return Fill("brief_topics", ("topics", IsEnglish(source) ? Words.Join(brief.Topics, "and") : string.Join(", ", brief.Topics)));
        if (Mood(brief) is { } mood)
            yield return Fill($"brief_{mood}");
        foreach (BriefField field in brief.Fields.Where(IsForTheEar))
            yield return Fill("brief_field", ("name", Name(field.Name)), ("value", Value(field, source)));
        if (brief.SummaryBy != "model" && brief.Topics.Count == 0 && AfterCallByRules.Quote(source.Events, MaxQuotedWords) is { } quote)
            yield return Fill("brief_said", ("words", Plain(quote, MaxReason)));

        string Fill(string wording, params (string Name, string Value)[] values) =>
            words[wording] is [var first, ..] ? first.Render(name => values.FirstOrDefault(value => value.Name == name).Value ?? "") : "";

        string Caller(HandoverBrief about)
        {
            if (about.CallerName is { Length: > 0 } name)
                return Plain(name, MaxName);
            string digits = string.Concat(about.Caller.Where(char.IsAsciiDigit));
            return digits.Length < LastDigits ? Fill("brief_nobody") : Fill("brief_number", ("digits", Digits(digits[^LastDigits..], source)));
        }
    }

    /// <summary>How the caller sounded last, where it matters and is not said already.</summary>
    private static string? Mood(HandoverBrief brief) => brief.Emotions.LastOrDefault(point => point.Label is not ("neutral" or "unknown"))?.Label switch
    {
        "frustrated" when brief.Reason.Kind != "frustrated" => "frustrated",
        "anxious" => "anxious",
        "sad" => "sad",
        _ => null,
    };

    private static bool IsForTheEar(BriefField field) =>
        field.Value.Length <= MaxSpokenValue && field.Value is not ("yes" or "no") && !field.Name.EndsWith("recording", StringComparison.Ordinal) && field.Name is not ("caller_name" or "name" or "message_name" or "customer_name");

    private static string Value(BriefField field, BriefSource source)
    {
        string? format = source.Definition?.Slots.GetValueOrDefault(field.Name)?.Format;
        if (!IsEnglish(source))
            return format == "digits" ? Digits(field.Value, source) : Plain(field.Value, MaxSpokenValue);
        if (format is not null)
            return SpokenForms.Say(field.Value, format, source.Today, source.AgentLanguage);
        bool isNumber = field.Value.Length >= LastDigits && field.Value.All(c => char.IsAsciiDigit(c) || c is '+' or ' ' or '-');
        return isNumber && !SpokenForms.TryDate(field.Value, out _) ? SpokenForms.Say(field.Value, "digits", source.Today, source.AgentLanguage) : Plain(field.Value, MaxSpokenValue);
    }

    /// <summary>Digit by digit, in any language.</summary>
    private static string Digits(string digits, BriefSource source) =>
        IsEnglish(source) ? SpokenDigits.Say(digits) : string.Join(' ', digits.Where(char.IsAsciiDigit));

    private static bool IsEnglish(BriefSource source) => source.AgentLanguage.StartsWith("en", StringComparison.OrdinalIgnoreCase);

    private static string Name(string name) => Plain(name.Replace('_', ' ').Replace('-', ' '), MaxName);

    /// <summary>On one line, without a stop at its end: the wording brings its own.</summary>
    private static string Plain(string text, int longest)
    {
        string line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).TrimEnd('.', ' ', '…', '!', '?');
        if (line.Length <= longest)
            return line;
        int space = line.LastIndexOf(' ', longest);
        return line[..(space > 0 ? space : longest)];
    }
}
