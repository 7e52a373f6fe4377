namespace PhoneAgent.Conversation.Dialogue.Language;

/// <summary>Times of day in English, both ways.</summary>
public static class SpokenTimes
{
    /// <summary>"nine in the morning", "two thirty in the afternoon", "noon". Not "a.m.": voices read it in strange ways.</summary>
    public static string Say(TimeOnly time)
    {
        if (time.Minute == 0 && time.Hour is 0 or 12)
            return time.Hour == 0 ? "midnight" : "noon";
        string part = time.Hour switch
        {
            < 12 => "in the morning",
            < 18 => "in the afternoon",
            _ => "in the evening",
        };
        return $"{Clock(time)} {part}";
    }

    /// <summary>
    /// Understands a time of day. Without "in the morning", "p m" and the like, one to six is taken as the afternoon and seven
    /// to twelve as the hours of business, because that is what callers mean.
    /// </summary>
    public static bool TryParse(IReadOnlyList<string> words, out TimeOnly time)
    {
        ArgumentNullException.ThrowIfNull(words);
        time = default;
        List<string> rest = [.. words.Where((word, i) => word is not ("around" or "about" or "it's" or "o'clock" or "oclock" or "clock" or "exactly") && !(Words.Fillers.Contains(word) && word != "oh") && !(word == "at" && !IsNight(words, i + 1)))];
        DayPart part = TakePart(rest);
        if (rest is ["noon"] or ["midday"])
            (time, rest) = (new TimeOnly(12, 0), []);
        else if (rest is ["midnight"])
            (time, rest) = (new TimeOnly(0, 0), []);
        else if (TryClock(rest, out int hour, out int minute) && hour <= 23)
            time = new TimeOnly(Resolve(hour, part), minute);
        else
            return false;
        return true;
    }

    private enum DayPart { Unknown, Morning, Afternoon, Night }

    private static bool IsNight(IReadOnlyList<string> words, int at) => at < words.Count && words[at] == "night";

    private static string Clock(TimeOnly time)
    {
        string hour = SpokenNumbers.Cardinal((time.Hour + 11) % 12 + 1);
        return time.Minute switch
        {
            0 => hour,
            < 10 => $"{hour} oh {SpokenNumbers.Cardinal(time.Minute)}",
            _ => $"{hour} {SpokenNumbers.Cardinal(time.Minute)}",
        };
    }

    private static DayPart TakePart(List<string> words)
    {
        DayPart part = DayPart.Unknown;
        string text = string.Join(' ', words);
        foreach ((string ending, DayPart meaning) in Parts)
        {
            if (text != ending && !text.EndsWith($" {ending}", StringComparison.Ordinal))
                continue;
            int count = ending.Count(c => c == ' ') + 1;
            words.RemoveRange(words.Count - count, count);
            part = meaning;
            break;
        }
        // "9am" comes as one word from recognisers that write numerals.
        if (part == DayPart.Unknown && words.Count > 0 && words[^1] is { Length: > 2 } last && last[^2..] is "am" or "pm" && char.IsAsciiDigit(last[0]))
        {
            part = last.EndsWith("am", StringComparison.Ordinal) ? DayPart.Morning : DayPart.Afternoon;
            words[^1] = last[..^2];
        }
        return part;
    }

    private static readonly (string Ending, DayPart Part)[] Parts =
    [
        ("in the morning", DayPart.Morning), ("in the afternoon", DayPart.Afternoon), ("in the evening", DayPart.Afternoon),
        ("at night", DayPart.Night), ("a m", DayPart.Morning), ("p m", DayPart.Afternoon), ("am", DayPart.Morning), ("pm", DayPart.Afternoon),
    ];

    private static bool TryClock(List<string> words, out int hour, out int minute)
    {
        (hour, minute) = (0, 0);
        int split = words.FindIndex(word => word is "past" or "after" or "to" or "till" or "before");
        if (split > 0)
            return TryRelative(words, split, out hour, out minute);
        if (!SpokenNumbers.TrySmall(words, 0, out hour, out int taken))
            return words is [{ Length: 3 or 4 } compact] && SpokenNumbers.IsNumeral(compact)
                && int.TryParse(compact[..^2], out hour) && int.TryParse(compact[^2..], out minute) && minute < 60;
        // "twenty one thirty" is 21:30, but "two thirty" must not swallow its minutes.
        if (taken == words.Count)
            return true;
        if (words[taken] is "oh" or "o" or "hundred")
            taken++;
        if (taken == words.Count)
            return words[^1] == "hundred";
        return SpokenNumbers.TrySmall(words, taken, out minute, out int more) && taken + more == words.Count && minute < 60;
    }

    private static bool TryRelative(List<string> words, int split, out int hour, out int minute)
    {
        minute = 0;
        if (!SpokenNumbers.TrySmall(words, split + 1, out hour, out int taken) || split + 1 + taken != words.Count)
            return false;
        List<string> distance = [.. words.Take(split).Where(word => word is not ("a" or "minutes" or "minute"))];
        int minutes = distance switch
        {
            ["half"] => 30,
            ["quarter"] => 15,
            _ when SpokenNumbers.TrySmall(distance, 0, out int spoken, out int used) && used == distance.Count => spoken,
            _ => 60,
        };
        if (minutes >= 60)
            return false;
        bool before = words[split] is "to" or "till" or "before";
        minute = before && minutes > 0 ? 60 - minutes : minutes;
        if (before && minutes > 0)
            hour = hour == 0 ? 23 : hour == 1 ? 12 : hour - 1;
        return true;
    }

    private static int Resolve(int hour, DayPart part) => (part, hour) switch
    {
        (DayPart.Morning or DayPart.Night, 12) => 0,
        (DayPart.Afternoon, < 12) or (DayPart.Night, > 5 and < 12) => hour + 12,
        (DayPart.Unknown, >= 1 and <= 6) => hour + 12,
        _ => hour,
    };
}
