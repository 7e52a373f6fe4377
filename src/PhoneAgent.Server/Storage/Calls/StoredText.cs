using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace PhoneAgent.Server.Storage.Calls;

/// <summary>Texts as databases take them: PostgreSQL refuses NUL, and half of a surrogate pair is no UTF-8.</summary>
internal static class StoredText
{
    [return: NotNullIfNotNull(nameof(text))]
    public static string? Clean(string? text)
    {
        if (text is null || text.AsSpan().IndexOfAnyExceptInRange('\x1', '\xd7ff') < 0)
            return text;
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Replace("\0", "", StringComparison.Ordinal);
    }
}
