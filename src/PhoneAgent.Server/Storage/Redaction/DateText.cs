namespace PhoneAgent.Server.Storage.Redaction;

/// <summary>Dates look like long numbers and are not: 2026-11-21, 21.11.2026, 11/21/2026.</summary>
internal static class DateText
{
    private const int IsoLength = 10;

    /// <summary>Behind the date that begins there; null when none does.</summary>
    public static int? EndOf(string text, int start)
    {
        int end = start;
        while (end < text.Length && end - start <= IsoLength && (char.IsAsciiDigit(text[end]) || text[end] is '-' or '.' or '/'))
            end++;
        while (end > start && !char.IsAsciiDigit(text[end - 1]))
            end--;
        bool isAlone = start == 0 || !(char.IsLetterOrDigit(text[start - 1]) || text[start - 1] is '+' or '-' or '/');
        return isAlone && IsDate(text.AsSpan(start, end - start)) ? end : null;
    }

    public static bool IsDate(ReadOnlySpan<char> text)
    {
        if (text.Length is < 8 or > IsoLength)
            return false;
        Span<Range> parts = stackalloc Range[4];
        foreach (char separator in "-./")
        {
            if (text.Split(parts, separator) != 3)
                continue;
            ReadOnlySpan<char> a = text[parts[0]], b = text[parts[1]], c = text[parts[2]];
            return IsYear(a) ? IsMonthOrDay(b) && IsMonthOrDay(c) : IsYear(c) && IsMonthOrDay(a) && IsMonthOrDay(b);
        }
        return false;
    }

    private static bool IsYear(ReadOnlySpan<char> part) => part.Length == 4 && int.TryParse(part, out int year) && year is >= 1900 and < 2100;

    private static bool IsMonthOrDay(ReadOnlySpan<char> part) => part.Length is 1 or 2 && int.TryParse(part, out int value) && value is >= 1 and <= 31;
}
