using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using PhoneAgent.Campaigns.Contacts;
using PhoneAgent.Campaigns.Numbers;

namespace PhoneAgent.Campaigns.Windows;

/// <summary>Where a contact may be: by its row, else by its number, else by the campaign. Thread-safe.</summary>
/// <param name="fallback">For contacts of whom nothing is known; null: nowhere.</param>
public sealed class ContactZones(TimeZones machine, TimeZoneInfo? fallback)
{
    private readonly ConcurrentDictionary<string, TimeZoneInfo?> _rows = new(StringComparer.Ordinal);
    // By reference: a table of zones has each set once.
    private readonly ConcurrentDictionary<IReadOnlyList<string>, IReadOnlyList<TimeZoneInfo>> _sets = new(ReferenceEqualityComparer.Instance);

    public ContactZones(TimeZoneInfo? fallback) : this(TimeZones.OfMachine, fallback) { }

    /// <summary>None when nobody knows, or the machine lacks a zone: then the contact cannot be called.</summary>
    /// <param name="timeZone">The row's, as <see cref="TryRow"/> has accepted it.</param>
    public IReadOnlyList<TimeZoneInfo> Of(PhoneNumber number, string? timeZone)
    {
        if (timeZone is not null)
            return _rows.GetOrAdd(timeZone, name => machine.TryFind(name, out TimeZoneInfo? zone, out _) ? zone : null) is { } found ? [found] : [];
        IReadOnlyList<string> names = NumberZones.Of(number);
        return names.Count > 0 ? _sets.GetOrAdd(names, Find) : fallback is null ? [] : [fallback];
    }

    /// <summary>Whether a row's time zone is one.</summary>
    public bool TryRow(string timeZone, [NotNullWhen(false)] out string? error) => machine.TryFind(timeZone, out _, out error);

    // One that is missing makes the whole set unknown: who may be there must not be woken.
    private IReadOnlyList<TimeZoneInfo> Find(IReadOnlyList<string> names)
    {
        var zones = new List<TimeZoneInfo>(names.Count);
        foreach (string name in names)
        {
            if (!machine.TryFind(name, out TimeZoneInfo? zone, out _))
                return [];
            zones.Add(zone);
        }
        return zones;
    }
}
