using System.Diagnostics.CodeAnalysis;
using System.Text;
using PhoneAgent.Campaigns.Contacts;
using PhoneAgent.Campaigns.Numbers;

namespace PhoneAgent.Campaigns.DoNotCall;

/// <summary>
/// A list of numbers in a file: one a line, or CSV with "," or ";" and perhaps a header. Without a header the first column has the
/// numbers. Empty lines and lines that begin with "#" are nothing. A bad line costs no other.
/// </summary>
public static class DoNotCallFile
{
    private const int MaxLine = 1_000;
    private static readonly string[] Names = [.. new ContactColumns().Number.Select(Plain)];

    /// <param name="country">Of numbers that do not say it: two letters; null: they must begin with "+" or "00".</param>
    public static IEnumerable<DoNotCallLine> Read(TextReader text, string? country)
    {
        ArgumentNullException.ThrowIfNull(text);
        int column = 0;
        bool isFirst = true;
        int number = 0;
        while (ReadLine(text) is { } line)
        {
            number++;
            if (string.IsNullOrWhiteSpace(line) || line.TrimStart().StartsWith('#'))
                continue;
            List<string> fields = Split(line);
            if (isFirst && TryFindColumn(fields, out int? named, out string? problem))
            {
                column = named ?? 0;
                if (problem is not null)
                    yield return new DoNotCallLine(number, null, problem);
            }
            else
            {
                yield return Line(number, line, fields, column, country);
            }
            isFirst = false;
        }
    }

    private static DoNotCallLine Line(int number, string line, List<string> fields, int column, string? country)
    {
        if (line.Length >= MaxLine)
            return new DoNotCallLine(number, null, $"the line is longer than {MaxLine} characters: write one number a line");
        if (column >= fields.Count)
            return new DoNotCallLine(number, null, $"the line has {fields.Count} columns, and the number is in column {column + 1}");
        return NumberNormalizer.TryNormalize(fields[column].Trim(), country, out PhoneNumber read, out string? error)
            ? new DoNotCallLine(number, read, null)
            : new DoNotCallLine(number, null, error);
    }

    /// <summary>Whether these are names of columns rather than numbers: nothing in them is a digit.</summary>
    private static bool TryFindColumn(List<string> fields, [NotNullWhen(true)] out int? column, out string? problem)
    {
        (column, problem) = (null, null);
        if (fields.Any(field => field.Any(char.IsAsciiDigit)))
            return false;
        int found = fields.FindIndex(field => Names.Contains(Plain(field)));
        column = Math.Max(found, 0);
        if (found < 0 && fields.Count > 1)
            problem = $"no column is called {string.Join(", ", Names[..3])} …: the first one is taken";
        return true;
    }

    private static string Plain(string name) => string.Concat(name.Where(char.IsAsciiLetter)).ToLowerInvariant();

    // Within a line only: a quotation mark that nobody closed must not swallow the rest of a list of people who said no.
    private static List<string> Split(string line)
    {
        List<string> fields = [];
        var field = new StringBuilder();
        bool isQuoted = false;
        foreach (char c in line)
        {
            if (c == '"')
                isQuoted = !isQuoted;
            else if (!isQuoted && c is ',' or ';' or '\t')
                Next();
            else
                field.Append(c);
        }
        Next();
        return fields;

        void Next()
        {
            fields.Add(field.ToString());
            field.Clear();
        }
    }

    // No more of a line than may be in it is kept.
    private static string? ReadLine(TextReader text)
    {
        int c = text.Read();
        if (c < 0)
            return null;
        var line = new StringBuilder();
        for (; c >= 0 && c != '\n'; c = text.Read())
            if (line.Length < MaxLine && c != '\r' && c != '\uFEFF')
                line.Append((char)c);
        return line.ToString();
    }
}

/// <summary>A line of the file: a number, or what is wrong with it.</summary>
/// <param name="Line">From 1.</param>
public readonly record struct DoNotCallLine(int Line, PhoneNumber? Number, string? Problem);
