using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace PhoneAgent.Telephony.Sip.Messages;

/// <summary>CSeq (RFC 3261 §20.16): below 2^31 in what we send, up to 2^32-1 in what we take.</summary>
public sealed record SipCSeq(uint Sequence, string Method)
{
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out SipCSeq? cseq)
    {
        cseq = null;
        text = SipText.Trim(text);
        int space = text.IndexOfAny(' ', '\t');
        if (space < 0)
            return false;
        ReadOnlySpan<char> method = SipText.Trim(text[space..]);
        if (!SipText.TryParseUInt32(text[..space], out uint sequence) || !SipText.IsToken(method))
            return false;
        cseq = new SipCSeq(sequence, SipMethods.Intern(method));
        return true;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Sequence} {Method}");
}

/// <summary>RAck of a PRACK (RFC 3262 §7.2).</summary>
public sealed record SipRAck(uint RSeq, uint CSeq, string Method)
{
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out SipRAck? rack)
    {
        rack = null;
        text = SipText.Trim(text);
        int space = text.IndexOfAny(' ', '\t');
        if (space < 0 || !SipText.TryParseUInt32(text[..space], out uint rseq) || !SipCSeq.TryParse(text[space..], out SipCSeq? cseq))
            return false;
        rack = new SipRAck(rseq, cseq.Sequence, cseq.Method);
        return true;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{RSeq} {CSeq} {Method}");
}
