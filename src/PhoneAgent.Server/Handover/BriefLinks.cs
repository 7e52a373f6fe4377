using System.Buffers.Text;
using System.Security.Cryptography;
using PhoneAgent.Conversation.Transfer.Brief;

namespace PhoneAgent.Server.Handover;

/// <summary>
/// Briefs that can be read for a while at an address nobody can guess. Only digests of the addresses are kept. Thread-safe.
/// </summary>
internal sealed class BriefLinks(TimeSpan lifetime, TimeProvider time)
{
    private const int TokenBytes = 32;
    private const int MostBriefs = 5_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (HandoverBrief Brief, DateTimeOffset Until)> _briefs = new(StringComparer.Ordinal);
    private readonly Queue<string> _oldestFirst = new();

    /// <returns>The last part of the address.</returns>
    public string Add(HandoverBrief brief)
    {
        string token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(TokenBytes));
        string key = DigestOf(token);
        DateTimeOffset now = time.GetUtcNow();
        lock (_gate)
        {
            // All live equally long, so the oldest goes first; of very many even before its time.
            while (_oldestFirst.TryPeek(out string? oldest) && (_briefs[oldest].Until <= now || _briefs.Count >= MostBriefs))
            {
                _oldestFirst.Dequeue();
                _briefs.Remove(oldest);
            }
            _briefs[key] = (brief, now + lifetime);
            _oldestFirst.Enqueue(key);
        }
        return token;
    }

    /// <summary>Null when there is none, or not any more.</summary>
    public HandoverBrief? Find(string token)
    {
        if (token.Length != Base64Url.GetEncodedLength(TokenBytes))
            return null;
        string key = DigestOf(token);
        lock (_gate)
            return _briefs.TryGetValue(key, out var found) && found.Until > time.GetUtcNow() ? found.Brief : null;
    }

    /// <summary>Removes those that fit: their addresses lead nowhere from now on.</summary>
    public void Forget(Func<HandoverBrief, bool> fits)
    {
        lock (_gate)
        {
            List<string> kept = [.. _oldestFirst.Where(key => !fits(_briefs[key].Brief))];
            foreach (string key in _oldestFirst.Except(kept))
                _briefs.Remove(key);
            _oldestFirst.Clear();
            kept.ForEach(_oldestFirst.Enqueue);
        }
    }

    private static string DigestOf(string token) => Convert.ToHexString(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(token)));
}
