using System.Globalization;
using System.Text;

namespace PhoneAgent.Telephony.Sip.UserAgent;

/// <summary>Keys in the body of a SIP INFO: <c>application/dtmf-relay</c> (Signal=, Duration=) and <c>application/dtmf</c> (the key alone).</summary>
internal static class InfoDtmf
{
    internal const string RelayType = "application/dtmf-relay";
    internal const string PlainType = "application/dtmf";

    private const int MaxBody = 512;
    private static readonly TimeSpan UsualDuration = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestDuration = TimeSpan.FromSeconds(10);

    internal static bool IsDtmf(ReadOnlySpan<char> contentType) =>
        contentType.Equals(RelayType, StringComparison.OrdinalIgnoreCase) || contentType.Equals(PlainType, StringComparison.OrdinalIgnoreCase);

    internal static bool TryParse(ReadOnlySpan<byte> body, out char digit, out TimeSpan duration)
    {
        digit = default;
        duration = UsualDuration;
        if (body.IsEmpty || body.Length > MaxBody)
            return false;
        Span<char> chars = stackalloc char[MaxBody];
        if (!Ascii.IsValid(body))
            return false;
        var text = chars[..Encoding.ASCII.GetChars(body, chars)];

        var found = false;
        foreach (var range in ((ReadOnlySpan<char>)text).SplitAny('\r', '\n'))
        {
            var line = ((ReadOnlySpan<char>)text)[range].Trim();
            if (line.IsEmpty)
                continue;
            var equals = line.IndexOf('=');
            if (equals < 0)
                found |= TryReadKey(line, ref digit);
            else if (line[..equals].Trim().Equals("Signal", StringComparison.OrdinalIgnoreCase))
                found |= TryReadKey(line[(equals + 1)..].Trim(), ref digit);
            else if (line[..equals].Trim().Equals("Duration", StringComparison.OrdinalIgnoreCase)
                && int.TryParse(line[(equals + 1)..].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds))
                duration = TimeSpan.FromMilliseconds(milliseconds);
        }
        if (duration <= TimeSpan.Zero || duration > LongestDuration)
            duration = UsualDuration;
        return found;
    }

    /// <summary>A key by its character, or by its RFC 4733 event number (10 is *, 11 is #), as some gateways send it.</summary>
    private static bool TryReadKey(ReadOnlySpan<char> text, ref char digit)
    {
        if (text.Length == 1 && "0123456789*#ABCD".Contains(char.ToUpperInvariant(text[0]), StringComparison.Ordinal))
            digit = char.ToUpperInvariant(text[0]);
        else if (text is ['1', >= '0' and <= '5'])
            digit = "*#ABCD"[text[1] - '0'];
        else
            return false;
        return true;
    }
}
