namespace PhoneAgent.Server.Options;

/// <summary>Routes may also be a map of called numbers, <c>{"200": front-desk}</c>: the same as a list of rules with <c>called</c>.</summary>
internal static class RouteMap
{
    /// <summary>The tree with such a map written as a list; every node keeps its place.</summary>
    public static ConfigNode Expand(ConfigNode tree) =>
        Change(tree, "agents", agents => Change(agents, "routes", routes => routes is ConfigMap map
            ? new ConfigList([.. map.Entries.Select(ToRule)], map.Origin)
            : routes));

    private static ConfigMap ToRule(ConfigEntry entry) => new(
        [
            new ConfigEntry("called", new ConfigScalar(entry.Key, entry.KeyOrigin), entry.KeyOrigin),
            new ConfigEntry("agent", entry.Value, entry.KeyOrigin),
        ], entry.KeyOrigin);

    private static ConfigNode Change(ConfigNode node, string key, Func<ConfigNode, ConfigNode> change) => node is ConfigMap map
        ? new ConfigMap([.. map.Entries.Select(e => e.Key == key ? e with { Value = change(e.Value) } : e)], map.Origin)
        : node;
}
