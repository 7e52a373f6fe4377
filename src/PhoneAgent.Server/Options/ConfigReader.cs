using System.Collections;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace PhoneAgent.Server.Options;

/// <summary>Reads the places a configuration comes from into trees. Problems are added, never thrown.</summary>
internal static class ConfigReader
{
    public const string EnvironmentPrefix = "PHONEAGENT__";

    // A configuration is written by hand; these only stop a file that is something else.
    private const int MaxFileBytes = 1 << 20;
    private const int MaxDepth = 16;

    public static ConfigNode? ReadFile(string path, List<ConfigProblem> problems)
    {
        string text;
        try
        {
            var file = new FileInfo(path);
            if (file.Exists && file.Length > MaxFileBytes)
            {
                problems.Add(new ConfigProblem(path, 0, 0, "", $"The file has {file.Length} bytes, more than any configuration. Is it the right one?"));
                return null;
            }
            text = File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add(new ConfigProblem(path, 0, 0, "", $"The file cannot be read: {e.Message}"));
            return null;
        }
        return ReadYaml(text, path, null, problems);
    }

    /// <summary>Variables such as <c>PHONEAGENT__SIP__USER</c>; the value is YAML, so <c>[PCMA, PCMU]</c> is a list.</summary>
    public static IEnumerable<ConfigNode> ReadEnvironment(IDictionary variables, List<ConfigProblem> problems)
    {
        List<string> names = [.. variables.Keys.Cast<string>().Where(n => n.StartsWith(EnvironmentPrefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        foreach (string name in names)
        {
#pragma warning disable CA1308 // keys of the file are lower-case
            string[] path = name[EnvironmentPrefix.Length..].ToLowerInvariant().Split("__");
#pragma warning restore CA1308
            if (ReadSetting("environment", name, path, (string?)variables[name] ?? "", problems) is { } node)
                yield return node;
        }
    }

    /// <summary>Settings such as <c>sip.user=desk</c>.</summary>
    public static IEnumerable<ConfigNode> ReadFlags(IEnumerable<string> settings, List<ConfigProblem> problems)
    {
        foreach (string setting in settings)
        {
            int equals = setting.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                problems.Add(new ConfigProblem("command line", 0, 0, $"--set {setting}", "Write key=value, e.g. --set sip.user=desk."));
                continue;
            }
            string key = setting[..equals];
            if (ReadSetting("command line", key, key.Split('.'), setting[(equals + 1)..], problems) is { } node)
                yield return node;
        }
    }

    private static ConfigNode? ReadSetting(string source, string name, string[] path, string value, List<ConfigProblem> problems)
    {
        if (path.Length > MaxDepth || path.Any(p => p.Length == 0))
        {
            problems.Add(new ConfigProblem(source, 0, 0, name, "The name has an empty or too many parts."));
            return null;
        }
        var origin = new ConfigOrigin(source, 0, 0, name);
        // Only what looks like a list or a map is read as YAML: a password may begin with any sign.
        ConfigNode? node = value.StartsWith('[') || value.StartsWith('{')
            ? ReadYaml(value, source, name, problems)
            : new ConfigScalar(value, origin);
        if (node is null)
            return null;
        for (int i = path.Length - 1; i >= 0; i--)
            node = new ConfigMap([new ConfigEntry(path[i], node, origin)], origin);
        return node;
    }

    private static ConfigNode? ReadYaml(string text, string source, string? name, List<ConfigProblem> problems)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(text));
        }
        catch (YamlException e)
        {
            problems.Add(new ConfigProblem(source, name is null ? (int)e.Start.Line : 0, (int)e.Start.Column, name ?? "", $"This is not YAML: {e.Message}"));
            return null;
        }
        return stream.Documents.Count == 0 ? null : Convert(stream.Documents[0].RootNode, source, name, 0, problems);
    }

    private static ConfigNode Convert(YamlNode node, string source, string? name, int depth, List<ConfigProblem> problems)
    {
        ConfigOrigin origin = OriginOf(node, source, name);
        if (depth > MaxDepth)
        {
            problems.Add(new ConfigProblem(source, origin.Line, origin.Column, name ?? "", "Nested too deeply."));
            return new ConfigScalar(null, origin);
        }
        return node switch
        {
            YamlScalarNode scalar => new ConfigScalar(IsNull(scalar) ? null : scalar.Value, origin),
            YamlSequenceNode sequence => new ConfigList([.. sequence.Children.Select(c => Convert(c, source, name, depth + 1, problems))], origin),
            YamlMappingNode map => new ConfigMap([.. map.Children.Select(c => new ConfigEntry(
                (c.Key as YamlScalarNode)?.Value ?? "", Convert(c.Value, source, name, depth + 1, problems), OriginOf(c.Key, source, name)))], origin),
            _ => new ConfigScalar(null, origin),
        };
    }

    private static bool IsNull(YamlScalarNode scalar) =>
        scalar.Style == ScalarStyle.Plain && scalar.Value is null or "" or "~" or "null";

    private static ConfigOrigin OriginOf(YamlNode node, string source, string? name) =>
        name is null ? new ConfigOrigin(source, (int)node.Start.Line, (int)node.Start.Column, null) : new ConfigOrigin(source, 0, 0, name);
}
