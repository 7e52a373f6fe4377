using PhoneAgent.Server.Options;

namespace PhoneAgent.Server.Doctor;

/// <summary>Whom may this server call?</summary>
internal static class OutboundCheck
{
    private const string Area = "outbound";

    // Shorter ones allow whole continents, or whatever a PBX makes of them.
    private const int ShortestCountry = 2;

    public static IEnumerable<CheckResult> Run(LoadedConfig config)
    {
        if (config.Problems.Count > 0)
            yield break;
        OutboundOptions outbound = config.Options.Outbound;
        if (outbound.AllowedPrefixes.Count > 0)
            yield return CheckResult.Ok(Area, $"numbers may be called that begin with {string.Join(", ", outbound.AllowedPrefixes)}");
        else if (config.Options.Sip.Accounts.Count > 0)
            yield return CheckResult.Warn(Area, "no number can be called through the accounts: outbound.allowed_prefixes is empty",
                "Set it to the prefixes of the numbers that may be called, e.g. [\"+49\"]. Numbers that agents' files name can be called without.");
        if (outbound.AllowedPrefixes.FirstOrDefault(p => p.StartsWith('+') && p.Length <= ShortestCountry && p != "+1" && p != "+7") is { } wide)
            yield return CheckResult.Warn(Area, $"the prefix {wide} allows many countries", "Name the countries, e.g. [\"+49\", \"+43\"]: toll fraud goes where calls are dear.");
        if (outbound is { CallsPerHour: 0 } or { CallsPerTargetPerHour: 0 })
            yield return CheckResult.Warn(Area, "calls are not limited by the hour", "Set outbound.calls_per_hour and outbound.calls_per_target_per_hour to what you will need at most.");
    }
}
