using System.Security.Cryptography;

namespace PhoneAgent.Telephony.Sip.Messages;

/// <summary>Identifiers that nobody can guess (RFC 3261 §19.3, §8.1.1.4, §8.1.1.7).</summary>
public static class SipIds
{
    public static string NewTag() => RandomNumberGenerator.GetHexString(12, lowercase: true);
    public static string NewCallId() => RandomNumberGenerator.GetHexString(24, lowercase: true);
    public static string NewBranch() => SipVia.MagicCookie + RandomNumberGenerator.GetHexString(20, lowercase: true);
}
