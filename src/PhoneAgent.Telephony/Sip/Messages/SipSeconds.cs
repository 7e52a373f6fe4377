namespace PhoneAgent.Telephony.Sip.Messages;

/// <summary>delta-seconds (RFC 3261 §20.19, §25.1).</summary>
internal static class SipSeconds
{
    /// <summary>The number; 2^32-1 for a larger one; null when it is no number.</summary>
    public static uint? Parse(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || text.ContainsAnyExceptInRange('0', '9'))
            return null;
        return SipText.TryParseUInt32(text, out uint value) ? value : uint.MaxValue;
    }
}
