using System.Diagnostics.CodeAnalysis;

namespace PhoneAgent.Campaigns.Windows;

/// <summary>Finds time zones by their IANA names. Thread-safe.</summary>
/// <param name="find">Null for a zone that the machine does not know.</param>
public sealed class TimeZones(Func<string, TimeZoneInfo?> find)
{
    /// <summary>Those of this machine.</summary>
    public static TimeZones OfMachine { get; } = new(name => TimeZoneInfo.TryFindSystemTimeZoneById(name, out TimeZoneInfo? zone) ? zone : null);

    /// <param name="error">What is wrong and what to do; says so when the machine has no zones at all.</param>
    public bool TryFind(string name, [NotNullWhen(true)] out TimeZoneInfo? zone, [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(name);
        // Windows names would be found as well, but not on every machine.
        zone = name.Length is > 0 and <= 64 && (name == "UTC" || name.Contains('/', StringComparison.Ordinal)) ? find(name) : null;
        error = zone is not null ? null
            : find("Europe/Berlin") is null && find("America/New_York") is null ? "this machine has no time zone data; install it (Debian: apt install tzdata; Alpine: apk add tzdata)"
            : $"there is no time zone '{(name.Length <= 64 ? name : name[..64])}'; write an IANA name such as Europe/Berlin, America/New_York or UTC";
        return zone is not null;
    }
}
