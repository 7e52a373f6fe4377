using System.CommandLine;
using PhoneAgent.Server.Options;

namespace PhoneAgent.Server.Commands;

/// <summary>Flags that every command takes.</summary>
internal sealed class CommonOptions
{
    private readonly Option<string?> _config = new("--config", "-c")
    {
        Description = "Configuration file (default: config/phoneagent.yaml).",
        HelpName = "file",
        Recursive = true,
    };

    private readonly Option<string[]> _set = new("--set")
    {
        Description = "Sets one option, e.g. --set engines.tts=espeak. May be given several times.",
        HelpName = "key=value",
        Recursive = true,
    };

    private readonly Option<string?> _listen = new("--listen", "-l")
    {
        Description = "Where SIP is listened for, e.g. udp://0.0.0.0:5060 (sip.listen).",
        HelpName = "address",
        Recursive = true,
    };

    private readonly Option<string?> _agent = new("--agent")
    {
        Description = "The agent that answers (agents.default).",
        HelpName = "name",
        Recursive = true,
    };

    private readonly Option<string?> _logLevel = new("--log-level")
    {
        Description = "trace, debug, information, warning, error or none (log.level).",
        HelpName = "level",
        Recursive = true,
    };

    public void AddTo(RootCommand root)
    {
        root.Add(_config);
        root.Add(_set);
        root.Add(_listen);
        root.Add(_agent);
        root.Add(_logLevel);
    }

    /// <summary>The configuration that these flags, the environment and the file give together. Nothing is printed.</summary>
    public LoadedConfig Load(ParseResult result)
    {
        List<string> settings = [];
        Add("sip.listen", result.GetValue(_listen));
        Add("agents.default", result.GetValue(_agent));
        Add("log.level", result.GetValue(_logLevel));
        settings.AddRange(result.GetValue(_set) ?? []);
        return ConfigLoader.Load(new ConfigSources
        {
            File = result.GetValue(_config),
            Environment = Environment.GetEnvironmentVariables(),
            Settings = settings,
        });

        void Add(string key, string? value)
        {
            if (value is not null)
                settings.Add($"{key}={value}");
        }
    }

    /// <summary>Like <see cref="Load"/>; when there are problems, prints all of them and returns null.</summary>
    public LoadedConfig? LoadOrExplain(ParseResult result)
    {
        LoadedConfig config = Load(result);
        if (config.Problems.Count == 0)
            return config;
        Explain("The configuration", config.Problems);
        return null;
    }

    public static void Explain(string what, IReadOnlyList<ConfigProblem> problems) => Explain(Console.Error, what, problems);

    public static void Explain(TextWriter error, string what, IReadOnlyList<ConfigProblem> problems)
    {
        error.WriteLine($"{what}: {(problems.Count == 1 ? "one problem" : $"{problems.Count} problems")}");
        foreach (ConfigProblem problem in problems)
            error.WriteLine($"  {problem}");
    }
}
