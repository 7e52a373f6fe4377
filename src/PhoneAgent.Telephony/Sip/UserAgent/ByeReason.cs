using System.Globalization;
using PhoneAgent.Telephony.Sip.Messages;

namespace PhoneAgent.Telephony.Sip.UserAgent;

/// <summary>The Reason header (RFC 3326) of BYE and CANCEL.</summary>
internal static class ByeReason
{
    internal static string Format(int? statusCode, string text)
    {
        var clean = string.Concat(text.Where(c => !char.IsControl(c)).Select(c => c is '"' or '\\' ? '\'' : c).Take(200));
        return statusCode is { } status ? $"SIP;cause={status};text=\"{clean}\"" : $"SIP;text=\"{clean}\"";
    }

    /// <summary>What the peer says, for people: "Q.850 16 Normal call clearing".</summary>
    internal static (int? Status, string? Text) Read(SipMessage message)
    {
        if (message.Reason is not { } reason)
            return (null, null);
        var cause = int.TryParse(reason.Parameters.Get("cause"), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : (int?)null;
        var text = reason.Parameters.Get("text");
        return (reason.Is("SIP") ? cause : null, text ?? (cause is null ? null : $"{reason.Value} {cause}"));
    }
}
