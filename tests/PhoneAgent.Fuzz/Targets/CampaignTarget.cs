using System.Text;
using PhoneAgent.Campaigns.Plans;

namespace PhoneAgent.Fuzz.Targets;

/// <summary>A campaign's definition, as it may come over the API: a plan that can be used, or problems that say where.</summary>
internal sealed class CampaignTarget : IFuzzTarget
{
    public string Name => "campaign";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        "agent: a\ndo_not_call: company\nwindow: {open: {monday-friday: \"9:00-17:00\"}, closed: [12-25]}\n"u8.ToArray(),
        "agent: a\ndo_not_call: [company]\nwindow:\n  open: {sat: \"22:00-2:00\"}\nretry: {attempts: 3, outcomes: {busy: 30m}}\nopt_out: {key: \"9\"}\n"u8.ToArray(),
        "agent: a\ndo_not_call: x\nwindow: {open: {sun: \"0:00-24:00\"}}\nopt_out: {list: x}\npacing: {calls_per_second: 0.5}\ncaller_ids: {numbers: [+49 30 123456]}\n"u8.ToArray(),
    ];

    public bool Run(ReadOnlySpan<byte> input)
    {
        bool isRead = CampaignPlan.TryParse(Encoding.UTF8.GetString(input), "fuzz", out CampaignPlan? plan, out var problems);
        if (plan is null ? problems.Count == 0 : plan.Retry.Attempts < 1 || plan.Pacing.CallsPerSecond <= 0 || !plan.DoNotCallLists.Contains(plan.OptOut.List))
            throw new FuzzException(plan is null ? "refused without a problem" : $"accepted: {plan}");
        return isRead;
    }
}
