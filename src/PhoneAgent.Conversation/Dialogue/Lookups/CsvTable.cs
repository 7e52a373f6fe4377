using CsvHelper;

namespace PhoneAgent.Conversation.Dialogue.Lookups;

/// <summary>Reads a table whose first line names the columns, to its end, whatever is wrong in it.</summary>
internal static class CsvTable
{
    /// <param name="maxRowBytes">Longer rows are a problem.</param>
    /// <param name="read">Gets the reader before the first line.</param>
    /// <returns>False when it cannot be read at all; single rows that are wrong are only in <paramref name="problems"/>.</returns>
    public static bool Read(string file, TextReader reader, int maxRowBytes, ICollection<ConfigProblem> problems, Action<CsvReader> read)
    {
        var options = new CsvReaderOptions
        {
            TrimWhitespace = true,
            TrackLineNumbers = true,
            FieldCountMismatch = CsvFieldCountHandling.Skip,
            MalformedData = CsvMalformedDataHandling.Skip,
            MaxRecordSize = maxRowBytes,
            OnMalformedRecord = row => problems.Add(new ConfigProblem(file, (int)row.LineNumber, 1, "", Describe(row.Reason))),
        };
        try
        {
            using CsvReader csv = CsvReader.Create(reader, options, leaveOpen: true);
            csv.ReadHeader();
            read(csv);
            return true;
        }
        catch (CsvFormatException e)
        {
            problems.Add(new ConfigProblem(file, 0, 0, "", $"the table cannot be read: {e.Message}"));
            return false;
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
