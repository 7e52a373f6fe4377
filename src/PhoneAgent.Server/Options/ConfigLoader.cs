using System.Collections;
using PhoneAgent.Inference.Mcp;
using PhoneAgent.Telephony.Sip;

namespace PhoneAgent.Server.Options;

/// <summary>Where a configuration is taken from.</summary>
internal sealed record ConfigSources
{
    /// <summary>A file that must exist; null: <c>config/phoneagent.yaml</c> where there is one.</summary>
    public string? File { get; init; }

    public IDictionary Environment { get; init; } = new Hashtable();

    /// <summary><c>key=value</c> settings; later ones win.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];
}

/// <param name="File">The file that was read; null when there is none.</param>
/// <param name="Home">The folder that relative paths of the configuration begin at.</param>
internal sealed record LoadedConfig(PhoneAgentOptions Options, string? File, string Home, IReadOnlyList<ConfigProblem> Problems)
{
    public string PathOf(string path) => Path.GetFullPath(path, Home);

    /// <summary>The servers of <c>mcp</c>, with whole paths.</summary>
    public IEnumerable<McpServerDefinition> McpServers => Options.Mcp.Select(server => server with { Folder = server.Folder is { } folder ? PathOf(folder) : null });
}

/// <summary>Defaults, then the file, then the environment, then flags; all problems at once.</summary>
internal static class ConfigLoader
{
    public const string DefaultFile = "config/phoneagent.yaml";

    public static LoadedConfig Load(ConfigSources sources)
    {
        var problems = new List<ConfigProblem>();
        string? file = sources.File ?? FindDefaultFile();
        var origin = new ConfigOrigin(file ?? "", 0, 0, null);
        ConfigNode tree = new ConfigMap([], origin);
        if (file is not null && ConfigReader.ReadFile(file, problems) is { } read)
            tree = ConfigMerge.Merge(tree, read);
        foreach (ConfigNode node in ConfigReader.ReadEnvironment(sources.Environment, problems))
            tree = ConfigMerge.Merge(tree, node);
        foreach (ConfigNode node in ConfigReader.ReadFlags(sources.Settings, problems))
            tree = ConfigMerge.Merge(tree, node);

        string home = HomeOf(file);
        tree = RouteMap.Expand(tree);
        PhoneAgentOptions options = new ConfigBinder(Shorthands, problems).Bind(tree, new PhoneAgentOptions());
        SpokenErrors errors = options.Session.SpokenErrors.WithPrompts(path => Path.GetFullPath(path, home));
        options = options with { Session = options.Session with { SpokenErrors = errors }, Transfer = options.Transfer.WithFiles(path => Path.GetFullPath(path, home)) };
        // A value that could not be bound kept its default: a rule about that would only confuse.
        List<string> unbound = [.. problems.Select(p => p.Key)];
        foreach ((string key, string message) in OptionRules.Check(options))
            if (!unbound.Exists(k => key == k || key.StartsWith(k + ".", StringComparison.Ordinal)))
                problems.Add(ProblemAt(tree, key, message));
        return new LoadedConfig(options, file, home, problems);
    }

    private static readonly Dictionary<Type, Shorthand> Shorthands = new()
    {
        [typeof(SipListenOptions)] = new(ParseListener, "transport://address:port, e.g. udp://0.0.0.0:5060 or tls://[::]:5061"),
        [typeof(HttpListenOptions)] = new(HttpListenOptions.Parse, "scheme://address:port, e.g. http://127.0.0.1:8080 or https://0.0.0.0:8443"),
    };

    // udp://0.0.0.0:5060, tls://[::]:5061
    private static SipListenOptions? ParseListener(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) || uri.Host.Length == 0 || uri.PathAndQuery is not ("" or "/"))
            return null;
        int usual = uri.Scheme == "tls" ? 5061 : 5060;
        return new SipListenOptions { Transport = uri.Scheme, Address = uri.Host.Trim('[', ']'), Port = uri.Port < 0 ? usual : uri.Port };
    }

    // The nearest node above the key that somebody wrote; a rule may be about a key that nobody did.
    private static ConfigProblem ProblemAt(ConfigNode tree, string key, string message)
    {
        ConfigNode at = tree;
        foreach (string part in key.Replace("[", ".", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal).Split('.'))
        {
            ConfigNode? next = at switch
            {
                ConfigMap map => map.Find(part),
                ConfigList list when int.TryParse(part, out int index) && index < list.Items.Count => list.Items[index],
                _ => null,
            };
            if (next is null)
                break;
            at = next;
        }
        return new ConfigProblem(at.Origin.Source, at.Origin.Line, at.Origin.Column, at.Origin.Name ?? key, message);
    }

    // Here, else in the tree that this program was built in.
    private static string? FindDefaultFile()
    {
        if (File.Exists(DefaultFile))
            return DefaultFile;
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, DefaultFile);
            if (File.Exists(candidate))
                return candidate;
        }
        return null;
    }

    private static string HomeOf(string? file)
    {
        if (file is null)
            return Directory.GetCurrentDirectory();
        string folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        return Path.GetFileName(folder) == "config" ? Path.GetDirectoryName(folder)! : folder;
    }
}
