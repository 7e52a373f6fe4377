using System.Collections;
using System.Text.RegularExpressions;
using PhoneAgent.Inference.Flite;
using PhoneAgent.Server.Options;
using Xunit;

namespace PhoneAgent.Tests.Server.Options;

/// <summary>providers and the chains of engines: what binds, and what is said about mistakes.</summary>
public sealed partial class ProviderConfigTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("phoneagent-config").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void AProvidersOwnKeysAndThoseOfItsKindStandInOneSection()
    {
        LoadedConfig config = Load("""
            providers:
              deep:
                kind: flite
                voice: rms
                voices: {receptionist: slt}
              cloud:
                kind: openai
                base_url: https://api.example.com/v1
                model: small
                body: {reasoning_effort: low}
                input_price: 0.15
            engines:
              tts: [deep, espeak]
              llm: [cloud, script]
            """);
        Assert.Empty(config.Problems);
        var flite = Assert.IsType<FliteOptions>(config.Options.Providers["deep"].Settings);
        Assert.Equal(("rms", "slt"), (flite.Voice, config.Options.Providers["deep"].Voices["receptionist"]));
        var cloud = Assert.IsType<OpenAiSettings>(config.Options.Providers["cloud"].Settings);
        Assert.Equal(("small", "low", 0.15), (cloud.Model, cloud.Body["reasoning_effort"], config.Options.Providers["cloud"].InputPrice));
        Assert.Equal(["deep", "espeak"], config.Options.Engines.Tts);
    }

    [Fact]
    public void EveryMistakeIsSaidAtOnceWithItsLine()
    {
        LoadedConfig config = Load("""
            providers:
              a:
                kind: flit
              b:
                voice: slt
              c:
                kind: openai
                modle: small
                base_url: pigeon
              deep:
                kind: espeak
                api_key: x
                api_key_env: Y
              script:
                kind: flite
            engines:
              stt: [pocketsphinx, deep]
              tts: [deep, dep, openai, auto, auto]
              llm: [script, c]
              limits: {final: 1ms}
              circuit: {minimum_requests: 1}
            """);
        Assert.Equal(
            [
                (3, "providers.a.kind", "There is no kind 'flit'. Did you mean 'flite'?"),
                (5, "providers.b.kind", $"Every provider needs its kind. Known: {string.Join(", ", ProviderKinds.All.Keys)}."),
                (7, "providers.c.model", "A provider of kind openai needs model."),
                (8, "providers.c.modle", "There is no option 'modle'. Did you mean 'model'?"),
                (9, "providers.c.base_url", "'pigeon' is no address such as http://127.0.0.1:11434/v1."),
                (13, "providers.deep.api_key_env", "Give the key or the variable that holds it, not both."),
                (15, "providers.script", "'script' has a meaning of its own; choose another name."),
                (17, "engines.stt[1]", null),
                (18, "engines.tts[1]", "There is no provider 'dep'. Did you mean 'deep'?"),
                (18, "engines.tts[2]", "A provider of kind openai has settings: give it an entry in providers, and write that entry's name here."),
                (18, "engines.tts[4]", "'auto' stands here twice."),
                (19, "engines.llm[0]", "The script never fails, so nothing behind it is ever asked: put it last."),
                (20, "engines.limits.final", "Shorter than 50ms leaves a provider no time to answer."),
                (21, "engines.circuit.minimum_requests", "One request alone is no ratio: 2 or more."),
            ],
            config.Problems.OrderBy(p => p.Line).ThenBy(p => p.Key, StringComparer.Ordinal).Select(p => (p.Line, p.Key, p.Line is 17 ? null : p.Message)));
        Assert.Contains("which cannot hear", config.Problems.Single(p => p.Line == 17).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatWasWrittenBeforeThereWereChainsStillWorks()
    {
        LoadedConfig config = Load("""
            engines:
              stt: pocket-sphinx
              tts: espeak
            """);
        Assert.Empty(config.Problems);
        Assert.Equal("pocketsphinx", EngineNames.Find(config.Options, config.Options.Engines.Stt.Single())!.Kind);
    }

    [Fact]
    public void AKeyFromTheEnvironmentIsNotPrinted()
    {
        LoadedConfig config = Load("""
            providers:
              cloud: {kind: openai, base_url: "https://api.example.com/v1", model: small}
            """, new Hashtable { ["PHONEAGENT__PROVIDERS__CLOUD__API_KEY"] = "sk-secret" });
        Assert.Empty(config.Problems);
        Assert.Equal("sk-secret", config.Options.Providers["cloud"].ApiKey);
        Assert.DoesNotContain("sk-secret", config.Options.Providers["cloud"].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void TheConfigurationFileShowsEveryKeyOfEveryKind()
    {
        string[] lines = File.ReadAllLines(Path.Combine(Repository.Root, "config", "phoneagent.yaml"));
        string[] shown = [.. lines.Select(l => KeyInExample().Match(l)).Where(m => m.Success).Select(m => m.Groups[1].Value)];
        foreach (ProviderKind kind in ProviderKinds.All.Values)
        {
            Assert.Contains(lines, l => l.StartsWith($"#       kind: {kind.Name}", StringComparison.Ordinal));
            Assert.Empty(ConfigBinder.PropertiesOf(kind.Settings).Select(ConfigBinder.KeyOf).Except(shown));
        }
        Assert.Empty(ConfigBinder.PropertiesOf(typeof(ProviderOptions)).Select(ConfigBinder.KeyOf).Except(shown));
    }

    [Fact]
    public void TheExampleOfTheConfigurationFileIsValid()
    {
        IEnumerable<string> example = File.ReadLines(Path.Combine(Repository.Root, "config", "phoneagent.yaml"))
            .SkipWhile(l => l != "#   providers:").TakeWhile(l => l.StartsWith("#   ", StringComparison.Ordinal)).Select(l => l[4..])
            // It shows both ways to give a key; only one of them may be used.
            .Where(l => !l.TrimStart().StartsWith("api_key_env:", StringComparison.Ordinal));
        LoadedConfig config = Load(string.Join('\n', example));
        Assert.Empty(config.Problems);
        Assert.Equal(ProviderKinds.All.Keys.Order(StringComparer.Ordinal), config.Options.Providers.Values.Select(p => p.Kind).Distinct().Order(StringComparer.Ordinal));
    }

    [GeneratedRegex("^#       ([a-z_]+):")]
    private static partial Regex KeyInExample();

    private LoadedConfig Load(string yaml, IDictionary? environment = null)
    {
        string file = Path.Combine(_folder, "phoneagent.yaml");
        File.WriteAllText(file, yaml);
        return ConfigLoader.Load(new ConfigSources { File = file, Environment = environment ?? new Hashtable() });
    }
}
