using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using PhoneAgent.Campaigns.Attempts;
using PhoneAgent.Campaigns.Contacts;
using PhoneAgent.Campaigns.Plans;

namespace PhoneAgent.Campaigns.Reports;

/// <summary>
/// A campaign's report, written as it is read: no more than a page is in memory. Of a running campaign the totals and the rows
/// may be of different moments. Thread-safe.
/// </summary>
/// <param name="withPersonalData">Numbers in full, and variables in JSON. Otherwise numbers are masked, and variables left out.</param>
public sealed class CampaignReport(ICampaignStore store, bool withPersonalData)
{
    private const int FlushBytes = 32 * 1024;

    // Numbers begin with "+", which the usual encoder writes as "\u002B": it has pages in mind, this is a file.
    private static readonly JsonWriterOptions Format = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly SearchValues<char> Quoted = SearchValues.Create(",\"\r\n");

    /// <summary>Everything in one document. False, and nothing written, when there is no such campaign.</summary>
    public async Task<bool> WriteJsonAsync(string campaignId, Stream output, CancellationToken cancellationToken)
    {
        if (await store.GetAsync(campaignId, cancellationToken).ConfigureAwait(false) is not { } status)
            return false;
        var json = new Utf8JsonWriter(output, Format);
        await using (json.ConfigureAwait(false))
        {
            json.WriteStartObject();
            WriteStatus(json, status);
            json.WriteStartArray("contacts");
            await foreach (Contact contact in store.ContactsAsync(campaignId, cancellationToken).ConfigureAwait(false))
                await WriteAsync(json, contact, cancellationToken).ConfigureAwait(false);
            json.WriteEndArray();
            json.WriteStartArray("attempts");
            await foreach (Attempt attempt in store.AttemptsAsync(campaignId, cancellationToken).ConfigureAwait(false))
                await WriteAsync(json, attempt, cancellationToken).ConfigureAwait(false);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return true;
    }

    /// <summary>A line a contact.</summary>
    public async Task WriteContactsCsvAsync(string campaignId, TextWriter output, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(output);
        await output.WriteLineAsync("contact,number,time_zone,state,attempts,last_outcome,due_at,do_not_call_list").ConfigureAwait(false);
        await foreach (Contact contact in store.ContactsAsync(campaignId, cancellationToken).ConfigureAwait(false))
        {
            await WriteLineAsync(output,
                [Text(contact.Id), Shown(contact.Number), contact.TimeZone, Words.Snake(contact.State), Text(contact.Attempts), Text(contact.LastOutcome), Text(contact.DueAt), contact.DoNotCallList],
                cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>A line an attempt, oldest first.</summary>
    public async Task WriteAttemptsCsvAsync(string campaignId, TextWriter output, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(output);
        await output.WriteLineAsync("attempt,contact,number_of_attempt,started_at,ended_at,outcome,caller_id,call,node").ConfigureAwait(false);
        await foreach (Attempt attempt in store.AttemptsAsync(campaignId, cancellationToken).ConfigureAwait(false))
        {
            await WriteLineAsync(output,
                [Text(attempt.Id), Text(attempt.ContactId), Text(attempt.Number), Text(attempt.StartedAt), Text(attempt.EndedAt), Text(attempt.Outcome), attempt.CallerId, attempt.CallId, attempt.Node],
                cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The outcomes that there are, as a campaign's file writes them, the most frequent first.</summary>
    public static IEnumerable<(string Outcome, int Attempts)> Outcomes(CampaignStatus status)
    {
        ArgumentNullException.ThrowIfNull(status);
        return status.Outcomes.Where(pair => pair.Value > 0).OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key).Select(pair => (Words.Snake(pair.Key), pair.Value));
    }

    /// <summary>"+49*******78": country and who is who, not whom to call.</summary>
    public static string Mask(PhoneNumber number) => string.Concat(number.Value.AsSpan(0, 3), new string('*', Math.Max(number.Value.Length - 5, 1)), number.Value.AsSpan(Math.Max(number.Value.Length - 2, 3)));

    private string Shown(PhoneNumber number) => withPersonalData ? number.Value : Mask(number);

    private static void WriteStatus(Utf8JsonWriter json, CampaignStatus status)
    {
        json.WriteString("campaign", status.Campaign.Id);
        json.WriteString("agent", status.Campaign.Agent);
        json.WriteString("created_at", status.Campaign.CreatedAt);
        json.WriteString("state", Words.Snake(status.State));
        json.WriteStartObject("totals");
        json.WriteNumber("contacts", status.Contacts);
        json.WriteNumber("waiting", status.Waiting);
        json.WriteNumber("leased", status.Leased);
        json.WriteNumber("finished", status.Finished);
        json.WriteNumber("on_do_not_call_list", status.OnDoNotCallList);
        json.WriteEndObject();
        json.WriteStartObject("outcomes");
        foreach ((AttemptOutcome outcome, int attempts) in status.Outcomes.OrderBy(pair => pair.Key))
            json.WriteNumber(Words.Snake(outcome), attempts);
        json.WriteEndObject();
    }

    private async Task WriteAsync(Utf8JsonWriter json, Contact contact, CancellationToken cancellationToken)
    {
        json.WriteStartObject();
        json.WriteNumber("contact", contact.Id);
        json.WriteString("number", Shown(contact.Number));
        WriteText(json, "time_zone", contact.TimeZone);
        json.WriteString("state", Words.Snake(contact.State));
        json.WriteNumber("attempts", contact.Attempts);
        WriteText(json, "last_outcome", Text(contact.LastOutcome));
        WriteText(json, "due_at", Text(contact.DueAt));
        WriteText(json, "do_not_call_list", contact.DoNotCallList);
        if (withPersonalData)
        {
            json.WriteStartObject("variables");
            foreach ((string name, string value) in contact.Variables)
                json.WriteString(name, value);
            json.WriteEndObject();
        }
        json.WriteEndObject();
        await FlushAsync(json, cancellationToken).ConfigureAwait(false);
    }

    private static async Task WriteAsync(Utf8JsonWriter json, Attempt attempt, CancellationToken cancellationToken)
    {
        json.WriteStartObject();
        json.WriteNumber("attempt", attempt.Id);
        json.WriteNumber("contact", attempt.ContactId);
        json.WriteNumber("number_of_attempt", attempt.Number);
        json.WriteString("started_at", attempt.StartedAt);
        WriteText(json, "ended_at", Text(attempt.EndedAt));
        WriteText(json, "outcome", Text(attempt.Outcome));
        WriteText(json, "caller_id", attempt.CallerId);
        WriteText(json, "call", attempt.CallId);
        json.WriteString("node", attempt.Node);
        json.WriteEndObject();
        await FlushAsync(json, cancellationToken).ConfigureAwait(false);
    }

    private static void WriteText(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
            json.WriteString(name, value);
    }

    private static Task FlushAsync(Utf8JsonWriter json, CancellationToken cancellationToken) =>
        json.BytesPending < FlushBytes ? Task.CompletedTask : json.FlushAsync(cancellationToken);

    private static async Task WriteLineAsync(TextWriter output, string?[] fields, CancellationToken cancellationToken)
    {
        var line = new StringBuilder();
        foreach (string? field in fields)
            line.Append(line.Length == 0 ? "" : ",").Append(Csv(field));
        await output.WriteLineAsync(line, cancellationToken).ConfigureAwait(false);
    }

    // RFC 4180 §2.
    private static string? Csv(string? field) =>
        field is null || !field.AsSpan().ContainsAny(Quoted) ? field : $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string? Text(AttemptOutcome? outcome) => outcome is { } known ? Words.Snake(known) : null;

    private static string? Text(DateTimeOffset? moment) => moment?.ToString("O", CultureInfo.InvariantCulture);
}
