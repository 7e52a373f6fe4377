using PhoneAgent.Conversation.Dialogue.Lookups;

namespace PhoneAgent.Conversation.Dialogue.Knowledge;

/// <summary>Every row of a table is a passage of its own, with the names of its columns: a price list is asked about row by row.</summary>
internal static class CsvPassages
{
    private const int MaxRowBytes = 16 * 1024;

    public static void Read(string file, string path, string title, TextReader reader, ICollection<KnowledgePassage> passages, ICollection<ConfigProblem> problems) =>
        CsvTable.Read(path, reader, MaxRowBytes, problems, csv =>
        {
            string[] columns = [.. csv.Headers];
            while (csv.Read())
            {
                string[] cells = [.. columns.Select((_, index) => csv.GetString(index))];
                if (RowText.Of(columns, cells) is { Length: > 0 } text)
                    passages.Add(new KnowledgePassage(file, (int)csv.LineNumber, title, text));
            }
        });
}
