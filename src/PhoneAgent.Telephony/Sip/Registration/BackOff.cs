namespace PhoneAgent.Telephony.Sip.Registration;

/// <summary>
/// How long to wait after the n-th failure in a row (RFC 5626 §4.5): doubling from 30 s to 30 min, and a random half of it,
/// so that a registrar that comes back is not met by all its clients at once.
/// </summary>
internal static class BackOff
{
    private static readonly TimeSpan Base = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(30);

    /// <param name="failures">Failures in a row, from 1.</param>
    internal static TimeSpan After(int failures, Random random)
    {
        var upper = Math.Min(Longest.TotalSeconds, Base.TotalSeconds * Math.Pow(2, Math.Min(failures - 1, 30)));
        return TimeSpan.FromSeconds(upper * (0.5 + 0.5 * random.NextDouble()));
    }
}
