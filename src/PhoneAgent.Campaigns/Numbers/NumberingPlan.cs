using System.Collections.Frozen;
using PhoneAgent.Campaigns.Contacts;

namespace PhoneAgent.Campaigns.Numbers;

/// <summary>How one country writes and dials its numbers.</summary>
/// <param name="Code">Country calling code.</param>
/// <param name="Trunk">Dialled before a national number; empty: nothing.</param>
/// <param name="Lengths">Digits that a national significant number may have.</param>
/// <param name="International">Dialled before a country calling code.</param>
internal sealed record CountryRules(string Code, string Trunk, FrozenSet<int> Lengths, IReadOnlyList<string> International);

/// <summary>The world's country calling codes, from the embedded <c>Data/countries.txt</c>. Immutable; thread-safe.</summary>
internal static class NumberingPlan
{
    private const int LongestCode = 3;
    private static readonly FrozenDictionary<string, CountryRules> s_countries;
    private static readonly FrozenDictionary<string, IReadOnlyList<CountryRules>> s_codes;

    static NumberingPlan()
    {
        var rows = NumberData.Lines("countries.txt").Select(Read).ToList();
        s_countries = rows.Where(row => row.Country != "-").ToFrozenDictionary(row => row.Country, row => row.Rules, StringComparer.Ordinal);
        s_codes = rows.GroupBy(row => row.Rules.Code, row => row.Rules)
            .ToFrozenDictionary(group => group.Key, IReadOnlyList<CountryRules> (group) => [.. group], StringComparer.Ordinal);
    }

    /// <summary>ISO 3166 codes of all countries.</summary>
    public static IEnumerable<string> Countries => s_countries.Keys;

    /// <param name="country">Two letters, in any case.</param>
    public static CountryRules? OfCountry(string country) => country.Length == 2 ? s_countries.GetValueOrDefault(country.ToUpperInvariant()) : null;

    /// <summary>The countries whose code the digits begin with; none when there is no such code.</summary>
    /// <param name="digits">International, without "+".</param>
    public static IReadOnlyList<CountryRules> OfDigits(ReadOnlySpan<char> digits)
    {
        var codes = s_codes.GetAlternateLookup<ReadOnlySpan<char>>();
        // No code is the beginning of another.
        for (int length = 1; length <= Math.Min(LongestCode, digits.Length); length++)
            if (codes.TryGetValue(digits[..length], out IReadOnlyList<CountryRules>? found))
                return found;
        return [];
    }

    /// <summary>Digits of a number's country calling code; 0 for one that there is not.</summary>
    public static int CodeLength(PhoneNumber number) => OfDigits(number.Value.AsSpan(1)) is [var first, ..] ? first.Code.Length : 0;

    private static (string Country, CountryRules Rules) Read(string line)
    {
        string[] fields = line.Split(' ');
        var lengths = fields[3].Split(',').SelectMany(part => part.Split('-') is [var from, var to]
            ? Enumerable.Range(Digits(from), Digits(to) - Digits(from) + 1)
            : [Digits(part)]);
        return (fields[0], new CountryRules(fields[1], fields[2] == "-" ? "" : fields[2], lengths.ToFrozenSet(), fields.Length > 4 ? fields[4].Split(',') : ["00"]));
    }

    private static int Digits(string text) => int.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
