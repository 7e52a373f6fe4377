namespace PhoneAgent.Server.Http.Security;

/// <summary>
/// Slows down who guesses passwords: after some failures a name, and the address they came from, must wait, each time twice as
/// long. Where a user has logged in before he waits only for failures from there: strangers cannot keep him out (OWASP
/// Authentication Cheat Sheet, account lockout). What is remembered is bounded. Thread-safe.
/// </summary>
internal sealed class LoginGuard(TimeProvider time)
{
    /// <summary>Failures that are free for a name.</summary>
    public const int FreeForName = 5;

    /// <summary>… and for an address, behind which there may be many people.</summary>
    public const int FreeForAddress = 20;

    public static readonly TimeSpan FirstWait = TimeSpan.FromMinutes(1);
    public static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan ForgetAfter = TimeSpan.FromHours(1);
    private const int MaxRemembered = 10_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Failures> _failures = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _known = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>How long nobody may try this name from this address; zero when now is fine.</summary>
    public TimeSpan WaitFor(string name, string address)
    {
        DateTimeOffset now = time.GetUtcNow();
        lock (_lock)
        {
            DateTimeOffset until = Max(Until(KeyOf_NeedsLock(name, address)), Until($"from {address}"));
            return until > now ? until - now : TimeSpan.Zero;
        }
    }

    public void OnFailure(string name, string address)
    {
        lock (_lock)
        {
            Count_NeedsLock(KeyOf_NeedsLock(name, address), FreeForName);
            Count_NeedsLock($"from {address}", FreeForAddress);
        }
    }

    /// <summary>The name begins anew. The address does not: a guesser may have an account of his own.</summary>
    public void OnSuccess(string name, string address)
    {
        lock (_lock)
        {
            _failures.Remove(KeyOf_NeedsLock(name, address));
            if (_known.Count >= MaxRemembered)
                _known.Clear();
            _known.Add($"{name} at {address}");
        }
    }

    private string KeyOf_NeedsLock(string name, string address) => _known.Contains($"{name} at {address}") ? $"known {name} at {address}" : $"name {name}";

    private DateTimeOffset Until(string key) => _failures.TryGetValue(key, out Failures? failures) ? failures.LockedUntil : DateTimeOffset.MinValue;

    private void Count_NeedsLock(string key, int free)
    {
        DateTimeOffset now = time.GetUtcNow();
        if (_failures.Count >= MaxRemembered)
            Forget_NeedsLock(now);
        int count = _failures.TryGetValue(key, out Failures? before) && now - before.Last < ForgetAfter ? before.Count + 1 : 1;
        DateTimeOffset until = count < free ? DateTimeOffset.MinValue : now + Min(FirstWait * Math.Pow(2, Math.Min(count - free, 10)), LongestWait);
        _failures[key] = new Failures(count, now, until);
    }

    private void Forget_NeedsLock(DateTimeOffset now)
    {
        foreach (string old in _failures.Where(f => now - f.Value.Last >= ForgetAfter).Select(f => f.Key).ToList())
            _failures.Remove(old);
        // Made-up names in masses: the oldest go.
        foreach (string old in _failures.OrderBy(f => f.Value.Last).Take(Math.Max(0, _failures.Count - MaxRemembered / 2)).Select(f => f.Key).ToList())
            _failures.Remove(old);
    }

    private static DateTimeOffset Max(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private sealed record Failures(int Count, DateTimeOffset Last, DateTimeOffset LockedUntil);
}
