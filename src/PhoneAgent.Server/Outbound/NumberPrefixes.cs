using PhoneAgent.Server.Options;

namespace PhoneAgent.Server.Outbound;

/// <summary>Which numbers may be called. Immutable; thread-safe.</summary>
internal sealed class NumberPrefixes
{
    private readonly string _international;
    private readonly (string Prefix, bool IsAllowed)[] _longestFirst;

    public NumberPrefixes(OutboundOptions options)
    {
        _international = options.InternationalPrefix;
        // Of two that are the same, the one that blocks.
        _longestFirst = [.. options.AllowedPrefixes.Select(p => (Normalize(p), true)).Concat(options.BlockedPrefixes.Select(p => (Normalize(p), false)))
            .OrderByDescending(p => p.Item1.Length).ThenBy(p => p.Item2)];
    }

    /// <param name="number">As <see cref="Normalize"/> writes it.</param>
    public bool Allow(string number)
    {
        foreach ((string prefix, bool isAllowed) in _longestFirst)
            if (number.StartsWith(prefix, StringComparison.Ordinal))
                return isAllowed;
        return false;
    }

    /// <summary>
    /// One writing for one number: without visual separators (RFC 3966 §5.1.1) and parameters, and with a plus in place of the
    /// international prefix, so that "0" for calls at home does not allow "00" and the whole world.
    /// </summary>
    public string Normalize(string user)
    {
        int end = user.IndexOf(';', StringComparison.Ordinal);
        string plain = string.Concat((end < 0 ? user : user[..end]).Where(c => c is not ('-' or '.' or '(' or ')' or '/') && !char.IsWhiteSpace(c) && !char.IsControl(c)));
        return plain.StartsWith(_international, StringComparison.Ordinal) ? $"+{plain[_international.Length..]}" : plain;
    }

    /// <summary>Digits as a telephone has them, in place of a name.</summary>
    public static bool IsNumber(string user) => user.Any(char.IsAsciiDigit) && user.All(c => char.IsAsciiDigit(c) || c is '+' or '*' or '#');
}
