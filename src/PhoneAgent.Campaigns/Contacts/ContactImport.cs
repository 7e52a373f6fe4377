using System.Text;
using CsvHelper;
using PhoneAgent.Campaigns.Plans;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Dialogue.Lookups;

namespace PhoneAgent.Campaigns.Contacts;

/// <summary>
/// Reads contacts from a table: comma, semicolon, tab or bar; UTF-8, or UTF-16 with a byte order mark; line breaks in quotes. Good
/// rows are kept whatever is wrong with others.
/// </summary>
public static class ContactImport
{
    public const int MaxRows = 1_000_000;
    public const int MaxColumns = 200;
    private const int MaxRowBytes = 64 * 1024;
    private const int MaxProblems = 1_000;

    /// <param name="file">Names the place in problems.</param>
    /// <param name="plan">Says what the columns mean and when contacts may be called.</param>
    /// <param name="csv">Is read to its end, and left open.</param>
    /// <param name="now">When the campaign would begin: who can never be called from then on is a problem of its row.</param>
    public static ContactTable Read(string file, CampaignPlan plan, Stream csv, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var problems = new ProblemList(MaxProblems);
        var contacts = new ContactMerge();
        int rows = 0;
        bool isComplete = false;
        using var reader = new StreamReader(csv, Encoding.UTF8, detectEncodingFromByteOrderMarks: true, leaveOpen: true);
        bool isRead = CsvTable.Read(file, reader, MaxRowBytes, problems, table =>
        {
            if (ContactHeader.TryRead(file, table.Headers, plan.Contacts, problems) is not { } header)
                return;
            var row = new ContactRow(file, header, plan, now, problems);
            while (table.Read())
            {
                if (++rows > MaxRows)
                {
                    problems.Add(new ConfigProblem(file, (int)table.LineNumber, 1, "", $"more than {MaxRows} rows; import the rest as a second file"));
                    return;
                }
                if (row.Read(table) is { } contact)
                    contacts.Add(contact);
            }
            isComplete = true;
        });
        return new ContactTable(contacts.Contacts, problems.All(file), problems.Count, contacts.Duplicates, isRead && isComplete);
    }
}
