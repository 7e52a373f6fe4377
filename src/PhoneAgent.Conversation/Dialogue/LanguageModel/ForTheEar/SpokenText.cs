using System.Text;
using System.Text.RegularExpressions;

namespace PhoneAgent.Conversation.Dialogue.LanguageModel.ForTheEar;

/// <summary>
/// Turns a sentence as a model writes it into one that a voice can say: no markup, no emojis, addresses and numbers in
/// words. One sentence at a time, so that it works on a text that is still being written.
/// </summary>
internal static partial class SpokenText
{
    /// <param name="language">BCP 47 tag. Numbers and addresses become words in English; other languages' voices read them themselves.</param>
    /// <returns>"" when nothing is left that can be said.</returns>
    public static string Shape(string sentence, string language, DateOnly today)
    {
        string text = Unmark(sentence);
        if (language.StartsWith("en", StringComparison.OrdinalIgnoreCase))
            text = SpokenFigures.Say(Addresses(text), american: !language.EndsWith("-GB", StringComparison.OrdinalIgnoreCase), today);
        text = Spaces().Replace(WithoutSymbols(text), " ").Trim();
        text = SpaceBeforeMark().Replace(text, "$1");
        return text.Any(char.IsLetterOrDigit) ? text : "";
    }

    private static string Unmark(string sentence)
    {
        string text = Image().Replace(sentence, "$1");
        text = Link().Replace(text, "$1");
        // A model may repeat our own notes and frames, or write a tool call into its text.
        text = Note().Replace(text, "");
        if (Json().IsMatch(text))
            return "";
        bool isItem = LineStart().IsMatch(text);
        text = LineStart().Replace(text, "");
        text = TableCell().Replace(text.Trim().Trim('|'), ", ");
        text = Emphasis().Replace(text, "");
        // Items of a list have no full stop; without one a voice runs them together.
        if (isItem && text.Length > 0 && char.IsLetterOrDigit(text[^1]))
            text += ".";
        return text;
    }

    private static string Addresses(string text)
    {
        text = Mail().Replace(text, match => $"{Dotted(match.Groups[1].Value)} at {Dotted(match.Groups[2].Value)}");
        return Host().Replace(Url().Replace(text, Address), Address);
    }

    private static string Address(Match match)
    {
        string path = match.Groups[2].Value.Split('?', '#')[0].TrimEnd('/');
        return Dotted(match.Groups[1].Value) + path.Replace("/", " slash ", StringComparison.Ordinal).Replace("-", " dash ", StringComparison.Ordinal);
    }

    private static string Dotted(string host) =>
        host.Replace(".", " dot ", StringComparison.Ordinal).Replace("-", " dash ", StringComparison.Ordinal).Replace("_", " underscore ", StringComparison.Ordinal);

    private static string WithoutSymbols(string text)
    {
        var kept = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (rune.Value is '\u200D' or (>= 0xFE00 and <= 0xFE0F) or 0x20E3)
                continue;
            switch (Rune.GetUnicodeCategory(rune))
            {
                case System.Globalization.UnicodeCategory.OtherSymbol:
                case System.Globalization.UnicodeCategory.ModifierSymbol:
                case System.Globalization.UnicodeCategory.Control:
                case System.Globalization.UnicodeCategory.OtherNotAssigned:
                case System.Globalization.UnicodeCategory.PrivateUse:
                    kept.Append(rune.Value == '°' ? " degrees " : " ");
                    break;
                default:
                    kept.Append(rune.Value switch
                    {
                        '&' => " and ",
                        '=' => " equals ",
                        '+' => " plus ",
                        '%' => " percent",
                        '*' or '_' or '#' or '~' or '<' or '>' or '|' or '\\' or '^' or '{' or '}' => " ",
                        _ => rune.ToString(),
                    });
                    break;
            }
        }
        return kept.ToString();
    }

    [GeneratedRegex(@"!\[([^\]]*)\]\([^)]*\)")]
    private static partial Regex Image();

    [GeneratedRegex(@"\[([^\]]+)\]\([^)]*\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"\[[^\]]*\]|</?[A-Za-z][^>]*>")]
    private static partial Regex Note();

    [GeneratedRegex(@"^\s*[{}\[\]]|^\s*""[A-Za-z_]+""\s*:")]
    private static partial Regex Json();

    [GeneratedRegex(@"^\s*(?:[-*+•–·]|\(?\d{1,2}[.)]|#{1,6}|>+)\s+")]
    private static partial Regex LineStart();

    [GeneratedRegex(@"\s*\|\s*")]
    private static partial Regex TableCell();

    [GeneratedRegex(@"\*{1,3}|(?<![A-Za-z0-9])_{1,3}|_{1,3}(?![A-Za-z0-9])|`+|~~|^-{3,}$")]
    private static partial Regex Emphasis();

    [GeneratedRegex(@"\b([A-Za-z0-9._+-]{1,64})@([A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5})\b")]
    private static partial Regex Mail();

    [GeneratedRegex(@"\b(?:https?://(?:www\.)?|www\.)([A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,5})(?::\d+)?((?:/[^\s,;!)""]*[^\s.,;!?)""])?)/?", RegexOptions.IgnoreCase)]
    private static partial Regex Url();

    // Without http or www only what no sentence that lacks a space looks like.
    [GeneratedRegex(@"(?<![\w@.-])([a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,3}\.(?:com|org|net|info|biz|edu|gov|io|eu|de|fr|uk))((?:/[^\s,;!)""]*[^\s.,;!?)""])?)(?![\w-]|\.\w)", RegexOptions.IgnoreCase)]
    private static partial Regex Host();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"\s+([.,;:!?])")]
    private static partial Regex SpaceBeforeMark();
}
