using CsvHelper;

namespace PhoneAgent.Conversation.Dialogue.Lookups;

/// <summary>A table with a header line, read once and kept in memory.</summary>
public sealed class CsvLookup : ILookup
{
    /// <summary>A larger table belongs into a database behind HTTP.</summary>
    public const int MaxRows = 1_000_000;

    private const int MaxRowBytes = 64 * 1024;

    private readonly Dictionary<string, IReadOnlyDictionary<string, string>> _rows;

    private CsvLookup(IReadOnlyList<string> columns, Dictionary<string, IReadOnlyDictionary<string, string>> rows) =>
        (Columns, _rows) = (columns, rows);

    public IReadOnlyList<string> Columns { get; }

    public int Count => _rows.Count;

    /// <summary>Reads a table; adds to <paramref name="problems"/> whatever is wrong with it, and is null when there was anything.</summary>
    /// <param name="keyColumn">The column that keys are compared with: without regard to case, spaces and dashes.</param>
    public static CsvLookup? Load(string file, TextReader reader, string keyColumn, ICollection<ConfigProblem> problems)
    {
        ArgumentNullException.ThrowIfNull(problems);
        int before = problems.Count;
        CsvLookup? table = null;
        return CsvTable.Read(file, reader, MaxRowBytes, problems, csv => table = Load(file, csv, keyColumn, problems, before)) ? table : null;
    }

    private static CsvLookup? Load(string file, CsvReader csv, string keyColumn, ICollection<ConfigProblem> problems, int before)
    {
        string[] columns = [.. csv.Headers];
        if (columns.Length == 0)
        {
            problems.Add(new ConfigProblem(file, 1, 1, "", "the table is empty; its first line must name the columns"));
            return null;
        }
        if (columns.GroupBy(column => column, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
            problems.Add(new ConfigProblem(file, 1, 1, "", $"the column '{twice.Key}' is there twice"));
        if (!columns.Contains(keyColumn))
        {
            problems.Add(new ConfigProblem(file, 1, 1, "", $"there is no column '{keyColumn}'; there are: {string.Join(", ", columns)}"));
            return null;
        }
        var rows = ReadRows(file, csv, columns, keyColumn, problems);
        return problems.Count == before ? new CsvLookup(columns, rows) : null;
    }

    public ValueTask<LookupResult> FindAsync(string key, Func<string, string> variables, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(_rows.TryGetValue(Normal(key), out var row) ? LookupResult.Found(row) : LookupResult.NotFound);
    }

    private static Dictionary<string, IReadOnlyDictionary<string, string>> ReadRows(
        string file, CsvReader csv, string[] columns, string keyColumn, ICollection<ConfigProblem> problems)
    {
        var rows = new Dictionary<string, IReadOnlyDictionary<string, string>>(StringComparer.Ordinal);
        var lines = new Dictionary<string, int>(StringComparer.Ordinal);
        while (csv.Read() && rows.Count < MaxRows)
        {
            int line = (int)csv.LineNumber;
            var row = columns.Select((column, index) => (column, value: csv.GetString(index)))
                .DistinctBy(field => field.column, StringComparer.Ordinal)
                .ToDictionary(field => field.column, field => field.value, StringComparer.Ordinal);
            string key = Normal(row[keyColumn]);
            if (key.Length == 0)
                problems.Add(new ConfigProblem(file, line, 1, keyColumn, "the key of the row is empty"));
            else if (!rows.TryAdd(key, row))
                problems.Add(new ConfigProblem(file, line, 1, keyColumn, $"the key is already in line {lines[key]}; keys must differ"));
            else
                lines[key] = line;
        }
        return rows;
    }

    private static string Normal(string key) =>
        string.Concat(key.Where(c => !char.IsWhiteSpace(c) && c != '-').Select(char.ToLowerInvariant));
}
