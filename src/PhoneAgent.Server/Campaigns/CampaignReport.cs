using System.Globalization;
using System.Text;
using PhoneAgent.Campaigns;
using PhoneAgent.Campaigns.Attempts;
using PhoneAgent.Campaigns.Contacts;
using PhoneAgent.Server.Options;

namespace PhoneAgent.Server.Campaigns;

/// <summary>Every contact with what became of it, as a table (RFC 4180). Personal data.</summary>
internal static class CampaignReport
{
    private static readonly string[] s_columns = ["number", "state", "attempts", "last_outcome", "due_at", "do_not_call_list"];

    public static async Task WriteCsvAsync(ICampaignStore store, string campaignId, TextWriter to, CancellationToken cancellationToken)
    {
        await to.WriteAsync(Line(s_columns)).ConfigureAwait(false);
        await foreach (Contact contact in store.ContactsAsync(campaignId, cancellationToken).ConfigureAwait(false))
            await to.WriteAsync(Line([
                contact.Number.Value, Text(contact.State), contact.Attempts.ToString(CultureInfo.InvariantCulture), Text(contact.LastOutcome),
                contact.DueAt?.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture) ?? "", contact.DoNotCallList ?? "",
            ])).ConfigureAwait(false);
    }

    /// <summary>The outcomes that there are, the most frequent first.</summary>
    public static IEnumerable<(string Outcome, int Count)> Outcomes(CampaignStatus status) =>
        status.Outcomes.Where(pair => pair.Value > 0).OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key).Select(pair => (Text(pair.Key), pair.Value));

    public static string Text(Enum? value) => value is null ? "" : ConfigValue.EnumText(value.ToString());

    private static string Line(IEnumerable<string> fields)
    {
        var line = new StringBuilder();
        foreach (string field in fields)
            line.Append(line.Length == 0 ? "" : ",").Append(field.AsSpan().ContainsAny(",\"\r\n") ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : field);
        return line.Append("\r\n").ToString();
    }
}
