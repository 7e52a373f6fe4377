using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Dialogue.Scripted.Files;

namespace PhoneAgent.Campaigns.Contacts;

/// <summary>Which column of a table is what.</summary>
/// <param name="Number">Index of the column with the number.</param>
/// <param name="Variables">Name of the variable and index of its column.</param>
internal sealed record ContactHeader(int Number, int? TimeZone, int? Country, IReadOnlyList<(string Name, int Column)> Variables)
{
    /// <summary>Null when the table cannot be used; the problems say why.</summary>
    public static ContactHeader? TryRead(string file, IReadOnlyList<string> headers, ContactColumns columns, ICollection<ConfigProblem> problems)
    {
        int before = problems.Count;
        void Report(string message) => problems.Add(new ConfigProblem(file, 1, 1, "", message));
        if (headers is [var first, ..] && first.StartsWith("PK\u0003\u0004", StringComparison.Ordinal))
        {
            Report("this is a workbook (xlsx, ods), no table of text; save it as \"CSV UTF-8\"");
            return null;
        }
        if (headers.Count > ContactImport.MaxColumns)
            Report($"{headers.Count} columns, more than {ContactImport.MaxColumns}");
        else if (headers.Any(header => header.Contains('\uFFFD', StringComparison.Ordinal)))
            Report("the names of the columns are not in UTF-8; save the table as \"CSV UTF-8\"");
        string[] keys = [.. headers.Select(Key)];
        int? number = Find(keys, columns.Number), zone = Find(keys, columns.TimeZone), country = Find(keys, columns.Country);
        if (number is null && problems.Count == before)
            Report($"there is no column with the number ({string.Join(", ", columns.Number)}); there are: {string.Join(", ", headers.Take(20))}");
        var variables = new List<(string Name, int Column)>();
        foreach ((string name, string column) in columns.Variables)
        {
            if (Find(keys, [column]) is { } at)
                variables.Add((name, at));
            else
                Report($"there is no column '{column}' for the variable '{name}'{MapReader.DidYouMean(column, headers.Where(header => header.Length > 0))}");
        }
        HashSet<int?> used = [number, zone, country, .. variables.Select(variable => (int?)variable.Column)];
        for (int i = 0; i < headers.Count && i < ContactImport.MaxColumns; i++)
            if (!used.Contains(i) && NameOf(headers[i]) is { Length: > 0 } name)
                variables.Add((name, i));
        foreach (var twice in variables.GroupBy(variable => variable.Name).Where(group => group.Count() > 1))
            Report($"{twice.Count()} columns are the variable '{twice.Key}'; give them different names");
        return problems.Count == before ? new ContactHeader(number!.Value, zone, country, variables) : null;
    }

    /// <summary>A column's name as agents' texts can say it: "First Name" is first_name. Empty for a column without a name.</summary>
    internal static string NameOf(string header)
    {
        string plain = string.Concat(header.Normalize(System.Text.NormalizationForm.FormD).Select(c => char.ToLowerInvariant(c)).Where(c => !char.IsSurrogate(c) && char.GetUnicodeCategory(c) != System.Globalization.UnicodeCategory.NonSpacingMark)
            .Select(c => char.IsAsciiLetterOrDigit(c) ? c : c == 'ß' ? 's' : '_')).Trim('_');
        if (plain.Length == 0)
            return "";
        string name = char.IsAsciiDigit(plain[0]) ? $"column_{plain}" : plain;
        return name.Length <= 64 ? name : name[..64].TrimEnd('_');
    }

    private static int? Find(string[] keys, IEnumerable<string> names) =>
        names.Select(name => Array.IndexOf(keys, Key(name))).Where(at => at >= 0).Select(at => (int?)at).FirstOrDefault();

    private static string Key(string name) => string.Concat(name.Where(c => !char.IsWhiteSpace(c) && c is not ('-' or '_')).Select(char.ToLowerInvariant));
}
