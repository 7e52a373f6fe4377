using System.Diagnostics.CodeAnalysis;
using PhoneAgent.Telephony.Sip.Messages;

namespace PhoneAgent.Telephony.Sip.UserAgent;

/// <summary>What this user agent can do, and the headers that say so.</summary>
internal static class Capabilities
{
    internal const string Reliable = "100rel";
    internal const string Timer = "timer";
    internal const string Replaces = "replaces";

    internal const string Allow = "INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, PRACK, INFO, REFER, NOTIFY";
    internal const string Supported = "100rel, timer, replaces";
    internal const string SdpType = "application/sdp";

    /// <summary>Bodies that an INVITE, UPDATE, PRACK or ACK may carry.</summary>
    internal const string Accept = "application/sdp, application/dtmf-relay, application/dtmf, message/sipfrag";

    private static readonly string[] s_options = [Reliable, Timer, Replaces];

    /// <summary>The required options that we do not know.</summary>
    internal static IReadOnlyList<string> Unknown(IReadOnlyList<string> required) =>
        [.. required.Where(option => !s_options.Contains(option, StringComparer.OrdinalIgnoreCase))];

    internal static void Describe(SipMessage message)
    {
        message.Headers.Set(SipHeaderNames.Allow, Allow);
        message.Headers.Set(SipHeaderNames.Supported, Supported);
    }

    /// <summary>The session description of a message, when it has one.</summary>
    internal static bool TryGetSdp(SipMessage message, [NotNullWhen(true)] out string? sdp)
    {
        sdp = null;
        if (message.Body.IsEmpty || message.ContentType is not { } type || !type.Is(SdpType))
            return false;
        sdp = message.BodyText;
        return true;
    }

    /// <summary>Whether the peer knows a method: what it does not list it does not know; a peer without Allow may know all of RFC 3261.</summary>
    internal static bool Allows(SipMessage message, string method) =>
        message.Allow.Contains(method, StringComparer.OrdinalIgnoreCase);
}
