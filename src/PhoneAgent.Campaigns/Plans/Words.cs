namespace PhoneAgent.Campaigns.Plans;

/// <summary>Names of values as people write them: leave-message, no_answer.</summary>
internal static class Words
{
    public static string Kebab<T>(T value) where T : struct, Enum => Joined(value, '-');

    public static string Snake<T>(T value) where T : struct, Enum => Joined(value, '_');

    public static bool TryRead<T>(string text, out T value) where T : struct, Enum
    {
        string wanted = text.Replace('_', '-');
        foreach (T known in Enum.GetValues<T>())
        {
            value = known;
            if (Kebab(known) == wanted)
                return true;
        }
        value = default;
        return false;
    }

    private static string Joined<T>(T value, char separator) where T : struct, Enum =>
        string.Concat(value.ToString().Select((c, i) => char.IsAsciiLetterUpper(c) ? (i > 0 ? $"{separator}{char.ToLowerInvariant(c)}" : char.ToLowerInvariant(c).ToString()) : c.ToString()));
}
