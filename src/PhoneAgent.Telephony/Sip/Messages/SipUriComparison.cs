namespace PhoneAgent.Telephony.Sip.Messages;

/// <summary>RFC 3261 §19.1.4. A port that is left out differs from 5060 written out; unknown parameters on one side are ignored.</summary>
internal static class SipUriComparison
{
    // "A user, ttl, or method uri-parameter appearing in only one URI never matches"; the same holds for maddr.
    private static readonly string[] s_decisive = ["user", "ttl", "method", "maddr"];

    public static bool AreEqual(SipUri a, SipUri b)
    {
        if (ReferenceEquals(a, b))
            return true;
        if (a.Scheme != b.Scheme)
            return false;
        if (!a.IsSip || !b.IsSip)
            return a.IsSip == b.IsSip && string.Equals(NormaliseOpaque(a), NormaliseOpaque(b), StringComparison.Ordinal);
        return SameEscaped(a.User, b.User, StringComparison.Ordinal)
            && SameEscaped(a.Password, b.Password, StringComparison.Ordinal)
            && string.Equals(a.Host, b.Host, StringComparison.OrdinalIgnoreCase)
            && a.Port == b.Port
            && SameParameters(a.Parameters, b.Parameters)
            && SameHeaders(a, b);
    }

    /// <summary>Only over what must be equal.</summary>
    public static int GetHashCode(SipUri uri) => uri.IsSip
        ? HashCode.Combine(uri.Scheme, uri.User is null ? null : SipUriText.Normalise(uri.User),
            StringComparer.OrdinalIgnoreCase.GetHashCode(uri.Host), uri.Port)
        : HashCode.Combine(uri.Scheme, NormaliseOpaque(uri));

    private static bool SameParameters(SipParameters a, SipParameters b)
    {
        foreach (string name in s_decisive)
            if (a.Contains(name) != b.Contains(name))
                return false;
        foreach (SipParameter mine in a)
            foreach (SipParameter theirs in b)
                if (SameEscaped(mine.Name, theirs.Name, StringComparison.OrdinalIgnoreCase)
                    && !SameEscaped(mine.Value, theirs.Value, StringComparison.OrdinalIgnoreCase))
                    return false;
        return true;
    }

    private static bool SameHeaders(SipUri a, SipUri b)
    {
        if (a.HeadersText is null && b.HeadersText is null)
            return true;
        List<SipHeader> left = [.. a.EmbeddedHeaders], right = [.. b.EmbeddedHeaders];
        return left.Count == right.Count && left.TrueForAll(mine => right.Exists(theirs =>
            string.Equals(mine.Name, theirs.Name, StringComparison.OrdinalIgnoreCase)
            && string.Equals(mine.Value, theirs.Value, StringComparison.Ordinal)));
    }

    private static bool SameEscaped(string? a, string? b, StringComparison comparison) =>
        a is null || b is null ? ReferenceEquals(a, b)
            : string.Equals(SipUriText.Normalise(a), SipUriText.Normalise(b), comparison);

    /// <summary>Visual separators of a tel number carry no meaning (RFC 3966 §4).</summary>
    private static string NormaliseOpaque(SipUri uri) => uri.IsTel
        ? string.Concat(uri.Opaque!.Where(c => c is not ('-' or '.' or '(' or ')'))).ToLowerInvariant()
        : uri.Opaque!;
}
