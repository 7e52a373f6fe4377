using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace PhoneAgent.Server.Webhooks;

/// <summary>
/// Says that a post comes from us and when: <c>v1=</c> and the hex HMAC-SHA256, under the shared secret, of the Unix time in
/// seconds, a point and the body. The time is signed too, so that a receiver can refuse what is old.
/// </summary>
internal static class WebhookSignature
{
    public const string SignatureHeader = "X-PhoneAgent-Signature";
    public const string TimestampHeader = "X-PhoneAgent-Timestamp";

    public static (string Timestamp, string Signature) Of(ReadOnlySpan<byte> body, string secret, DateTimeOffset now)
    {
        string timestamp = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret));
        hmac.AppendData(Encoding.ASCII.GetBytes(timestamp));
        hmac.AppendData("."u8);
        hmac.AppendData(body);
        return (timestamp, $"v1={Convert.ToHexStringLower(hmac.GetHashAndReset())}");
    }
}
