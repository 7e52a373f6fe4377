using System.Text;
using System.Text.Json;
using PhoneAgent.Server.Storage.Calls;

namespace PhoneAgent.Server.Storage.Retention;

/// <summary>Whether a text in JSON names a party.</summary>
internal static class PartyText
{
    // Where what this program writes has somebody's number or name; elsewhere the same letters mean something else.
    private static readonly string[] Members = ["party", "target", "number"];

    public static bool IsIn(string json, string normal) => IsIn(Encoding.UTF8.GetBytes(json), normal);

    /// <param name="json">What is no JSON names nobody.</param>
    /// <param name="normal">As <see cref="PartyNumber.Normal"/> gives it.</param>
    public static bool IsIn(byte[]? json, string normal)
    {
        if (json is not { Length: > 0 })
            return false;
        var reader = new Utf8JsonReader(json);
        bool isNext = false;
        try
        {
            while (reader.Read())
            {
                if (isNext && reader.TokenType == JsonTokenType.String && Names(reader.GetString()!, normal))
                    return true;
                isNext = reader.TokenType == JsonTokenType.PropertyName && Members.Contains(reader.GetString(), StringComparer.Ordinal);
            }
            return false;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    // A call of ours goes to sip:+4930123456@provider.example as well as to +49 30 123456.
    private static bool Names(string text, string normal) => PartyNumber.Normal(text) == normal || PartyNumber.Normal(UserOf(text)) == normal;

    private static string UserOf(string address)
    {
        int from = address.IndexOf(':', StringComparison.Ordinal) + 1, to = address.IndexOf('@', from);
        return to < 0 ? address[from..] : address[from..to];
    }
}
