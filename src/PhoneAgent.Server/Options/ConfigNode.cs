namespace PhoneAgent.Server.Options;

/// <summary>Where a value was written.</summary>
/// <param name="Source">A file's path, <c>environment</c> or <c>command line</c>.</param>
/// <param name="Line">From 1; 0 outside files.</param>
/// <param name="Name">What a person calls it outside files, e.g. <c>PHONEAGENT__SIP__USER</c>; null in a file, where its key says it.</param>
internal readonly record struct ConfigOrigin(string Source, int Line, int Column, string? Name);

/// <summary>A value of the configuration before it has a type, with where it came from.</summary>
internal abstract class ConfigNode(ConfigOrigin origin)
{
    public ConfigOrigin Origin { get; } = origin;
}

/// <param name="value">The text; null for an empty value, which means "as if it were not there".</param>
internal sealed class ConfigScalar(string? value, ConfigOrigin origin) : ConfigNode(origin)
{
    public string? Value { get; } = value;
}

internal sealed class ConfigList(IReadOnlyList<ConfigNode> items, ConfigOrigin origin) : ConfigNode(origin)
{
    public IReadOnlyList<ConfigNode> Items { get; } = items;
}

internal sealed class ConfigMap(IReadOnlyList<ConfigEntry> entries, ConfigOrigin origin) : ConfigNode(origin)
{
    public IReadOnlyList<ConfigEntry> Entries { get; } = entries;

    public ConfigNode? Find(string key)
    {
        foreach (ConfigEntry entry in Entries)
            if (entry.Key == key)
                return entry.Value;
        return null;
    }
}

/// <param name="KeyOrigin">Where the key stands; its value may come from elsewhere after a merge.</param>
internal sealed record ConfigEntry(string Key, ConfigNode Value, ConfigOrigin KeyOrigin);

/// <summary>Lays one configuration over another.</summary>
internal static class ConfigMerge
{
    /// <summary>Maps are merged key by key; anything else of <paramref name="over"/> replaces what was there.</summary>
    public static ConfigNode Merge(ConfigNode below, ConfigNode over) => (below, over) switch
    {
        (ConfigMap a, ConfigMap b) => MergeMaps(a, b),
        (ConfigList a, ConfigMap b) => MergeIndexed(a, b),
        (_, ConfigScalar { Value: null }) => below,
        _ => over,
    };

    private static ConfigMap MergeMaps(ConfigMap below, ConfigMap over)
    {
        var entries = new List<ConfigEntry>(below.Entries);
        foreach (ConfigEntry entry in over.Entries)
        {
            int existing = entries.FindIndex(e => e.Key == entry.Key);
            if (existing < 0)
                entries.Add(entry);
            else
                entries[existing] = entry with { Value = Merge(entries[existing].Value, entry.Value) };
        }
        return new ConfigMap(entries, below.Origin);
    }

    // sip.accounts.0.password reaches into a list; an index past its end is left to the binder to refuse.
    private static ConfigNode MergeIndexed(ConfigList below, ConfigMap over)
    {
        var items = new List<ConfigNode>(below.Items);
        foreach (ConfigEntry entry in over.Entries)
        {
            if (!int.TryParse(entry.Key, out int index) || index < 0 || index >= items.Count)
                return over;
            items[index] = Merge(items[index], entry.Value);
        }
        return new ConfigList(items, below.Origin);
    }
}
