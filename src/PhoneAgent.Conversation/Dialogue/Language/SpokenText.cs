using System.Globalization;
using System.Text.RegularExpressions;

namespace PhoneAgent.Conversation.Dialogue.Language;

/// <summary>How numerals of a transcript are put into words.</summary>
public enum NumberReading
{
    /// <summary>"42" is "forty two".</summary>
    Cardinal,

    /// <summary>"42" is "four two".</summary>
    Digits,
}

/// <summary>
/// Undoes the written form that large recognisers prefer ("It's 42-07, at 10:30 a.m.") into words as they are spoken, which is
/// what <see cref="Hearing.RecognitionResult.Text"/> promises. English; in other languages only case and punctuation go.
/// </summary>
public static partial class SpokenText
{
    /// <summary>Longer numerals are read digit by digit: nobody says an order number as a cardinal.</summary>
    private const int LongestCardinal = 4;

    private const int MaxCharacters = 20_000;

    private static readonly HashSet<string> Hesitations = new(StringComparer.Ordinal) { "um", "uh", "uhm", "er", "erm" };

    /// <summary>The words of a whole transcript; sound descriptions ("[music]", "(coughs)") are left out.</summary>
    /// <param name="language">BCP 47 tag.</param>
    public static IReadOnlyList<string> Words(string text, string language, NumberReading reading)
    {
        ArgumentNullException.ThrowIfNull(text);
        text = text.Length > MaxCharacters ? text[..MaxCharacters] : text;
        var words = new List<string>();
        foreach (string written in SoundDescription().Replace(text, " ").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            words.AddRange(Speak(written, words.Count == 0 ? null : words[^1], language, reading));
            if (words.Count >= Language.Words.MaxWords)
                return words.GetRange(0, Language.Words.MaxWords);
        }
        return words;
    }

    /// <summary>The words of one written word, a run without spaces; none for hesitations and signs.</summary>
    /// <param name="previous">The spoken word before it: "9 am" is a time, "I am" is not.</param>
    public static IReadOnlyList<string> Speak(string written, string? previous, string language, NumberReading reading)
    {
        ArgumentNullException.ThrowIfNull(written);
        ArgumentNullException.ThrowIfNull(language);
        if (!language.StartsWith("en", StringComparison.OrdinalIgnoreCase))
            return Language.Words.Split(written);
        string text = OuterPunctuation().Replace(written.ToLowerInvariant(), "");
        IEnumerable<string> words = text.Any(char.IsAsciiDigit) ? SpeakNumber(text, reading) : SpeakWord(text, previous);
        return [.. words.Where(word => !Hesitations.Contains(word))];
    }

    private static IEnumerable<string> SpeakWord(string text, string? previous)
    {
        if (text is "am" or "pm" && previous is not null && IsNumberWord(previous))
            return [text[..1], "m"];
        if (text.Contains('@', StringComparison.Ordinal) || DomainName().IsMatch(text))
            text = text.Replace("@", " at ", StringComparison.Ordinal).Replace(".", " dot ", StringComparison.Ordinal);
        return Language.Words.Split(text switch
        {
            "&" => "and",
            "%" => "percent",
            "+" => "plus",
            "o.k" => "okay",
            _ => text,
        });
    }

    private static IEnumerable<string> SpeakNumber(string text, NumberReading reading)
    {
        if (ClockTime().Match(text) is { Success: true } clock)
            return [.. Clock(clock.Groups["hour"].Value, clock.Groups["minute"].Value), .. HalfOfDay(clock.Groups["half"].Value)];
        if (OrdinalNumber().Match(text) is { Success: true } ordinal && long.TryParse(ordinal.Groups[1].Value, out long place) && place <= SpokenNumbers.Max)
            return Language.Words.Split(SpokenNumbers.Ordinal(place));
        if (text[0] is '$' or '€' or '£' && SpokenMoney.TrySay(text, "USD", out string amount))
            return Language.Words.Split(amount);
        if (text.EndsWith('%'))
            return [.. SpeakNumber(text.TrimEnd('%') + " ", reading), "percent"];
        if (reading == NumberReading.Cardinal && Decimal().Match(text) is { Success: true } number)
        {
            string whole = number.Groups["whole"].Value.Replace(",", "", StringComparison.Ordinal);
            string fraction = number.Groups["fraction"].Value;
            return [.. Numeral(whole, isGrouped: whole.Length != number.Groups["whole"].Length, reading), .. fraction.Length > 0 ? Digits(fraction).Prepend("point") : []];
        }
        return SpeakMixed(text, reading);
    }

    /// <summary>"42-07-18", "b2", "+1": runs of digits and of letters.</summary>
    private static IEnumerable<string> SpeakMixed(string text, NumberReading reading)
    {
        MatchCollection runs = Run().Matches(text);
        int numerals = runs.Count(run => char.IsAsciiDigit(run.Value[0]));
        bool isTelephone = text[0] == '+' || (numerals > 1 && !text.Contains('/', StringComparison.Ordinal));
        NumberReading each = isTelephone ? NumberReading.Digits : reading;
        return runs.SelectMany(run => char.IsAsciiDigit(run.Value[0]) ? Numeral(run.Value, isGrouped: false, each)
            : run.Value == "+" ? ["plus"] : Language.Words.Split(run.Value));
    }

    private static IEnumerable<string> Numeral(string digits, bool isGrouped, NumberReading reading)
    {
        bool isLong = digits.Length > LongestCardinal && !isGrouped;
        bool hasLeadingZero = digits.Length > 1 && digits[0] == '0';
        if (reading == NumberReading.Digits || isLong || hasLeadingZero || !long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long value) || value > SpokenNumbers.Max)
            return Digits(digits);
        bool isYear = !isGrouped && value is >= 1900 and < 2100 && value % 100 >= 10;
        return Language.Words.Split(isYear
            ? $"{SpokenNumbers.Cardinal(value / 100)} {SpokenNumbers.Cardinal(value % 100)}"
            : SpokenNumbers.Cardinal(value));
    }

    private static IEnumerable<string> Clock(string hour, string minute)
    {
        int value = int.Parse(hour, CultureInfo.InvariantCulture);
        IEnumerable<string> hours = Language.Words.Split(SpokenNumbers.Cardinal(value));
        return minute switch
        {
            "" => hours,
            "00" => hours.Append(value > 12 ? "hundred" : "o'clock"),
            _ when minute[0] == '0' => [.. hours, "oh", .. Digits(minute[1..])],
            _ => [.. hours, .. Language.Words.Split(SpokenNumbers.Cardinal(long.Parse(minute, CultureInfo.InvariantCulture)))],
        };
    }

    private static IEnumerable<string> HalfOfDay(string half) => half.Length == 0 ? [] : [half[..1], "m"];

    private static string[] Digits(string digits) => SpokenDigits.Say(digits, groupSize: 0).Split(' ');

    private static bool IsNumberWord(string word) => word == "o'clock" || SpokenNumbers.TrySmall([word], 0, out _, out _);

    // "(555) 123-4567" is no sound.
    [GeneratedRegex(@"\[[^\]]*\]|\([^)\d]*\)|\*[^*]*\*|[♪♫]")]
    private static partial Regex SoundDescription();

    [GeneratedRegex(@"^[^\p{L}\p{Nd}$€£+&%]+|[^\p{L}\p{Nd}$€£%&+]+$")]
    private static partial Regex OuterPunctuation();

    [GeneratedRegex(@"^[\w-]{2,}(\.[a-z]{2,})+$")]
    private static partial Regex DomainName();

    [GeneratedRegex(@"^(?:(?<hour>[01]?\d|2[0-3]):(?<minute>[0-5]\d)(?:(?<half>[ap])\.?m)?|(?<hour>\d|1[0-2])(?:\.(?<minute>[0-5]\d))?(?<half>[ap])\.?m)$")]
    private static partial Regex ClockTime();

    [GeneratedRegex(@"^(\d+)(?:st|nd|rd|th)$")]
    private static partial Regex OrdinalNumber();

    [GeneratedRegex(@"^(?<whole>\d{1,3}(?:,\d{3})+|\d+)(?:\.(?<fraction>\d+))? ?$")]
    private static partial Regex Decimal();

    [GeneratedRegex(@"\d+|\+|[\p{L}']+")]
    private static partial Regex Run();
}
