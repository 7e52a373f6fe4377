using System.Globalization;
using System.Text;
using BenchmarkDotNet.Attributes;
using PhoneAgent.Campaigns.Contacts;
using PhoneAgent.Campaigns.DoNotCall;
using PhoneAgent.Campaigns.Numbers;
using PhoneAgent.Campaigns.Plans;
using PhoneAgent.Campaigns.Windows;

namespace PhoneAgent.Benchmarks;

/// <summary>What a campaign's decisions cost: an import of 10,000 rows; the next opening of a window; one sentence of a contact.</summary>
[MemoryDiagnoser]
public class CampaignBenchmarks
{
    private const int Rows = 10_000;
    private static readonly DateTimeOffset s_now = new(2026, 3, 27, 20, 0, 0, TimeSpan.Zero);

    private readonly byte[] _table = Encoding.UTF8.GetBytes("phone,name,city,amount\n" + string.Concat(Enumerable.Range(0, Rows).Select(i =>
        string.Create(CultureInfo.InvariantCulture, $"\"({200 + i % 700 + 1}) 555-{i:0000}\",Name {i},Springfield,{i}.50\n"))));

    private readonly DoNotCallWords _words = new(new OptOutOptions { Languages = ["en", "de", "es", "fr"] });
    private readonly TimeZoneInfo[] _zones = [TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"), TimeZoneInfo.FindSystemTimeZoneById("America/New_York")];
    private CampaignPlan _plan = null!;

    [GlobalSetup]
    public void Prepare()
    {
        const string Definition = "agent: a\ndo_not_call: company\nwindow: {open: {monday-friday: \"9:00-17:00\"}}\ncontacts: {default_country: US}";
        if (!CampaignPlan.TryParse(Definition, "benchmark", out CampaignPlan? plan, out var problems))
            throw new InvalidOperationException(string.Join('\n', problems));
        _plan = plan;
    }

    [Benchmark]
    public int Import()
    {
        using var stream = new MemoryStream(_table);
        return ContactImport.Read("benchmark", _plan, stream, s_now).Contacts.Count;
    }

    [Benchmark]
    public bool Normalize() => NumberNormalizer.TryNormalize("+49 (0)30 / 1234-56", null, out _, out _);

    /// <summary>From a Friday evening over a weekend on which clocks are changed.</summary>
    [Benchmark]
    public DateTimeOffset? NextOpening() => _plan.Window.NextOpening(s_now, _zones);

    [Benchmark]
    public string? Listen() => _words.Find("Well, I have been with another company for some years now, and I am quite happy with them, so could you call me again next spring?");
}
