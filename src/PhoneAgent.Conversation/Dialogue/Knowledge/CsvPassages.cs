using CsvHelper;

namespace PhoneAgent.Conversation.Dialogue.Knowledge;

/// <summary>Every row of a table is a passage of its own, with the names of its columns: a price list is asked about row by row.</summary>
internal static class CsvPassages
{
    private const int MaxRowBytes = 16 * 1024;

    public static void Read(string file, string path, string title, TextReader reader, ICollection<KnowledgePassage> passages, ICollection<ConfigProblem> problems)
    {
        var options = new CsvReaderOptions
        {
            TrimWhitespace = true,
            TrackLineNumbers = true,
            FieldCountMismatch = CsvFieldCountHandling.Skip,
            MalformedData = CsvMalformedDataHandling.Skip,
            MaxRecordSize = MaxRowBytes,
            OnMalformedRecord = row => problems.Add(new ConfigProblem(path, (int)row.LineNumber, 1, "", Describe(row.Reason))),
        };
        try
        {
            using CsvReader csv = CsvReader.Create(reader, options, leaveOpen: true);
            csv.ReadHeader();
            string[] columns = [.. csv.Headers];
            while (csv.Read())
            {
                string[] cells = [.. columns.Select((_, index) => csv.GetString(index))];
                if (RowText.Of(columns, cells) is { Length: > 0 } text)
                    passages.Add(new KnowledgePassage(file, (int)csv.LineNumber, title, text));
            }
        }
        catch (CsvFormatException e)
        {
            problems.Add(new ConfigProblem(path, 0, 0, "", $"the table cannot be read: {e.Message}"));
        }
    }

    private static string Describe(CsvMalformedReason reason) => reason switch
    {
        CsvMalformedReason.FieldCountMismatch => "the row has more or fewer fields than there are columns; put a field with a comma in quotes",
        CsvMalformedReason.UnterminatedQuote => "a quote is opened and never closed",
        CsvMalformedReason.TextAfterClosingQuote => "there is text after a closing quote; put the whole field in quotes",
        _ => "a quote in the middle of a field; put the whole field in quotes and double those inside it",
    };
}
