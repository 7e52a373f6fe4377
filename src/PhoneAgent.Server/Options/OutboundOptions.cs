namespace PhoneAgent.Server.Options;

/// <summary>Whom this server may call, and how often: <c>outbound</c>. A stolen key or a caller's trick must not run up a bill.</summary>
public sealed record OutboundOptions
{
    private const int MostEntries = 1_000;

    /// <summary>What numbers at an account must begin with, e.g. +49; empty: none can be called but those of agents' humans.</summary>
    public IReadOnlyList<string> AllowedPrefixes { get; init; } = [];

    /// <summary>Exceptions: the longer of two prefixes that fit decides.</summary>
    public IReadOnlyList<string> BlockedPrefixes { get; init; } = [];

    /// <summary>Other hosts that SIP addresses may have. This machine's own need not be named.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>What numbers abroad begin with when they are dialled without a plus.</summary>
    public string InternationalPrefix { get; init; } = "00";

    /// <summary>0: any number of calls.</summary>
    public int CallsPerHour { get; init; } = 1_000;

    /// <summary>Calls to the same number; 0: any number.</summary>
    public int CallsPerTargetPerHour { get; init; } = 10;

    /// <summary>0: any number of calls, up to <c>sip.max_calls</c>.</summary>
    public int CallsAtOnce { get; init; } = 100;

    internal IEnumerable<(string Key, string Message)> Check()
    {
        foreach ((string key, IReadOnlyList<string> prefixes) in new[] { ("allowed_prefixes", AllowedPrefixes), ("blocked_prefixes", BlockedPrefixes) })
        {
            if (prefixes.Count > MostEntries)
                yield return (key, $"More than {MostEntries}.");
            foreach ((int index, string prefix) in prefixes.Index())
                if (!IsPrefix(prefix))
                    yield return ($"{key}[{index}]", $"'{prefix}' is no beginning of a number; write e.g. \"+49\", in quotes, or \"2\" for the extensions of a PBX.");
        }
        foreach ((int index, string host) in AllowedHosts.Index())
            if (Uri.CheckHostName(host.Trim('[', ']')) == UriHostNameType.Unknown)
                yield return ($"allowed_hosts[{index}]", $"'{host}' is no host; write a name or an address, without sip: and without a port.");
        if (InternationalPrefix.Length is 0 or > 5 || !InternationalPrefix.All(char.IsAsciiDigit))
            yield return ("international_prefix", $"'{InternationalPrefix}' are not one to five digits; write e.g. \"00\" or \"011\", in quotes.");
        foreach ((string key, int value) in new[] { ("calls_per_hour", CallsPerHour), ("calls_per_target_per_hour", CallsPerTargetPerHour), ("calls_at_once", CallsAtOnce) })
            if (value is < 0 or > 1_000_000)
                yield return (key, $"{value} is outside 0–1000000.");
    }

    private static bool IsPrefix(string text) =>
        text.Length is > 0 and <= 20 && text != "+" && text.Select((c, i) => char.IsAsciiDigit(c) || c is '*' or '#' || (c == '+' && i == 0)).All(fits => fits);
}
