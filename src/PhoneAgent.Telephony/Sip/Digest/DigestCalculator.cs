using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace PhoneAgent.Telephony.Sip.Digest;

/// <summary>What goes into a response value besides user and password.</summary>
/// <param name="Qop">"auth", or null for the form of RFC 2069.</param>
/// <param name="NonceCount">Eight hex digits, as sent.</param>
public sealed record DigestInput(
    DigestAlgorithm Algorithm, string Realm, string Nonce, string Method, string Uri,
    string? Qop = null, string NonceCount = "", string ClientNonce = "");

/// <summary>request-digest of RFC 7616 §3.4 for qop auth and none.</summary>
public static class DigestCalculator
{
    public static string Compute(DigestInput input, string user, string password)
    {
        string a1 = Hash(input.Algorithm, $"{user}:{input.Realm}:{password}");
        if (input.Algorithm.IsSession())
            a1 = Hash(input.Algorithm, $"{a1}:{input.Nonce}:{input.ClientNonce}");
        string a2 = Hash(input.Algorithm, $"{input.Method}:{input.Uri}");
        return Hash(input.Algorithm, input.Qop is null
            ? $"{a1}:{input.Nonce}:{a2}"
            : $"{a1}:{input.Nonce}:{input.NonceCount}:{input.ClientNonce}:{input.Qop}:{a2}");
    }

    [SuppressMessage("Security", "CA5351", Justification = "RFC 3261 §22 makes MD5 the least that every SIP element speaks; SHA-256 is preferred.")]
    private static string Hash(DigestAlgorithm algorithm, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        return Convert.ToHexStringLower(algorithm is DigestAlgorithm.Md5 or DigestAlgorithm.Md5Session
            ? MD5.HashData(bytes)
            : SHA256.HashData(bytes));
    }
}
