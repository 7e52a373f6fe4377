using System.Diagnostics.CodeAnalysis;
using PhoneAgent.Campaigns.Contacts;

namespace PhoneAgent.Campaigns.Numbers;

/// <summary>Reads people's spellings of telephone numbers. Thread-safe.</summary>
public static class NumberNormalizer
{
    public static bool IsCountry(string country)
    {
        ArgumentNullException.ThrowIfNull(country);
        return country is [>= 'A' and <= 'Z', >= 'A' and <= 'Z'];
    }

    /// <summary>"+49 30 / 1234-56" is +4930123456.</summary>
    /// <param name="text">As a person wrote it.</param>
    /// <param name="country">Two letters (ISO 3166) of the country whose people write like this; null: the number must say it.</param>
    /// <param name="error">What is wrong and what to do; without the number.</param>
    public static bool TryNormalize(string text, string? country, out PhoneNumber number, [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        string digits = string.Concat(text.Where(c => c is '+' || char.IsAsciiDigit(c)));
        error = PhoneNumber.TryCreate(digits, out number) ? null : "write it with '+' and the country's code, e.g. +49 30 123456";
        return error is null;
    }
}
