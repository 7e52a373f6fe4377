using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace PhoneAgent.Telephony.Sip.Messages;

/// <summary>The value of From, To, Contact, Route, Record-Route, Refer-To …: name-addr or addr-spec, and parameters. Immutable.</summary>
public sealed record SipNameAddress(SipUri Uri)
{
    private static readonly SearchValues<char> s_notInDisplayName = SearchValues.Create("\",;:<>@\\");

    /// <summary>Unquoted; null when there is none.</summary>
    public string? DisplayName { get; init; }
    public SipParameters Parameters { get; init; } = SipParameters.Empty;

    public string? Tag => Parameters.Get("tag");

    /// <summary>The expires parameter of a Contact, in seconds; null when absent or unreadable. Larger values than 2^32-1 saturate.</summary>
    public uint? Expires => Parameters.Get("expires") is { } text ? SipSeconds.Parse(text) : null;

    public SipNameAddress WithTag(string tag) => this with { Parameters = Parameters.With("tag", tag) };

    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out SipNameAddress? address)
    {
        address = null;
        text = SipText.Trim(text);
        int open = SipText.IndexOfOutsideQuotes(text, '<', skipAngles: false);
        if (open < 0)
            return false;
        return open < text.Length ? TryParseNameAddr(text, open, out address) : TryParseAddrSpec(text, out address);
    }

    public override string ToString()
    {
        var text = new StringBuilder(96);
        if (DisplayName is { } name)
            text.Append(SipText.Quote(name)).Append(' ');
        text.Append('<').Append(Uri).Append('>');
        Parameters.AppendTo(text);
        return text.ToString();
    }

    private static bool TryParseNameAddr(ReadOnlySpan<char> text, int open, [NotNullWhen(true)] out SipNameAddress? address)
    {
        address = null;
        ReadOnlySpan<char> display = SipText.Trim(text[..open]);
        int close = text[open..].IndexOf('>');
        if (close < 0 || !IsDisplayName(display)
            || !SipUri.TryParse(text.Slice(open + 1, close - 1), out SipUri? uri)
            || !SipParameters.TryParse(text[(open + close + 1)..], out SipParameters? parameters))
            return false;
        address = new SipNameAddress(uri)
        {
            DisplayName = display.IsEmpty ? null : SipText.Unquote(display),
            Parameters = parameters,
        };
        return true;
    }

    /// <summary>Without brackets, parameters belong to the header, and the URI may hold no comma, semicolon or '?' (§20.10).</summary>
    private static bool TryParseAddrSpec(ReadOnlySpan<char> text, [NotNullWhen(true)] out SipNameAddress? address)
    {
        address = null;
        int semicolon = text.IndexOf(';');
        if (semicolon < 0)
            semicolon = text.Length;
        ReadOnlySpan<char> spec = SipText.Trim(text[..semicolon]);
        if (spec.ContainsAny('?', ',') || !SipUri.TryParse(spec, out SipUri? uri)
            || !SipParameters.TryParse(text[semicolon..], out SipParameters? parameters))
            return false;
        address = new SipNameAddress(uri) { Parameters = parameters };
        return true;
    }

    /// <summary>A quoted string, or tokens. Peers leave out the quotes around other harmless characters, so those pass.</summary>
    private static bool IsDisplayName(ReadOnlySpan<char> text) =>
        text.StartsWith("\"") ? SipText.IsQuotedString(text) : !text.ContainsAny(s_notInDisplayName);
}
