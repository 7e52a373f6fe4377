namespace PhoneAgent.Server.Doctor;

internal enum CheckLevel
{
    Ok,
    /// <summary>It runs, with something lost.</summary>
    Warn,
    /// <summary><c>serve</c> would not start, or no call would work.</summary>
    Fail,
}

/// <param name="Area">What was looked at: configuration, ports, packages …</param>
/// <param name="Finding">What was found, one sentence.</param>
/// <param name="Advice">What to do about it; null when all is well.</param>
internal sealed record CheckResult(CheckLevel Level, string Area, string Finding, string? Advice = null)
{
    public static CheckResult Ok(string area, string finding) => new(CheckLevel.Ok, area, finding);
    public static CheckResult Warn(string area, string finding, string advice) => new(CheckLevel.Warn, area, finding, advice);
    public static CheckResult Fail(string area, string finding, string advice) => new(CheckLevel.Fail, area, finding, advice);
}
