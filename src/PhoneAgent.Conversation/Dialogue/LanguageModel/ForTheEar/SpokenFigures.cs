using System.Globalization;
using System.Text.RegularExpressions;
using PhoneAgent.Conversation.Dialogue.Language;

namespace PhoneAgent.Conversation.Dialogue.LanguageModel.ForTheEar;

/// <summary>Figures in an English sentence as words: money, dates, times, telephone numbers, codes, ordinals, decimals.</summary>
internal static partial class SpokenFigures
{
    /// <summary>A number without separators that has so many digits is a code or a telephone number, not an amount.</summary>
    private const int CodeDigits = 6;

    /// <param name="american">Month before day, dollars.</param>
    public static string Say(string text, bool american, DateOnly today)
    {
        if (!text.Any(char.IsAsciiDigit))
            return text;
        text = IsoDate().Replace(text, match => Date(match, "yyyy-MM-dd", american, today));
        text = SlashDate().Replace(text, match => Date(match, american ? "M/d/yyyy" : "d/M/yyyy", american, today));
        text = LargeMoney().Replace(text, LargeAmount);
        text = Money().Replace(text, Amount);
        // "at 2 p.m." ends with one point for two purposes.
        bool ends = text.EndsWith('.');
        text = Clock().Replace(text, Time);
        text = ends && !text.EndsWith('.') ? text + "." : text;
        text = Range().Replace(text, "$1 to $2");
        text = Phone().Replace(text, Telephone);
        text = Grouped().Replace(text, match => Whole(match.Value.Replace(",", "", StringComparison.Ordinal), match.Value));
        text = Decimal().Replace(text, Point);
        text = Ordinal().Replace(text, match => int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) is > 0 and var rank ? SpokenNumbers.Ordinal(rank) : match.Value);
        text = RoundTheClock().Replace(text, "twenty-four seven");
        return Code().Replace(text, match => match.Length >= CodeDigits ? SpokenDigits.Say(match.Value, match.Length >= 9 ? 3 : 2) : match.Length <= 3 ? Whole(match.Value, match.Value) : match.Value);
    }

    private static string Date(Match match, string format, bool american, DateOnly today) =>
        DateOnly.TryParseExact(match.Value, format, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly date)
            ? SpokenDates.Say(date, today, american) : match.Value;

    private static string Amount(Match match) => SpokenMoney.TrySay(match.Value, "USD", out string spoken) ? spoken : match.Value;

    private static string LargeAmount(Match match)
    {
        string number = match.Groups[2].Value.Replace(",", "", StringComparison.Ordinal);
        string spoken = number.Contains('.', StringComparison.Ordinal) ? Decimal().Replace(number, Point) : Whole(number, number);
        return $"{spoken} {match.Groups[3].Value} {match.Groups[1].Value switch { "€" => "euros", "£" => "pounds", _ => "dollars" }}";
    }

    private static string Time(Match match)
    {
        int hour = int.Parse(match.Groups["h"].ValueSpan, CultureInfo.InvariantCulture);
        int minute = match.Groups["m"].Success ? int.Parse(match.Groups["m"].ValueSpan, CultureInfo.InvariantCulture) : 0;
        char half = match.Groups["half"].Success ? char.ToLowerInvariant(match.Groups["half"].Value[0]) : ' ';
        if (half != ' ' && hour is 0 or > 12)
            return match.Value;
        hour = half switch
        {
            'a' => hour % 12,
            'p' => hour % 12 + 12,
            _ => hour,
        };
        return SpokenTimes.Say(new TimeOnly(hour, minute));
    }

    private static string Telephone(Match match)
    {
        int digits = match.Value.Count(char.IsAsciiDigit);
        if (digits is < 7 or > 15)
            return match.Value;
        string spoken = string.Join(", ", Separator().Split(match.Value.TrimStart('+')).Where(part => part.Length > 0).Select(part => SpokenDigits.Say(part, 4)));
        return match.Value.StartsWith('+') ? $"plus {spoken}" : spoken;
    }

    private static string Point(Match match)
    {
        string[] parts = match.Value.Replace(",", "", StringComparison.Ordinal).Split('.');
        return $"{Whole(parts[0], parts[0])} point {SpokenDigits.Say(parts[1], parts[1].Length)}";
    }

    private static string Whole(string digits, string otherwise) =>
        (digits.Length == 1 || digits[0] != '0') && long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long value) && value <= SpokenNumbers.Max
            ? SpokenNumbers.Cardinal(value) : otherwise;

    [GeneratedRegex(@"\b\d{4}-\d{2}-\d{2}\b")]
    private static partial Regex IsoDate();

    [GeneratedRegex(@"\b\d{1,2}/\d{1,2}/\d{4}\b")]
    private static partial Regex SlashDate();

    [GeneratedRegex(@"-?[$€£]\s?\d{1,3}(?:,\d{3})+(?:\.\d{2})?|-?[$€£]\s?\d{1,9}(?:\.\d{1,2})?|\b(?:USD|EUR|GBP)\s\d{1,9}(?:\.\d{1,2})?\b|\b\d{1,9}(?:\.\d{1,2})?\s?(?:€|£|USD\b|EUR\b|GBP\b)")]
    private static partial Regex Money();

    [GeneratedRegex(@"([$€£])\s?(\d{1,3}(?:,\d{3})+|\d{1,9}(?:\.\d{1,4})?)\s(thousand|million|billion|trillion)\b", RegexOptions.IgnoreCase)]
    private static partial Regex LargeMoney();

    // "3-5 days", but neither a telephone number nor a code.
    [GeneratedRegex(@"(?<![\w.,:/+()-]|\d )(\d{1,2})\s?[-–]\s?(\d{1,2})(?= [A-Za-z])")]
    private static partial Regex Range();

    [GeneratedRegex(@"\b(?<h>[01]?\d|2[0-3]):(?<m>[0-5]\d)(?:\s?(?<half>[ap])\.?m\b\.?)?|\b(?<h>1[0-2]|[1-9])\s?(?<half>[ap])\.?m\b\.?", RegexOptions.IgnoreCase)]
    private static partial Regex Clock();

    [GeneratedRegex(@"(?<![\w.,])\+?\(?\d{1,4}\)?(?:[ -]\(?\d{2,4}\)?){1,5}(?!\w)|(?<!\w)\+\d{7,15}\b")]
    private static partial Regex Phone();

    [GeneratedRegex(@"[ ()+-]+")]
    private static partial Regex Separator();

    [GeneratedRegex(@"\b\d{1,3}(?:,\d{3})+\b(?!\.\d)")]
    private static partial Regex Grouped();

    [GeneratedRegex(@"(?<![\d.,])(?:\d{1,3}(?:,\d{3})+|\d{1,9})\.\d{1,4}(?!\d|\.\d)")]
    private static partial Regex Decimal();

    [GeneratedRegex(@"\b(\d{1,4})(?:st|nd|rd|th)\b")]
    private static partial Regex Ordinal();

    [GeneratedRegex(@"\b24/7\b")]
    private static partial Regex RoundTheClock();

    [GeneratedRegex(@"(?<![\w,.:/-])\d{1,20}(?![\w/:-]|[.,]\d)")]
    private static partial Regex Code();
}
