using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace PhoneAgent.Server.BrowserVoice;

/// <summary>Secrets of 128 bits that open something once. Bounded: where too many wait, the oldest is void. Thread-safe.</summary>
/// <param name="lifetime"><see cref="Timeout.InfiniteTimeSpan"/>: until used or revoked.</param>
internal sealed class OneTimeTokens<T>(TimeProvider time, TimeSpan lifetime, int capacity)
{
    private const int Bytes = 16;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly LinkedList<string> _order = new();

    public int Count
    {
        get
        {
            lock (_gate)
                return _entries.Count;
        }
    }

    public string Issue(T opens)
    {
        string token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Bytes));
        lock (_gate)
        {
            DropExpired_NeedsLock();
            if (_entries.Count == capacity)
                Remove_NeedsLock(_order.First!.Value);
            _entries[token] = new Entry(opens, time.GetTimestamp(), _order.AddLast(token));
        }
        return token;
    }

    /// <summary>True once per token, and only within its lifetime.</summary>
    public bool TryRedeem(string? token, [MaybeNullWhen(false)] out T opens)
    {
        opens = default;
        if (token is null)
            return false;
        lock (_gate)
        {
            DropExpired_NeedsLock();
            if (!_entries.TryGetValue(token, out Entry? entry))
                return false;
            opens = entry.Opens;
            Remove_NeedsLock(token);
            return true;
        }
    }

    public void Revoke(string? token)
    {
        lock (_gate)
            if (token is not null && _entries.ContainsKey(token))
                Remove_NeedsLock(token);
    }

    private void DropExpired_NeedsLock()
    {
        if (lifetime == Timeout.InfiniteTimeSpan)
            return;
        // All live equally long, so the oldest are first.
        while (_order.First is { } oldest && time.GetElapsedTime(_entries[oldest.Value].At) > lifetime)
            Remove_NeedsLock(oldest.Value);
    }

    private void Remove_NeedsLock(string token)
    {
        _entries.Remove(token, out Entry? entry);
        _order.Remove(entry!.Node);
    }

    private sealed record Entry(T Opens, long At, LinkedListNode<string> Node);
}
