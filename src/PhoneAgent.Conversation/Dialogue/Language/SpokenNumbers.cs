namespace PhoneAgent.Conversation.Dialogue.Language;

/// <summary>English number words: cardinals and ordinals, both ways.</summary>
public static class SpokenNumbers
{
    /// <summary>The largest number with words here.</summary>
    public const long Max = 999_999_999_999;

    private static readonly string[] Small =
    [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
        "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
    ];

    private static readonly string[] Tens = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

    private static readonly (long Value, string Word)[] Scales = [(1_000_000_000, "billion"), (1_000_000, "million"), (1000, "thousand")];

    private static readonly Dictionary<string, string> IrregularOrdinals = new(StringComparer.Ordinal)
    {
        ["one"] = "first", ["two"] = "second", ["three"] = "third", ["five"] = "fifth", ["eight"] = "eighth",
        ["nine"] = "ninth", ["twelve"] = "twelfth",
    };

    private static readonly Dictionary<string, int> Values = Small.Select((word, value) => (word, value))
        .Concat(Tens.Select((word, index) => (word, value: index * 10)).Where(pair => pair.word.Length > 0))
        .ToDictionary(pair => pair.word, pair => pair.value, StringComparer.Ordinal);

    private static readonly Dictionary<string, int> OrdinalValues = Enumerable.Range(1, 31)
        .ToDictionary(value => Ordinal(value), value => value, StringComparer.Ordinal);

    /// <summary>"forty-two", "one hundred and five"; negative numbers with "minus".</summary>
    /// <exception cref="ArgumentOutOfRangeException">Beyond ±<see cref="Max"/>.</exception>
    public static string Cardinal(long value)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, Max);
        ArgumentOutOfRangeException.ThrowIfLessThan(value, -Max);
        if (value < 0)
            return $"minus {Cardinal(-value)}";
        if (value < 20)
            return Small[value];
        if (value < 100)
            return value % 10 == 0 ? Tens[value / 10] : $"{Tens[value / 10]}-{Small[value % 10]}";
        if (value < 1000)
            return value % 100 == 0 ? $"{Small[value / 100]} hundred" : $"{Small[value / 100]} hundred and {Cardinal(value % 100)}";
        (long scale, string word) = Scales.First(candidate => value >= candidate.Value);
        long rest = value % scale;
        string head = $"{Cardinal(value / scale)} {word}";
        return rest switch
        {
            0 => head,
            < 100 => $"{head} and {Cardinal(rest)}",
            _ => $"{head} {Cardinal(rest)}",
        };
    }

    /// <summary>"first", "twenty-second", "one hundredth".</summary>
    public static string Ordinal(long value)
    {
        string cardinal = Cardinal(value);
        int cut = cardinal.LastIndexOfAny([' ', '-']) + 1;
        string last = cardinal[cut..];
        string ordinal = IrregularOrdinals.TryGetValue(last, out string? irregular) ? irregular
            : last.EndsWith('y') ? $"{last[..^1]}ieth"
            : $"{last}th";
        return cardinal[..cut] + ordinal;
    }

    /// <summary>Reads a whole number out of words ("one hundred and five") or numerals ("105").</summary>
    public static bool TryParse(IReadOnlyList<string> words, out long value)
    {
        ArgumentNullException.ThrowIfNull(words);
        value = 0;
        if (words.Count == 0)
            return false;
        bool negative = words[0] == "minus";
        int start = negative ? 1 : 0;
        if (words.Count - start == 1 && IsNumeral(words[start]))
        {
            value = long.Parse(words[start], System.Globalization.CultureInfo.InvariantCulture) * (negative ? -1 : 1);
            return true;
        }
        if (!TryParseGroups(words, start, out value))
            return false;
        value = negative ? -value : value;
        return true;
    }

    /// <summary>The day of a month: "fifth", "twenty first", "5th", "5". Tells how many words it took from <paramref name="at"/>.</summary>
    internal static bool TryOrdinal(IReadOnlyList<string> words, int at, out int value, out int taken)
    {
        (value, taken) = (0, 0);
        if (at >= words.Count)
            return false;
        if (at + 1 < words.Count && OrdinalValues.TryGetValue($"{words[at]}-{words[at + 1]}", out value))
            taken = 2;
        else if (OrdinalValues.TryGetValue(words[at], out value))
            taken = 1;
        else if (TryNumeralOrdinal(words[at], out value))
            taken = 1;
        return taken > 0;
    }

    /// <summary>A number below 100 from <paramref name="at"/> on, in words or numerals.</summary>
    internal static bool TrySmall(IReadOnlyList<string> words, int at, out int value, out int taken)
    {
        (value, taken) = (0, 0);
        if (at >= words.Count)
            return false;
        if (IsNumeral(words[at]) && words[at].Length <= 2)
        {
            value = int.Parse(words[at], System.Globalization.CultureInfo.InvariantCulture);
            taken = 1;
            return true;
        }
        if (!Values.TryGetValue(words[at], out value))
            return false;
        taken = 1;
        if (value >= 20 && at + 1 < words.Count && Values.TryGetValue(words[at + 1], out int unit) && unit is > 0 and < 10)
            (value, taken) = (value + unit, 2);
        return true;
    }

    internal static bool IsNumeral(string word) => word.Length is > 0 and <= 12 && word.All(char.IsAsciiDigit);

    private static bool TryNumeralOrdinal(string word, out int value)
    {
        string digits = word.Length > 2 && word[^2..] is "st" or "nd" or "rd" or "th" ? word[..^2] : word;
        return int.TryParse(digits, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out value)
            && value is >= 1 and <= 31;
    }

    private static bool TryParseGroups(IReadOnlyList<string> words, int start, out long value)
    {
        (value, long group) = (0, 0);
        bool any = false;
        for (int at = start; at < words.Count;)
        {
            if (words[at] == "and" && any)
            {
                at++;
            }
            else if (words[at] == "hundred" && group is > 0 and < 100)
            {
                group *= 100;
                at++;
            }
            else if (Scales.FirstOrDefault(scale => scale.Word == words[at]) is { Value: > 0 } found && group > 0)
            {
                value += group * found.Value;
                group = 0;
                at++;
            }
            else if (TrySmall(words, at, out int small, out int taken) && group % 100 == 0)
            {
                group += small;
                at += taken;
                any = true;
            }
            else
            {
                return false;
            }
            if (value > Max)
                return false;
        }
        value += group;
        return any;
    }
}
