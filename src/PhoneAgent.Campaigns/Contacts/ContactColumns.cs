namespace PhoneAgent.Campaigns.Contacts;

/// <summary>What the columns of a table of contacts mean. Names are compared without regard to case, spaces, "-" and "_".</summary>
public sealed record ContactColumns
{
    /// <summary>Possible names of the column with the number; the first that the table has counts.</summary>
    public IReadOnlyList<string> Number { get; init; } = ["number", "phone", "phone number", "telephone", "mobile", "tel"];

    /// <summary>… of the column with the IANA time zone; the table need not have one.</summary>
    public IReadOnlyList<string> TimeZone { get; init; } = ["time_zone", "timezone", "tz"];

    /// <summary>… of the column with the country of a number that is written without it; the table need not have one.</summary>
    public IReadOnlyList<string> Country { get; init; } = ["country"];

    /// <summary>The country of numbers whose row does not say it: two letters (ISO 3166); null: numbers must begin with "+" or "00".</summary>
    public string? DefaultCountry { get; init; }

    /// <summary>Variable of the agent's script → column; the other columns go by their own names, in small letters with "_".</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();
}
