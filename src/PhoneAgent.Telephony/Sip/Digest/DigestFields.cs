using System.Diagnostics.CodeAnalysis;
using PhoneAgent.Telephony.Sip.Messages;

namespace PhoneAgent.Telephony.Sip.Digest;

/// <summary>The fields of a WWW-Authenticate, Authorization, … header with the scheme Digest. Never throws on input.</summary>
public sealed class DigestFields
{
    private const int MaxFields = 32;
    private readonly Dictionary<string, string> _fields = new(StringComparer.OrdinalIgnoreCase);

    private DigestFields() { }

    public string Realm => Get("realm") ?? "";
    public string Nonce => Get("nonce") ?? "";
    public bool IsStale => string.Equals(Get("stale"), "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>Without quotes; null when absent.</summary>
    public string? Get(string name) => _fields.GetValueOrDefault(name);

    /// <summary>A challenge offers this quality of protection among others.</summary>
    public bool OffersQop(string qop)
    {
        foreach (string offered in (Get("qop") ?? "").Split(',', StringSplitOptions.TrimEntries))
            if (string.Equals(offered, qop, StringComparison.OrdinalIgnoreCase))
                return true;
        return false;
    }

    public static bool TryParse(string? header, [NotNullWhen(true)] out DigestFields? fields)
    {
        fields = null;
        ReadOnlySpan<char> text = SipText.Trim(header);
        if (!text.StartsWith("Digest", StringComparison.OrdinalIgnoreCase) || text.Length < 8 || text[6] is not (' ' or '\t'))
            return false;
        text = text[7..];
        var read = new DigestFields();
        while (!text.IsEmpty)
        {
            int comma = SipText.IndexOfOutsideQuotes(text, ',', skipAngles: false);
            if (comma < 0 || !read.TryAdd(SipText.Trim(text[..comma])))
                return false;
            text = comma < text.Length ? text[(comma + 1)..] : [];
        }
        fields = read;
        return read.Get("realm") is not null && read.Get("nonce") is not null;
    }

    private bool TryAdd(ReadOnlySpan<char> field)
    {
        if (field.IsEmpty)
            return true;
        int equals = field.IndexOf('=');
        if (equals <= 0 || _fields.Count == MaxFields)
            return false;
        ReadOnlySpan<char> name = SipText.Trim(field[..equals]);
        // Twice the same field is ambiguous, hence refused.
        return SipText.IsToken(name) && _fields.TryAdd(name.ToString(), SipText.Unquote(SipText.Trim(field[(equals + 1)..])));
    }
}
