using System.Collections.Frozen;
using PhoneAgent.Campaigns.Contacts;

namespace PhoneAgent.Campaigns.Numbers;

/// <summary>Where a number may be, by its first digits, from the embedded <c>Data/zones.txt</c>. Thread-safe.</summary>
/// <remarks>A mobile may be anywhere, and a number may have moved with its owner: a row's own time zone is better.</remarks>
public static class NumberZones
{
    private static readonly FrozenDictionary<string, IReadOnlyList<string>> s_zones = Read();
    private static readonly int s_longest = s_zones.Keys.Max(prefix => prefix.Length);

    /// <summary>IANA names; none for numbers of no country (satellites, freephone).</summary>
    public static IReadOnlyList<string> Of(PhoneNumber number)
    {
        ReadOnlySpan<char> digits = number.Value.AsSpan(1);
        var zones = s_zones.GetAlternateLookup<ReadOnlySpan<char>>();
        for (int length = Math.Min(s_longest, digits.Length); length > 0; length--)
            if (zones.TryGetValue(digits[..length], out IReadOnlyList<string>? found))
                return found;
        return [];
    }

    /// <summary>Every zone of the table.</summary>
    internal static IEnumerable<string> All => s_zones.Values.SelectMany(zones => zones).Distinct();

    // Either "49 Europe/Berlin", or "+Europe/Moscow 7495 7812": many beginnings of one zone.
    private static FrozenDictionary<string, IReadOnlyList<string>> Read()
    {
        var zones = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (string line in NumberData.Lines("zones.txt"))
        {
            string[] fields = line.Split(' ');
            if (fields[0][0] != '+')
                zones.Add(fields[0], fields[1..]);
            else
                foreach (string prefix in fields[1..])
                    zones.Add(prefix, [fields[0][1..]]);
        }
        return zones.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
