using System.Text;
using CsvHelper;
using PhoneAgent.Campaigns.Numbers;
using PhoneAgent.Campaigns.Plans;
using PhoneAgent.Campaigns.Windows;
using PhoneAgent.Conversation;

namespace PhoneAgent.Campaigns.Contacts;

/// <summary>Makes a contact of a row, or says why not.</summary>
internal sealed class ContactRow(string file, ContactHeader header, CampaignPlan plan, DateTimeOffset now, ICollection<ConfigProblem> problems)
{
    private const int MaxValue = 1_000;

    private readonly ContactZones _zones = new(plan.DefaultZone);
    private readonly Dictionary<IReadOnlyList<TimeZoneInfo>, bool> _opens = new(ReferenceEqualityComparer.Instance);

    public NewContact? Read(CsvReader row)
    {
        string text = row.GetString(header.Number);
        string? country = Text(row, header.Country) ?? plan.Contacts.DefaultCountry;
        if (text.Length == 0)
            return Report(row, header.Number, "the number is missing");
        if (!NumberNormalizer.TryNormalize(text, country, out PhoneNumber number, out string? error))
            return Report(row, header.Number, error);
        string? zone = Text(row, header.TimeZone);
        if (zone is not null && !_zones.TryRow(zone, out error))
            return Report(row, header.TimeZone!.Value, error);
        IReadOnlyList<TimeZoneInfo> zones = _zones.Of(number, zone);
        if (zones.Count == 0)
            return Report(row, header.Number, "nothing tells the contact's time zone; add a column 'time_zone', or 'window.time_zone' to the campaign");
        if (!Opens(zones))
            return Report(row, header.Number, zones.Count > 1
                ? "the number may be in time zones in which the window is never open at once; add a column 'time_zone'"
                : "the window never opens in the contact's time zone");
        var variables = new Dictionary<string, string>(header.Variables.Count, StringComparer.Ordinal);
        foreach ((string name, int column) in header.Variables)
        {
            string value = row.GetString(column);
            if (value.Length > MaxValue)
                return Report(row, column, $"longer than {MaxValue} characters");
            if (value.Contains('\uFFFD', StringComparison.Ordinal))
                return Report(row, column, "not in UTF-8; save the table as \"CSV UTF-8\"");
            variables[name] = OneLine(value);
        }
        return new NewContact { Number = number, TimeZone = zone, Variables = variables };
    }

    private bool Opens(IReadOnlyList<TimeZoneInfo> zones)
    {
        if (!_opens.TryGetValue(zones, out bool opens))
            _opens[zones] = opens = plan.Window.NextOpening(now, zones) is not null;
        return opens;
    }

    private NewContact? Report(CsvReader row, int column, string message)
    {
        problems.Add(new ConfigProblem(file, (int)row.LineNumber, column + 1, row.Headers[column], message));
        return null;
    }

    private static string? Text(CsvReader row, int? column) => column is { } at && row.GetString(at) is { Length: > 0 } text ? text : null;

    /// <summary>Values are spoken and stand in instructions to models: line breaks and other controls become spaces.</summary>
    private static string OneLine(string value)
    {
        if (!value.Any(char.IsControl))
            return value;
        var line = new StringBuilder(value.Length);
        foreach (char c in value)
            if (!char.IsControl(c))
                line.Append(c);
            else if (line.Length > 0 && line[^1] != ' ')
                line.Append(' ');
        return line.ToString().TrimEnd();
    }
}
