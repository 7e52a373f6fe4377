namespace PhoneAgent.Server.Outbound;

/// <summary>The calls of the last hour, in all and by number. Not thread-safe.</summary>
internal sealed class RecentCalls(TimeProvider time)
{
    public static readonly TimeSpan Window = TimeSpan.FromHours(1);

    private readonly Queue<(long At, string Target)> _calls = [];
    private readonly Dictionary<string, int> _byTarget = new(StringComparer.OrdinalIgnoreCase);

    public int Count
    {
        get
        {
            Forget();
            return _calls.Count;
        }
    }

    public int CountOf(string target)
    {
        Forget();
        return _byTarget.GetValueOrDefault(target);
    }

    public void Add(string target)
    {
        Forget();
        _calls.Enqueue((time.GetTimestamp(), target));
        _byTarget[target] = _byTarget.GetValueOrDefault(target) + 1;
    }

    /// <summary>Until the oldest call is forgotten; with a target, the oldest to it. There must be one.</summary>
    public TimeSpan UntilOneLess(string? target = null)
    {
        long oldest = target is null ? _calls.Peek().At : _calls.First(call => string.Equals(call.Target, target, StringComparison.OrdinalIgnoreCase)).At;
        TimeSpan left = Window - time.GetElapsedTime(oldest);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private void Forget()
    {
        while (_calls.TryPeek(out (long At, string Target) first) && time.GetElapsedTime(first.At) >= Window)
        {
            _calls.Dequeue();
            if (--_byTarget[first.Target] == 0)
                _byTarget.Remove(first.Target);
        }
    }
}
