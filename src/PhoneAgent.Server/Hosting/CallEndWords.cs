using System.Text;
using PhoneAgent.Conversation.Calls;

namespace PhoneAgent.Server.Hosting;

internal static class CallEndWords
{
    /// <summary>How a call ended or failed, for people: "hung up by the caller", "not found by the network (404 Not Found)".</summary>
    public static string ToWords(this CallEnd end)
    {
        string cause = LowerCase(end.Cause.ToString());
        string by = LowerCase(end.By.ToString());
        string detail = string.Join(' ', new[] { end.StatusCode?.ToString(System.Globalization.CultureInfo.InvariantCulture), end.Reason }.Where(part => !string.IsNullOrEmpty(part)));
        return $"{cause} by the {by}{(detail.Length == 0 ? "" : $" ({detail})")}";
    }

    // MediaTimeout → media timeout
    private static string LowerCase(string name)
    {
        var words = new StringBuilder();
        foreach (char letter in name)
        {
            if (char.IsUpper(letter) && words.Length > 0)
                words.Append(' ');
            words.Append(char.ToLowerInvariant(letter));
        }
        return words.ToString();
    }
}
