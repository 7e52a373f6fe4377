using System.Globalization;
using PhoneAgent.Conversation.Transfer.Humans;

namespace PhoneAgent.Conversation.Dialogue.Scripted.Files;

/// <summary>
/// Reads opening hours: <c>time_zone: Europe/Berlin</c>, <c>open: {monday-friday: "9:00-17:00"}</c>, <c>closed: [12-25]</c>.
/// </summary>
internal sealed class HoursReader(MapReader map)
{
    private const int MaxClosed = 400;

    public OpeningHours Read()
    {
        var hours = new OpeningHours(ReadZone(), ReadWeek(), ReadClosed());
        map.Done();
        return hours;
    }

    private TimeZoneInfo ReadZone()
    {
        string name = map.Required("time_zone");
        if (name.Length == 0 || TimeZoneInfo.TryFindSystemTimeZoneById(name, out TimeZoneInfo? zone))
            return name.Length == 0 ? TimeZoneInfo.Utc : TimeZoneInfo.FindSystemTimeZoneById(name);
        map.Report(map.Get("time_zone")!, map.PathOf("time_zone"), $"there is no time zone '{name}' on this machine; write e.g. Europe/Berlin, America/New_York or UTC");
        return TimeZoneInfo.Utc;
    }

    public Dictionary<DayOfWeek, IReadOnlyList<OpenTime>> ReadWeek()
    {
        var week = new Dictionary<DayOfWeek, IReadOnlyList<OpenTime>>();
        if (!map.Has("open"))
            map.ReportHere("'open' is missing: days and times, e.g. open: {monday-friday: \"9:00-17:00\", saturday: \"10:00-14:00\"}");
        MapReader? open = map.Map("open");
        foreach ((ScalarNode key, ConfigNode _) in open?.Node.Entries ?? [])
        {
            IReadOnlyList<OpenTime> times = [.. open!.Texts(key.Value).SelectMany(text => TimesOf(text, open.PathOf(key.Value)))];
            foreach (DayOfWeek day in DaysOf(key, open))
            {
                if (!week.TryAdd(day, times))
                    open.Report(key, open.PathOf(key.Value), $"{day} is named already; give all its times in one place");
            }
        }
        return week;
    }

    private static DayOfWeek[] DaysOf(ScalarNode key, MapReader open)
    {
        string[] ends = key.Value.Split('-', StringSplitOptions.TrimEntries);
        if (ends.Length is 1 or 2 && TryDay(ends[0], out DayOfWeek first) && TryDay(ends[^1], out DayOfWeek last))
            return [.. Enumerable.Range(0, (last - first + 7) % 7 + 1).Select(i => (DayOfWeek)(((int)first + i) % 7))];
        open.Report(key, open.PathOf(key.Value), $"'{key.Value}' is no day; write monday, sat, or monday-friday");
        return [];
    }

    private static bool TryDay(string text, out DayOfWeek day)
    {
        day = Enum.GetValues<DayOfWeek>().FirstOrDefault(value => text.Length >= 3 && value.ToString().StartsWith(text, StringComparison.OrdinalIgnoreCase), (DayOfWeek)7);
        return day != (DayOfWeek)7;
    }

    /// <summary>"9:00-17:00", several with commas; "22:00-6:00" goes over midnight; "closed" is none.</summary>
    private IEnumerable<OpenTime> TimesOf(ScalarNode text, string path)
    {
        if (text.Value == "closed")
            yield break;
        foreach (string part in text.Value.Split(',', StringSplitOptions.TrimEntries))
        {
            string[] ends = part.Split('-', StringSplitOptions.TrimEntries);
            if (ends.Length != 2 || !TryTime(ends[0], out TimeSpan from) || !TryTime(ends[1], out TimeSpan to) || from == to)
            {
                map.Report(text, path, $"'{part}' is no time of opening; write e.g. \"9:00-17:00\", or \"9:00-12:30, 13:30-18:00\", or closed");
                continue;
            }
            yield return new OpenTime(from, to > from ? to : to + TimeSpan.FromDays(1));
        }
    }

    private static bool TryTime(string text, out TimeSpan time)
    {
        time = TimeSpan.FromDays(1);
        return text == "24:00" || TimeSpan.TryParseExact(text, @"h\:mm", CultureInfo.InvariantCulture, out time);
    }

    public HashSet<ClosedDate> ReadClosed()
    {
        var closed = new HashSet<ClosedDate>();
        foreach (ScalarNode text in map.Texts("closed").Take(MaxClosed))
        {
            if (ClosedDate.TryParse(text.Value, out ClosedDate date))
                closed.Add(date);
            else
                map.Report(text, map.PathOf("closed"), $"'{text.Value}' is no date; write 2026-12-24, or 12-25 for every year");
        }
        return closed;
    }
}
