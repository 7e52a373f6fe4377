namespace PhoneAgent.Server.Options;

/// <summary>The section <c>api</c>: what programs may ask of <c>/api/v1</c>.</summary>
public sealed record ApiOptions
{
    public bool Enabled { get; init; } = true;

    /// <summary>Of one key, user or, before either is known, address. Each also has a minute's worth at once.</summary>
    public int RequestsPerMinute { get; init; } = 600;

    /// <summary>Of a request's body.</summary>
    public int MaxBodyKilobytes { get; init; } = 64;

    /// <summary>Of a file of contacts.</summary>
    public int MaxImportMegabytes { get; init; } = 20;

    /// <summary>How long the answer to an Idempotency-Key is kept.</summary>
    public TimeSpan IdempotencyLifetime { get; init; } = TimeSpan.FromHours(24);

    internal IEnumerable<(string Key, string Message)> Check()
    {
        if (RequestsPerMinute is < 1 or > 1_000_000)
            yield return ("requests_per_minute", $"{RequestsPerMinute} is outside 1–1000000.");
        if (MaxBodyKilobytes is < 1 or > 10_000)
            yield return ("max_body_kilobytes", $"{MaxBodyKilobytes} is outside 1–10000.");
        if (MaxImportMegabytes is < 1 or > 500)
            yield return ("max_import_megabytes", $"{MaxImportMegabytes} is outside 1–500.");
        if (IdempotencyLifetime < TimeSpan.FromMinutes(1) || IdempotencyLifetime > TimeSpan.FromDays(30))
            yield return ("idempotency_lifetime", $"{IdempotencyLifetime} is outside 1m–30d.");
    }
}
