using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace PhoneAgent.Telephony.Sip.Messages;

/// <summary>
/// A value with parameters: Content-Type, Event, Subscription-State, Session-Expires, Retry-After, Replaces, Reason …
/// Immutable.
/// </summary>
/// <param name="Value">What stands before the first semicolon, without a trailing comment.</param>
public sealed record SipValue(string Value)
{
    public SipParameters Parameters { get; init; } = SipParameters.Empty;

    /// <summary>The value as seconds; null when it is no number; saturates at 2^32-1.</summary>
    public uint? Seconds => SipSeconds.Parse(Value);

    public bool Is(string value) => string.Equals(Value, value, StringComparison.OrdinalIgnoreCase);

    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out SipValue? value)
    {
        value = null;
        int semicolon = SipText.IndexOfOutsideQuotes(text, ';', skipAngles: false);
        if (semicolon < 0)
            return false;
        ReadOnlySpan<char> head = text[..semicolon];
        int comment = head.IndexOf('(');
        if (comment >= 0)
            head = head[..comment];
        head = SipText.Trim(head);
        if (head.IsEmpty || !SipParameters.TryParse(text[semicolon..], out SipParameters? parameters))
            return false;
        value = new SipValue(head.ToString()) { Parameters = parameters };
        return true;
    }

    public override string ToString()
    {
        var text = new StringBuilder(Value);
        Parameters.AppendTo(text);
        return text.ToString();
    }
}
