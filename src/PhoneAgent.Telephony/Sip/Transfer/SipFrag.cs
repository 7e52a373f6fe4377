using System.Globalization;
using System.Text;

namespace PhoneAgent.Telephony.Sip.Transfer;

/// <summary>The status line in a <c>message/sipfrag</c> body (RFC 3420), which tells how a transfer is doing (RFC 3515 §2.4.5).</summary>
internal readonly record struct SipFrag(int StatusCode, string Reason)
{
    internal const string ContentType = "message/sipfrag";

    private const int LongestLine = 256;

    internal bool IsFinal => StatusCode >= 200;

    internal bool IsSuccess => StatusCode is >= 200 and < 300;

    internal static bool TryParse(ReadOnlySpan<byte> body, out SipFrag frag)
    {
        frag = default;
        var end = body.IndexOfAny((byte)'\r', (byte)'\n');
        var line = end < 0 ? body : body[..end];
        if (line.Length is < 11 or > LongestLine || !Ascii.EqualsIgnoreCase(line[..8], "SIP/2.0 "u8))
            return false;
        if (!int.TryParse(line.Slice(8, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var status) || status is < 100 or > 699)
            return false;
        if (line.Length > 11 && line[11] != (byte)' ')
            return false;
        frag = new SipFrag(status, Encoding.UTF8.GetString(line[11..]).Trim());
        return true;
    }

    internal byte[] ToBytes() => Encoding.UTF8.GetBytes($"SIP/2.0 {StatusCode} {Reason}\r\n");
}
