using System.Buffers.Binary;
using System.Security.Cryptography;

namespace PhoneAgent.Telephony.Sip.Digest;

internal enum NonceState
{
    /// <summary>Not one of ours.</summary>
    Forged,
    /// <summary>Ours, but too old, or its count does not rise: the client gets a new one.</summary>
    Stale,
    Fresh,
}

/// <summary>
/// Nonces that carry their age and our signature, so that handing them out costs no memory; only nonces that were used with a
/// right password are remembered, for the replay check, and only so many. Not thread-safe.
/// </summary>
internal sealed class DigestNonces(TimeProvider timeProvider, TimeSpan lifetime, int capacity)
{
    private const int TimeBytes = 8, SaltBytes = 8, MacBytes = 16;
    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(32);
    private readonly Dictionary<string, uint> _lastCounts = [];
    private readonly Queue<(string Nonce, long Issued)> _order = new();
    // Nonces issued up to here may have been forgotten, so they are stale: forgetting must not reopen them to replay.
    private long _forgottenUntil;

    public int Count => _lastCounts.Count;

    public string Create()
    {
        Span<byte> nonce = stackalloc byte[TimeBytes + SaltBytes + MacBytes];
        BinaryPrimitives.WriteInt64BigEndian(nonce, timeProvider.GetUtcNow().UtcTicks);
        RandomNumberGenerator.Fill(nonce.Slice(TimeBytes, SaltBytes));
        Sign(nonce[..(TimeBytes + SaltBytes)], nonce[(TimeBytes + SaltBytes)..]);
        return Convert.ToHexStringLower(nonce);
    }

    public NonceState Look(string nonce, uint count)
    {
        if (!TryReadIssued(nonce, out long issued))
            return NonceState.Forged;
        long now = timeProvider.GetUtcNow().UtcTicks;
        if (issued <= _forgottenUntil || now - issued > lifetime.Ticks || issued > now)
            return NonceState.Stale;
        return _lastCounts.TryGetValue(nonce, out uint last) && count <= last ? NonceState.Stale : NonceState.Fresh;
    }

    /// <summary>From now on only higher counts pass. Called once the password is known to be right.</summary>
    public void Use(string nonce, uint count)
    {
        if (!TryReadIssued(nonce, out long issued))
            return;
        if (_lastCounts.TryAdd(nonce, count))
            _order.Enqueue((nonce, issued));
        else
            _lastCounts[nonce] = count;
        long oldest = timeProvider.GetUtcNow().UtcTicks - lifetime.Ticks;
        while (_order.TryPeek(out (string Nonce, long Issued) first) && (first.Issued < oldest || _order.Count > capacity))
        {
            _order.Dequeue();
            _lastCounts.Remove(first.Nonce);
            _forgottenUntil = Math.Max(_forgottenUntil, first.Issued);
        }
    }

    private bool TryReadIssued(string nonce, out long issued)
    {
        issued = 0;
        const int length = TimeBytes + SaltBytes + MacBytes;
        Span<byte> bytes = stackalloc byte[length];
        // In lower case only: one nonce has one spelling, or the replay check could be fooled.
        if (nonce.Length != length * 2 || nonce.AsSpan().ContainsAnyInRange('A', 'F')
            || Convert.FromHexString(nonce, bytes, out _, out _) != System.Buffers.OperationStatus.Done)
            return false;
        Span<byte> mac = stackalloc byte[MacBytes];
        Sign(bytes[..(TimeBytes + SaltBytes)], mac);
        if (!CryptographicOperations.FixedTimeEquals(mac, bytes[(TimeBytes + SaltBytes)..]))
            return false;
        issued = BinaryPrimitives.ReadInt64BigEndian(bytes);
        return true;
    }

    private void Sign(ReadOnlySpan<byte> data, Span<byte> mac)
    {
        Span<byte> full = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_secret, data, full);
        full[..mac.Length].CopyTo(mac);
    }
}
