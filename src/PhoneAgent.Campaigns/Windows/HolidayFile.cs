using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Transfer.Humans;

namespace PhoneAgent.Campaigns.Windows;

/// <summary>Days off in a file: a date per line, "2026-12-24" or "12-25" for every year, with a name behind it if you like; "#" begins a comment.</summary>
public static class HolidayFile
{
    private const int MaxLines = 10_000;

    /// <summary>Adds every problem with its line.</summary>
    public static IReadOnlySet<ClosedDate> Read(string path, ICollection<ConfigProblem> problems)
    {
        ArgumentNullException.ThrowIfNull(problems);
        var closed = new HashSet<ClosedDate>();
        try
        {
            int number = 0;
            foreach (string line in File.ReadLines(path))
            {
                if (++number > MaxLines)
                {
                    problems.Add(new ConfigProblem(path, number, 1, "", $"more than {MaxLines} lines; this is no list of days off"));
                    break;
                }
                string entry = line.Split('#')[0].Trim();
                string date = entry.Split([',', ';', ' ', '\t'], 2)[0];
                if (ClosedDate.TryParse(date, out ClosedDate day))
                    closed.Add(day);
                else if (entry.Length > 0)
                    problems.Add(new ConfigProblem(path, number, 1, "", $"'{Shorten(date)}' is no date; begin the line with 2026-12-24, or 12-25 for every year"));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add(new ConfigProblem(path, 0, 0, "", $"the days off cannot be read: {e.Message}"));
        }
        return closed;
    }

    private static string Shorten(string text) => text.Length <= 40 ? text : text[..40];
}
