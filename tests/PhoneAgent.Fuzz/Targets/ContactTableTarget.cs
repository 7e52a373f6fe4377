using PhoneAgent.Campaigns.Contacts;
using PhoneAgent.Campaigns.Plans;

namespace PhoneAgent.Fuzz.Targets;

/// <summary>A table of contacts: whatever is accepted has numbers of E.164, each once, and values of one line.</summary>
internal sealed class ContactTableTarget : IFuzzTarget
{
    private static readonly DateTimeOffset s_now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly CampaignPlan _plan = Plan();

    public string Name => "contacts";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        "phone,First Name,country,time_zone\n030 / 1234-56,Ada,,\n(415) 555-0100,Grace,US,\n+44 20 7946 0018,\"Al\r\nan\",,Europe/London\n"u8.ToArray(),
        "\uFEFFphone;name\n0049 30 123456;\"a \"\"b\"\"\"\n"u8.ToArray(),
        "sep=|\nname|tel\nx|+7 916 123 45 67\ny|8 (495) 123-45-67\n"u8.ToArray(),
        [0xFF, 0xFE, .. System.Text.Encoding.Unicode.GetBytes("phone\tname\n+4930123456\tJürgen\n")],
    ];

    public bool Run(ReadOnlySpan<byte> input)
    {
        using var stream = new MemoryStream(input.ToArray());
        ContactTable table = ContactImport.Read("fuzz", _plan, stream, s_now);
        bool isFine = table.Contacts.All(contact => PhoneNumber.TryCreate(contact.Number.Value, out _) && contact.Variables.All(pair => pair.Key.Length > 0 && !pair.Value.Any(char.IsControl)))
            && table.Contacts.DistinctBy(contact => contact.Number).Count() == table.Contacts.Count && (table.IsComplete || table.Problems.Count > 0);
        return isFine ? table.Contacts.Count > 0 : throw new FuzzException($"{table.Contacts.Count} contacts, {table.Bad} problems");
    }

    private static CampaignPlan Plan() =>
        CampaignPlan.TryParse("agent: a\ndo_not_call: company\nwindow: {open: {monday: \"9:00-17:00\"}}\ncontacts: {default_country: DE}", "fuzz", out CampaignPlan? plan, out var problems)
            ? plan : throw new InvalidOperationException(string.Join('\n', problems));
}
