using PhoneAgent.Telephony.Sip.UserAgent;

namespace PhoneAgent.Telephony.Sip;

/// <summary>Whom a target means, found in the way in which the line finds it when it calls.</summary>
/// <param name="User">User part or number, decoded; empty where there is none.</param>
/// <param name="Host">The host that the request goes to: maddr goes over the URI's own (RFC 3263 §4).</param>
/// <param name="IsAtAccount">An account's domain: the account pays.</param>
public sealed record SipTarget(string User, string Host, bool IsAtAccount)
{
    /// <summary>Null when the target is neither a SIP URI nor a number that an account completes.</summary>
    public static SipTarget? Of(SipOptions options, string target)
    {
        if (new CallTargets(options).Find(target) is not { } found)
            return null;
        string host = found.Uri.Parameters.Get("maddr") is { Length: > 0 } maddr ? maddr : found.Uri.Host;
        return new SipTarget(found.Uri.DecodedUser ?? "", host, found.Account is not null);
    }
}
