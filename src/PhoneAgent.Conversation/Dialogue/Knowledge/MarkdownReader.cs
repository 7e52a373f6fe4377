using System.Text;

namespace PhoneAgent.Conversation.Dialogue.Knowledge;

/// <summary>
/// Reads what people write in Markdown: headings become the context of what is below them, each paragraph and list item a block, each
/// row of a table a block with the names of its columns. Plain text is Markdown without any of it.
/// </summary>
internal sealed class MarkdownReader(string file, string title, ICollection<KnowledgePassage> passages)
{
    private const string Separator = " › ";

    private readonly PassageBuilder _builder = new(file, passages);
    private readonly string?[] _headings = new string?[7];
    private readonly StringBuilder _block = new();
    private int _blockLine;
    private string[]? _columns;
    private bool _inFence;
    private bool _inComment;

    public void Read(TextReader text)
    {
        _builder.Begin(title);
        var lines = new List<string>();
        while (text.ReadLine() is { } line)
            lines.Add(line);
        // A "---" that no other follows is a ruler.
        int closed = lines.Count > 0 && lines[0].Trim() == "---" ? lines.FindIndex(1, line => line.Trim() == "---") : -1;
        for (int i = closed + 1; i < lines.Count; i++)
            ReadLine(lines[i], lines[i].Trim(), i + 1);
        EndBlock();
        _builder.Flush();
    }

    private void ReadLine(string line, string trimmed, int number)
    {
        if (trimmed.StartsWith("```", StringComparison.Ordinal) || trimmed.StartsWith("~~~", StringComparison.Ordinal))
            _inFence = !_inFence;
        else if (_inFence)
            Append(line, number);
        else if (_inComment || trimmed.StartsWith("<!--", StringComparison.Ordinal))
            ReadComment(trimmed, number);
        else if (trimmed.Length == 0)
            EndBlock();
        else if (HeadingLevel(trimmed) is > 0 and var level)
            Head(level, trimmed[level..].TrimEnd('#'));
        else if (_block.Length > 0 && _columns is null && IsRuler(trimmed, '=', '-'))
            HeadWithBlock(trimmed[0] == '=' ? 1 : 2);
        else if (trimmed[0] == '|')
            ReadRow(trimmed, number);
        else if (IsRuler(trimmed, '-', '*', '_'))
            EndBlock();
        else
            ReadText(trimmed, number);
    }

    private void ReadComment(string trimmed, int number)
    {
        int end = trimmed.IndexOf("-->", StringComparison.Ordinal);
        _inComment = end < 0;
        if (!_inComment && trimmed[(end + 3)..].Trim() is { Length: > 0 } rest)
            ReadLine(rest, rest, number);
    }

    private void ReadText(string trimmed, int number)
    {
        int marker = ListMarker(trimmed);
        if (marker > 0)
            EndBlock();
        Append(trimmed[marker..].TrimStart('>', ' '), number);
    }

    private void Append(string text, int number)
    {
        if (_columns is not null)
            EndBlock();
        if (_block.Length == 0)
            _blockLine = number;
        else
            _block.Append(' ');
        _block.Append(text);
    }

    private void EndBlock()
    {
        _columns = null;
        if (_block.Length > 0)
            _builder.Add(MarkdownText.Plain(_block.ToString()), _blockLine);
        _block.Clear();
    }

    private void Head(int level, string text)
    {
        EndBlock();
        _headings[level] = MarkdownText.Plain(text).Trim();
        Array.Clear(_headings, level + 1, _headings.Length - level - 1);
        _builder.Begin(string.Join(Separator, _headings.Where(h => !string.IsNullOrEmpty(h))));
    }

    // The line under a line of text: Title / =====
    private void HeadWithBlock(int level)
    {
        string text = _block.ToString();
        _block.Clear();
        Head(level, text);
    }

    private void ReadRow(string row, int number)
    {
        string[] cells = [.. row.Trim('|').Split('|').Select(cell => MarkdownText.Plain(cell).Trim())];
        if (_columns is null)
        {
            EndBlock();
            _columns = cells;
            return;
        }
        if (!cells.All(cell => IsRuler(cell.Trim(':'), '-')))
            _builder.Add(RowText.Of(_columns, cells), number);
    }

    private static int HeadingLevel(string line)
    {
        int level = line.AsSpan().IndexOfAnyExcept('#');
        return level is > 0 and <= 6 && line[level] == ' ' ? level : 0;
    }

    private static bool IsRuler(string line, params ReadOnlySpan<char> signs) =>
        line.Length >= 3 && signs.Contains(line[0]) && line.AsSpan().IndexOfAnyExcept(line[0]) < 0;

    // "- ", "* ", "+ ", "12. ", "3) "
    private static int ListMarker(string line)
    {
        if (line.Length > 2 && line[0] is '-' or '*' or '+' && line[1] == ' ')
            return 2;
        int digits = line.AsSpan().IndexOfAnyExceptInRange('0', '9');
        return digits is > 0 and < 4 && line.Length > digits + 1 && line[digits] is '.' or ')' && line[digits + 1] == ' ' ? digits + 2 : 0;
    }
}

/// <summary>A row of a table in words: "Repair: Flat tyre; Price: 15 euros".</summary>
internal static class RowText
{
    public static string Of(IReadOnlyList<string> columns, IReadOnlyList<string> cells)
    {
        var fields = new List<string>();
        for (int i = 0; i < cells.Count; i++)
            if (cells[i].Length > 0)
                fields.Add(i < columns.Count && columns[i].Length > 0 ? $"{columns[i]}: {cells[i]}" : cells[i]);
        return string.Join("; ", fields);
    }
}
