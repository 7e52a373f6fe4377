using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using PhoneAgent.Campaigns.Contacts;

namespace PhoneAgent.Campaigns.Numbers;

/// <summary>
/// Reads people's spellings of telephone numbers. It checks country code and length, so that what is too short or too long to be
/// a number is refused; whether a number is in use only a call tells. Thread-safe.
/// </summary>
public static class NumberNormalizer
{
    private const int MaxText = 64;
    private const int MaxDigits = 15;

    public static bool IsCountry(string country)
    {
        ArgumentNullException.ThrowIfNull(country);
        return NumberingPlan.OfCountry(country) is not null;
    }

    /// <summary>"+49 (0)30 / 1234-56", "0049 30 123456" and, for DE, "030 123456" are +4930123456.</summary>
    /// <param name="text">As a person wrote it.</param>
    /// <param name="country">Two letters (ISO 3166) of the country whose people write like this; null: the number must say it.</param>
    /// <param name="error">What is wrong and what to do; without the number.</param>
    public static bool TryNormalize(string text, string? country, out PhoneNumber number, [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        number = default;
        Span<char> buffer = stackalloc char[MaxText];
        if (!TryReadDigits(text, buffer, out int count, out bool isInternational, out error))
            return false;
        ReadOnlySpan<char> digits = buffer[..count];
        CountryRules? rules = country is null ? null : NumberingPlan.OfCountry(country);
        if (country is not null && rules is null)
        {
            error = "the country is unknown; write two letters, e.g. DE, GB or US";
            return false;
        }
        if (!isInternational)
        {
            foreach (string prefix in rules?.International ?? ["00"])
            {
                if (!digits.StartsWith(prefix) || digits.Length <= prefix.Length)
                    continue;
                digits = digits[prefix.Length..];
                isInternational = true;
                break;
            }
        }
        if (isInternational)
            return TryInternational(digits, out number, out error);
        if (rules is not null)
            return TryNational(digits, rules, out number, out error);
        error = "the country is missing: write '+' and its code, e.g. +49 30 123456, or say which country's numbers these are";
        return false;
    }

    private static bool TryInternational(ReadOnlySpan<char> digits, out PhoneNumber number, [NotNullWhen(false)] out string? error)
    {
        number = default;
        IReadOnlyList<CountryRules> countries = NumberingPlan.OfDigits(digits);
        if (countries.Count == 0)
        {
            error = "no country has this code";
            return false;
        }
        CountryRules first = countries[0];
        ReadOnlySpan<char> national = digits[first.Code.Length..];
        // "+49 030 …": where the trunk prefix is 0, no national number begins with it.
        if (first.Trunk == "0" && national is ['0', ..])
            national = national[1..];
        bool fits = false;
        foreach (CountryRules country in countries)
            fits |= country.Lengths.Contains(national.Length);
        return TryMake(first, national, fits, out number, out error);
    }

    private static bool TryNational(ReadOnlySpan<char> digits, CountryRules rules, out PhoneNumber number, [NotNullWhen(false)] out string? error)
    {
        ReadOnlySpan<char> national = digits;
        if (rules.Trunk.Length > 0 && digits.StartsWith(rules.Trunk) && (rules.Trunk[0] == '0' || !rules.Lengths.Contains(digits.Length)))
            national = digits[rules.Trunk.Length..];
        // "4930123456", a spreadsheet's idea of +4930123456.
        else if (!rules.Lengths.Contains(digits.Length) && digits.StartsWith(rules.Code) && rules.Lengths.Contains(digits.Length - rules.Code.Length))
            national = digits[rules.Code.Length..];
        return TryMake(rules, national, rules.Lengths.Contains(national.Length), out number, out error);
    }

    private static bool TryMake(CountryRules rules, ReadOnlySpan<char> national, bool fits, out PhoneNumber number, [NotNullWhen(false)] out string? error)
    {
        number = default;
        error = null;
        if (!fits || rules.Code.Length + national.Length > MaxDigits)
        {
            int shortest = rules.Lengths.Min(), longest = rules.Lengths.Max();
            error = string.Create(CultureInfo.InvariantCulture, $"too {(national.Length < shortest ? "short" : national.Length > longest ? "long" : "short or too long")} for +{rules.Code}: {national.Length} digits behind the country's code, ")
                + (shortest == longest ? $"not {shortest}" : $"not {shortest} to {longest}");
        }
        else if (rules.Trunk is ['0', ..] && national[0] == '0')
            error = $"a number in +{rules.Code} does not begin with 0 behind the country's code";
        // NXX-NXX-XXXX (ATIS-0300051): area code and exchange begin with 2 to 9.
        else if (rules.Code == "1" && (national[0] < '2' || national[3] < '2'))
            error = "there is no such area code or exchange in North America";
        else if (!PhoneNumber.TryCreate($"+{rules.Code}{national}", out number))
            error = "not a number of ITU-T E.164";
        return error is null;
    }

    /// <summary>The digits of a spelling, in any script; "(0)" behind a country's code is left out.</summary>
    private static bool TryReadDigits(string text, Span<char> digits, out int count, out bool isInternational, [NotNullWhen(false)] out string? error)
    {
        (count, isInternational, error) = (0, false, null);
        ReadOnlySpan<char> rest = text.AsSpan().Trim().TrimStart('\'');
        if (rest.StartsWith("tel:", StringComparison.OrdinalIgnoreCase))
            rest = rest[4..];
        if (rest.Length > MaxText)
        {
            error = "too long for a number";
            return false;
        }
        for (int i = 0; i < rest.Length; i++)
        {
            char c = rest[i];
            int digit = char.IsAsciiDigit(c) ? c - '0' : CharUnicodeInfo.GetDecimalDigitValue(c);
            if (digit >= 0)
                digits[count++] = (char)('0' + digit);
            else if (c is '+' or '＋' && count == 0 && !isInternational)
                isInternational = true;
            else if (isInternational && rest[i..].StartsWith("(0)"))
                i += 2;
            else if (!IsSeparator(c))
                error ??= Complaint(c, rest);
        }
        if (count == 0)
            error ??= "there are no digits";
        return error is null;
    }

    private static bool IsSeparator(char c) =>
        c is '-' or '/' or '.' or '(' or ')' or '\u2010' or '\u2011' or '\u2012' or '\u2013' or '\u2014' or '\u2212' || char.IsWhiteSpace(c) || CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.Format;

    private static string Complaint(char c, ReadOnlySpan<char> text) => c switch
    {
        'E' or 'e' when text.Contains("E+", StringComparison.OrdinalIgnoreCase) => "a spreadsheet has rounded the number; format the column as text and export again",
        '#' or ';' or ',' or 'x' or 'X' => "it has an extension, which cannot be dialled; write the number alone",
        '+' => "'+' must stand at the beginning",
        _ when char.IsLetter(c) => "it has letters; write digits, without an extension",
        _ => "it has a sign that belongs to no number",
    };
}
