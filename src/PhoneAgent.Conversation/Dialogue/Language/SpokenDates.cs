using System.Globalization;

namespace PhoneAgent.Conversation.Dialogue.Language;

/// <summary>Days in English, both ways. "Today" is always given by the caller of these methods.</summary>
public static class SpokenDates
{
    public static readonly IReadOnlyList<string> Weekdays = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

    private static readonly string[] Months =
    [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
    ];

    /// <summary>A phrase that matches the words for a near day, for grammars.</summary>
    public const string DayPhrase = "(today | tomorrow | [this | next] (monday | tuesday | wednesday | thursday | friday | saturday | sunday))";

    /// <summary>"Tuesday, May fifth" (en-US) or "Tuesday, the fifth of May"; the year only when it is not the one the listener would think of.</summary>
    public static string Say(DateOnly date, DateOnly today, bool american = true)
    {
        string day = SpokenNumbers.Ordinal(date.Day);
        string month = Capital(Months[date.Month - 1]);
        string text = american ? $"{Weekday(date)}, {month} {day}" : $"{Weekday(date)}, the {day} of {month}";
        int ahead = date.DayNumber - today.DayNumber;
        return ahead is >= 0 and < 365 ? text : $"{text}, {Year(date.Year)}";
    }

    /// <summary>"today", "tomorrow" or "on Saturday": how one speaks of a day of this week.</summary>
    public static string SayNear(DateOnly date, DateOnly today, bool american = true) => (date.DayNumber - today.DayNumber) switch
    {
        0 => "today",
        1 => "tomorrow",
        > 1 and < 7 => $"on {Weekday(date)}",
        _ => $"on {Say(date, today, american)}",
    };

    public static string Weekday(DateOnly date) => Capital(Weekdays[(int)date.DayOfWeek]);

    /// <summary>
    /// Understands a day. One without a year is the next such day from <paramref name="today"/> on; "next monday" is never today.
    /// A weekday beside a date ("tuesday the fifth of may") is taken as emphasis: the date counts.
    /// </summary>
    public static bool TryParse(IReadOnlyList<string> words, DateOnly today, out DateOnly date)
    {
        ArgumentNullException.ThrowIfNull(words);
        List<string> rest = [.. words.Where(word => word is not ("on" or "the" or "of" or "for" or "it's" or "this" or "coming") && !Words.Fillers.Contains(word))];
        if (TryRelative(rest, today, out date))
            return true;
        // "Monday next week", and parts of a day, which say nothing about the day itself.
        if (rest.Count > 2 && rest[^2] == "next" && rest[^1] == "week" && Weekdays.Contains(rest[^3]))
            return TryWeekdayOfNextWeek(rest[^3], today, out date);
        while (rest.Count > 1 && rest[^1] is "morning" or "afternoon" or "evening" or "in")
            rest.RemoveAt(rest.Count - 1);
        bool next = rest.Count > 0 && rest[0] == "next";
        if (next)
            rest.RemoveAt(0);
        if (rest.Count == 0)
            return false;
        int weekday = Weekdays.ToList().IndexOf(rest[0]);
        if (weekday >= 0)
        {
            if (rest.Count == 1)
            {
                date = today.AddDays((weekday - (int)today.DayOfWeek + 7) % 7);
                if (next && date == today)
                    date = date.AddDays(7);
                return true;
            }
            rest.RemoveAt(0);
        }
        return TryDayOfMonth(rest, today, out date);
    }

    /// <summary>Weeks begin on Monday.</summary>
    private static bool TryWeekdayOfNextWeek(string weekday, DateOnly today, out DateOnly date)
    {
        DateOnly monday = today.AddDays(7 - ((int)today.DayOfWeek + 6) % 7);
        date = monday.AddDays((Weekdays.ToList().IndexOf(weekday) + 6) % 7);
        return true;
    }

    private static bool TryRelative(List<string> words, DateOnly today, out DateOnly date)
    {
        date = today;
        int? days = string.Join(' ', words) switch
        {
            "today" or "tonight" => 0,
            "tomorrow" or "tomorrow morning" or "tomorrow afternoon" or "tomorrow evening" => 1,
            "day after tomorrow" => 2,
            "in a week" or "next week" or "a week from today" => 7,
            _ => null,
        };
        if (days is null && words is ["in", _, "days" or "day"] && SpokenNumbers.TrySmall(words, 1, out int count, out _))
            days = count;
        if (days is null)
            return false;
        date = today.AddDays(days.Value);
        return true;
    }

    private static bool TryDayOfMonth(List<string> words, DateOnly today, out DateOnly date)
    {
        date = default;
        int month = 0;
        int at = 0;
        if (words.Count > 0 && Month(words[0]) is > 0 and var leading)
            (month, at) = (leading, 1);
        if (!SpokenNumbers.TryOrdinal(words, at, out int day, out int taken))
        {
            // "may five": only after a month, for a bare small number is not a day.
            if (month == 0 || !SpokenNumbers.TrySmall(words, at, out day, out taken))
                return false;
        }
        at += taken;
        if (month == 0 && at < words.Count && Month(words[at]) is > 0 and var trailing)
            (month, at) = (trailing, at + 1);
        int? year = null;
        if (at < words.Count)
        {
            if (month == 0 || !TryYear(words, at, out int spokenYear))
                return false;
            year = spokenYear;
        }
        return TryResolve(day, month, year, today, out date);
    }

    private static bool TryResolve(int day, int month, int? year, DateOnly today, out DateOnly date)
    {
        date = default;
        if (year is { } fixedYear)
            return TryDate(fixedYear, month, day, out date);
        // At most eight years on comes the next 29th of February.
        for (int months = 0; months <= 97; months++)
        {
            DateOnly candidateMonth = new DateOnly(today.Year, today.Month, 1).AddMonths(months);
            if (month != 0 && candidateMonth.Month != month)
                continue;
            if (TryDate(candidateMonth.Year, candidateMonth.Month, day, out date) && date >= today)
                return true;
        }
        return false;
    }

    private static bool TryYear(List<string> words, int at, out int year)
    {
        year = 0;
        List<string> rest = words.GetRange(at, words.Count - at);
        if (SpokenNumbers.TryParse(rest, out long value) && value is >= 1900 and < 2200)
        {
            year = (int)value;
            return true;
        }
        if (!SpokenNumbers.TrySmall(rest, 0, out int century, out int taken) || century is < 19 or > 21)
            return false;
        if (!SpokenNumbers.TrySmall(rest, taken, out int tail, out int more) || taken + more != rest.Count)
            return false;
        year = century * 100 + tail;
        return true;
    }

    private static string Year(int year) =>
        year % 100 < 10 || year < 1000 ? SpokenNumbers.Cardinal(year) : $"{SpokenNumbers.Cardinal(year / 100)} {SpokenNumbers.Cardinal(year % 100)}";

    private static int Month(string word) => Array.IndexOf(Months, word) + 1;

    private static bool TryDate(int year, int month, int day, out DateOnly date) =>
        DateOnly.TryParseExact($"{year:D4}-{month:D2}-{day:D2}", "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out date);

    private static string Capital(string word) => char.ToUpperInvariant(word[0]) + word[1..];
}
