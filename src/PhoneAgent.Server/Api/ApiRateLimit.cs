using System.Security.Claims;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using PhoneAgent.Server.Http.Security;
using PhoneAgent.Server.Options;

namespace PhoneAgent.Server.Api;

/// <summary>So many requests a minute for each key, user or, before either is known, address; more get 429 with Retry-After.</summary>
internal sealed class ApiRateLimit(ApiOptions options, TimeProvider time) : IRateLimiterPolicy<string>
{
    public Func<OnRejectedContext, CancellationToken, ValueTask>? OnRejected { get; } = async (context, _) =>
    {
        TimeSpan pause = context.Lease.TryGetMetadata(MetadataName.RetryAfter, out TimeSpan left) ? left : TimeSpan.FromSeconds(1);
        await ApiProblem.TooMany(null, "api.requests_per_minute: this key has sent as many as it may. Wait as long as Retry-After says.", pause).ExecuteAsync(context.HttpContext).ConfigureAwait(false);
    };

    public RateLimitPartition<string> GetPartition(HttpContext httpContext)
    {
        ClaimsPrincipal user = httpContext.User;
        string who = user.FindFirstValue(ApiKeyHandler.IdClaim) is { } key ? $"key {key}"
            : user.Identity is { IsAuthenticated: true, Name: { } name } ? $"user {name}"
            : $"address {httpContext.Connection.RemoteIpAddress}";
        return RateLimitPartition.Get(who, _ => new Bucket(options.RequestsPerMinute, time));
    }

    /// <summary>A token bucket on our clock; holds a minute's worth. Thread-safe.</summary>
    private sealed class Bucket(int perMinute, TimeProvider time) : RateLimiter
    {
        private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

        private readonly Lock _lock = new();
        private double _tokens = perMinute;
        private long _at = time.GetTimestamp();

        // The framework drops a limiter that says how long it has rested.
        public override TimeSpan? IdleDuration
        {
            get
            {
                lock (_lock)
                    return time.GetElapsedTime(_at) is { } idle && idle > Minute ? idle : null;
            }
        }

        public override RateLimiterStatistics? GetStatistics() => null;

        protected override RateLimitLease AttemptAcquireCore(int permitCount)
        {
            lock (_lock)
            {
                long now = time.GetTimestamp();
                _tokens = Math.Min(perMinute, _tokens + perMinute * (time.GetElapsedTime(_at, now) / Minute));
                _at = now;
                if (_tokens < permitCount)
                    return new Lease((permitCount - _tokens) / perMinute * Minute);
                _tokens -= permitCount;
                return new Lease(null);
            }
        }

        protected override ValueTask<RateLimitLease> AcquireAsyncCore(int permitCount, CancellationToken cancellationToken) => ValueTask.FromResult(AttemptAcquireCore(permitCount));
    }

    private sealed class Lease(TimeSpan? retryAfter) : RateLimitLease
    {
        public override bool IsAcquired => retryAfter is null;

        public override IEnumerable<string> MetadataNames => [MetadataName.RetryAfter.Name];

        public override bool TryGetMetadata(string metadataName, out object? metadata)
        {
            metadata = metadataName == MetadataName.RetryAfter.Name ? retryAfter : null;
            return metadata is not null;
        }
    }
}
