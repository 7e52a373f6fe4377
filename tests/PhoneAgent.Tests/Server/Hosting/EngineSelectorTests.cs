using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PhoneAgent.Conversation.Providers;
using PhoneAgent.Inference;
using PhoneAgent.Inference.PocketSphinx;
using PhoneAgent.Inference.Whisper;
using PhoneAgent.Server.Hosting;
using PhoneAgent.Server.Options;
using Xunit;

namespace PhoneAgent.Tests.Server.Hosting;

public sealed class EngineSelectorTests : IAsyncDisposable
{
    private readonly LogLines _log = new();
    private readonly List<ServiceProvider> _services = [];

    public async ValueTask DisposeAsync()
    {
        foreach (ServiceProvider services in _services)
            await services.DisposeAsync();
    }

    [Fact]
    public void AMemberThatCannotBeMadeIsSaidOnceAndTheRestAnswers()
    {
        EngineSet engines = Select(new EngineOptions { Llm = ["no-key", "local", "script"] }, ("no-key", Cloud("http://127.0.0.1:9/v1") with { ApiKeyEnv = "PHONEAGENT_TEST_NOT_SET" }), ("local", Cloud("http://127.0.0.1:9/v1")));
        Assert.Equal(["local"], engines.Model!.Members.Select(m => m.Name));
        Assert.True(engines.ScriptStandsIn);
        string line = Assert.Single(_log.Lines, l => l.Contains("no-key", StringComparison.Ordinal));
        Assert.Contains("providers.no-key.api_key_env names the environment variable PHONEAGENT_TEST_NOT_SET, which is not set. In its place: local.", line, StringComparison.Ordinal);
    }

    [Fact]
    public void WhereAScriptStandsInAMissingModelIsNoError()
    {
        EngineSet engines = Select(new EngineOptions { Llm = ["no-key", "script"] }, ("no-key", Cloud("http://127.0.0.1:9/v1") with { ApiKeyEnv = "PHONEAGENT_TEST_NOT_SET" }));
        Assert.Null(engines.Model);
        Assert.Contains("In its place: the agents' scripts.", Assert.Single(_log.Lines, l => l.Contains("language model", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("no-key", engines.Unusable.Keys);
    }

    [Fact]
    public void AProviderThatNoChainNamesIsSaid()
    {
        Select(new EngineOptions { Llm = ["used", "script"] }, ("used", Cloud("http://127.0.0.1:9/v1")), ("forgotten", Cloud("http://127.0.0.1:9/v1")));
        Assert.Contains("providers.forgotten is not used", Assert.Single(_log.Lines, l => l.Contains("is not used", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public void WithoutAModelAgentsAreScripted() => Assert.Null(Select(new EngineOptions()).Model);

    [Fact]
    public void AChainWithoutAnybodyHasWhatIsEmbedded()
    {
        ProviderOptions broken = new() { Kind = "pocketsphinx", Settings = new PocketSphinxOptions { ModelFolder = "/nowhere" } };
        EngineSet engines = Select(new EngineOptions { Stt = ["mine"] }, ("mine", broken));
        // Where nothing is installed at all, that is said instead; the call is answered either way.
        if (engines.Engines.Recognizer is RecognizerChain chain)
            Assert.Equal(["pocketsphinx"], chain.Members.Select(m => m.Name));
        else
            Assert.IsType<MissingRecognizer>(engines.Engines.Recognizer);
        Assert.Contains(_log.Lines, l => l.Contains("mine cannot be used", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("auto", "flite")]
    [InlineData("flite", "auto")]
    public void WhatAutoHasChosenIsNotInTheChainTwice(params string[] chain)
    {
        EngineSet engines = Select(new EngineOptions { Tts = chain });
        // Where no voice is installed at all, that is said instead.
        if (engines.Engines.Synthesizer is SynthesizerChain voices)
            Assert.Equal(voices.Members.Select(m => m.Name).Distinct(), voices.Members.Select(m => m.Name));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void WithoutAClassifierCallersAreJudgedByWordsAndThatIsSaidOnceWhereItWasAskedFor(bool enabled)
    {
        var config = new LoadedConfig(
            new PhoneAgentOptions { Engines = new EngineOptions { Vad = VoiceDetectorChoice.Energy }, Emotion = new EmotionOptions { Enabled = enabled, Model = "none.onnx" } }, null, "/nowhere", []);
        ServiceProvider services = new ServiceCollection().AddLogging(logging => logging.AddProvider(_log)).AddEngines(config).BuildServiceProvider();
        _services.Add(services);
        EngineSet engines = services.GetRequiredService<EngineSet>();
        Assert.Null(engines.Engines.Tone);
        Assert.Equal(enabled, engines.Unusable.ContainsKey("emotion"));
        Assert.Equal(enabled ? 1 : 0, _log.Lines.Count(l => l.Contains("emotion classifier", StringComparison.Ordinal) && l.EndsWith("In its place: words and behaviour.", StringComparison.Ordinal)));
        Assert.Equal(enabled, services.GetServices<IEngineProbe>().Any(probe => probe.Name == "emotion"));
    }

    [Fact]
    public void ProvidersAreLookedAfterAlsoWithoutWarmUp()
    {
        var config = new LoadedConfig(new PhoneAgentOptions { Engines = new EngineOptions { Vad = VoiceDetectorChoice.Energy, WarmUp = false } }, null, "/nowhere", []);
        ServiceProvider services = new ServiceCollection().AddLogging().AddEngines(config).AddCalls(config, new AgentDirectory([], new AgentsOptions())).BuildServiceProvider();
        _services.Add(services);
        Assert.True(services.GetRequiredService<Lazy<EngineSet>>().Value.Watch.IsStarted);
    }

    [Fact]
    public void WhatTheConfigurationSaysReachesTheChain()
    {
        EngineSet engines = Select(new EngineOptions { Llm = ["local"] }, ("local", Cloud("http://127.0.0.1:9/v1") with { InputPrice = 2, OutputPrice = 10 }));
        Assert.Equal(new ModelPrice(2, 10), engines.Model!.Prices["local"]);
        Assert.False(engines.ScriptStandsIn);
        Assert.Contains(engines.Watch.Statuses, s => s is { Stage: "llm", Provider: "local", State: ProviderState.Healthy });
    }

    [Fact]
    public async Task TheDoctorTriesWhisperWhereItIsConfigured()
    {
        var whisper = new ProviderOptions { Kind = "whisper", Settings = new WhisperOptions { Model = "models/none.bin" } };
        var config = new LoadedConfig(new PhoneAgentOptions(), null, Repository.Root, []);
        IEngineProbe probe = Assert.Single(new ProviderFactory(new ServiceCollection().BuildServiceProvider(), config).Probes(new Dictionary<string, ProviderOptions> { ["my-whisper"] = whisper }));
        Assert.Equal("my-whisper", probe.Name);
        Assert.Contains($"{Repository.Root}/models/none.bin does not exist", (await probe.ProbeAsync(CancellationToken.None)).Message, StringComparison.Ordinal);
    }

    private static ProviderOptions Cloud(string url) => new() { Kind = "openai", Settings = new OpenAiSettings { BaseUrl = url, Model = "small" } };

    private EngineSet Select(EngineOptions engines, params (string Name, ProviderOptions Provider)[] providers)
    {
        var config = new LoadedConfig(new PhoneAgentOptions { Engines = engines with { Vad = VoiceDetectorChoice.Energy }, Providers = providers.ToDictionary(p => p.Name, p => p.Provider) }, null, "/nowhere", []);
        ServiceProvider services = new ServiceCollection().AddLogging(logging => logging.AddProvider(_log)).AddEngines(config).BuildServiceProvider();
        _services.Add(services);
        return services.GetRequiredService<EngineSet>();
    }

    private sealed class LogLines : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
                Lines.Enqueue(formatter(state, exception));
        }

        public void Dispose()
        {
        }
    }
}
