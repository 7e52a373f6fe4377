using System.Collections;
using Microsoft.Extensions.Logging;
using PhoneAgent.Conversation;
using PhoneAgent.Server.Options;
using Xunit;

namespace PhoneAgent.Tests.Server.Options;

public sealed class ConfigLoaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("phoneagent-config").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void WhatHearsTheToneIsChecked()
    {
        LoadedConfig config = Load("""
            emotion:
              model: models/ser.bin
              interim_every: 20ms
              patience: 2s
              at_once: -1
            """);
        Assert.Equal(
            [(2, "emotion.model"), (3, "emotion.interim_every"), (4, "emotion.patience"), (5, "emotion.at_once")],
            config.Problems.Select(p => (p.Line, p.Key)).Order());
    }

    [Fact]
    public void EveryProblemOfAFileIsReportedAtOnceWithItsLine()
    {
        LoadedConfig config = Load("""
            sip:
              usr: desk
              max_calls: many
              listen: [udp://127.0.0.1:5060, pigeon]
            recording:
              enabled: perhaps
            limits:
              drain_timeout: 30
              max_call_duration: 2m
            engines:
              tts: fliet
            session: {speaker: {rate: 9}}
            agents: front-desk
            agent:
              default: x
            """);

        Assert.Equal(
            [
                (2, "sip.usr", "There is no option 'usr'. Did you mean 'user'?"),
                (3, "sip.max_calls", "'many' is not a whole number."),
                (4, "sip.listen[1]", "'pigeon' is not of the form transport://address:port, e.g. udp://0.0.0.0:5060 or tls://[::]:5061."),
                (6, "recording.enabled", "'perhaps' is not true or false."),
                (8, "limits.drain_timeout", "'30' is not a time with its unit, e.g. 250ms, 1.5s, 2m, 1h."),
                (11, "engines.tts[0]", "There is no provider 'fliet'. Did you mean 'flite'?"),
                (12, "session.speaker.rate", "9 is outside 0.5–2."),
                (13, "agents", null),
                (14, "agent", "There is no option 'agent'. Did you mean 'agents'?"),
            ],
            config.Problems.OrderBy(p => p.Line).Select(p => (p.Line, p.Key, p.Line is 13 ? null : p.Message)));
        Assert.All(config.Problems, p => Assert.Equal(config.File, p.File));
        Assert.Equal(TimeSpan.FromMinutes(2), config.Options.Limits.MaxCallDuration);
    }

    [Fact]
    public void FlagsWinOverEnvironmentOverFileOverDefaults()
    {
        const string file = """
            sip: {user: file, max_calls: 7, max_calls_status: 503}
            log: {level: debug}
            """;
        var environment = new Hashtable
        {
            ["PHONEAGENT__SIP__USER"] = "environment",
            ["PHONEAGENT__SIP__MAX_CALLS"] = "8",
            ["PHONEAGENT_SHARED"] = "not ours",
        };

        LoadedConfig config = Load(file, environment, "sip.user=flag");

        Assert.Empty(config.Problems);
        Assert.Equal("flag", config.Options.Sip.User);
        Assert.Equal(8, config.Options.Sip.MaxCalls);
        Assert.Equal(503, config.Options.Sip.MaxCallsStatus);
        Assert.Equal(LogLevel.Debug, config.Options.Log.Level);
        Assert.Equal("PhoneAgent/0.1", config.Options.Sip.UserAgent);
    }

    [Fact]
    public void ALaterFlagWins() =>
        Assert.Equal("b", Load("", null, "sip.user=a", "sip.user=b").Options.Sip.User);

    [Fact]
    public void ProblemsOfTheEnvironmentAndOfFlagsNameThem()
    {
        var environment = new Hashtable { ["PHONEAGENT__SIP__MAX_CALLS"] = "a", ["PHONEAGENT__LOGG__LEVEL"] = "debug" };

        LoadedConfig config = Load("", environment, "sip.max_calls_status=499", "nonsense");

        Assert.Equal(
            [
                ("command line", "--set nonsense"),
                ("command line", "sip.max_calls_status"),
                ("environment", "PHONEAGENT__LOGG__LEVEL"),
                ("environment", "PHONEAGENT__SIP__MAX_CALLS"),
            ],
            config.Problems.Select(p => (p.File, p.Key)).Order());
        Assert.Contains("Did you mean 'log'?", config.Problems.Single(p => p.Key.Contains("LOGG", StringComparison.Ordinal)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnApologyThatIsNotThereIsNamed()
    {
        LoadedConfig config = Load("session: {spoken_errors: {failed_prompt: prompts/sorry.wav}}");

        ConfigProblem problem = Assert.Single(config.Problems);
        Assert.Equal("session.spoken_errors.failed_prompt", problem.Key);
        Assert.Contains(Path.Combine(config.Home, "prompts", "sorry.wav"), problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ListsComeFromCommasOrFlowStyleOutsideFiles()
    {
        Assert.Equal(["udp 0.0.0.0:5060", "tls ::1:5061"],
            Load("", null, "sip.listen=udp://0.0.0.0,tls://[::1]", "sip.tls.certificate_file=" + typeof(ConfigLoaderTests).Assembly.Location)
                .Options.Sip.Listen.Select(l => $"{l.Transport} {l.Address}:{l.Port}"));
        Assert.Equal(["a", "b"], Load("", null, "sip.keep_headers=[a, b]").Options.Sip.KeepHeaders);
        Assert.Equal(["a", "b"], Load("sip:\n  keep_headers:\n    - a\n    - b\n").Options.Sip.KeepHeaders);
    }

    [Fact]
    public void TheEnvironmentReachesIntoAList()
    {
        const string file = """
            sip:
              accounts:
                - {user: "100", domain: pbx.example, password: x}
            """;
        LoadedConfig config = Load(file, new Hashtable { ["PHONEAGENT__SIP__ACCOUNTS__0__PASSWORD"] = "{secret" });

        // A value that only looks like YAML is said to be broken, with the variable's name.
        ConfigProblem problem = Assert.Single(config.Problems);
        Assert.Equal("PHONEAGENT__SIP__ACCOUNTS__0__PASSWORD", problem.Key);

        config = Load(file, new Hashtable { ["PHONEAGENT__SIP__ACCOUNTS__0__PASSWORD"] = "s:e#cret, yes" });
        Assert.Empty(config.Problems);
        Assert.Equal(("100", "s:e#cret, yes"), (config.Options.Sip.Accounts[0].User, config.Options.Sip.Accounts[0].Password));
    }

    [Theory]
    [InlineData("sip: [\n", 2)]
    [InlineData("sip:\n  user: a\n user: b\n", 3)]
    [InlineData("sip:\n  user: twice\n  user: twice\n", 3)]
    public void WhatIsNotYamlNamesTheLine(string text, int line)
    {
        ConfigProblem problem = Assert.Single(Load(text).Problems);
        Assert.Equal(line, problem.Line);
    }

    [Fact]
    public void AFileThatIsNotThereIsAProblemOfTheFile()
    {
        string path = Path.Combine(_folder, "none.yaml");
        ConfigProblem problem = Assert.Single(ConfigLoader.Load(new ConfigSources { File = path }).Problems);
        Assert.Equal((path, 0, ""), (problem.File, problem.Line, problem.Key));
    }

    [Theory]
    [InlineData("250ms", 250)]
    [InlineData("1.5s", 1500)]
    [InlineData("2m", 120_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("0", 0)]
    [InlineData("5", -1)]
    [InlineData("-5s", -1)]
    [InlineData("1e9s", -1)]
    [InlineData("99999999999h", -1)]
    [InlineData("s", -1)]
    public void TimesHaveUnits(string text, int milliseconds)
    {
        bool parsed = ConfigValue.TryParse(typeof(TimeSpan), text, out object? value);
        Assert.Equal(milliseconds >= 0, parsed);
        if (parsed)
            Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), value);
    }

    [Fact]
    public void RelativePathsBeginAboveTheConfigFolder()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "config"));
        string path = Path.Combine(_folder, "config", "phoneagent.yaml");
        File.WriteAllText(path, "");
        Assert.Equal(Path.Combine(_folder, "calls"), ConfigLoader.Load(new ConfigSources { File = path }).PathOf("calls"));
    }

    private LoadedConfig Load(string yaml, IDictionary? environment = null, params string[] settings)
    {
        string path = Path.Combine(_folder, "test.yaml");
        File.WriteAllText(path, yaml);
        return ConfigLoader.Load(new ConfigSources { File = path, Environment = environment ?? new Hashtable(), Settings = settings });
    }
}
