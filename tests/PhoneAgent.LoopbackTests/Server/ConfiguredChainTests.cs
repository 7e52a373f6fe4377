using System.Collections;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue.LanguageModel;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Conversation.Providers;
using PhoneAgent.Conversation.Speaking;
using PhoneAgent.Server.Doctor;
using PhoneAgent.Server.Hosting;
using PhoneAgent.Server.Options;
using PhoneAgent.Testing.Providers;
using Xunit;

namespace PhoneAgent.LoopbackTests.Server;

/// <summary>From the lines of a configuration to requests on the wire: two servers, of which the first fails in every way.</summary>
public sealed class ConfiguredChainTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("phoneagent-chains-").FullName;
    private readonly List<TimelineEvent> _reported = [];
    private FakeOpenAiServer _first = null!;
    private FakeOpenAiServer _second = null!;
    private ServiceProvider? _services;

    public async Task InitializeAsync() => (_first, _second) = (await FakeOpenAiServer.StartAsync(), await FakeOpenAiServer.StartAsync());

    public async Task DisposeAsync()
    {
        if (_services is not null)
            await _services.DisposeAsync();
        await _first.DisposeAsync();
        await _second.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    public static TheoryData<string> Deaths => ["never", "hangup", "500", "429", "401", "html"];

    [Theory]
    [MemberData(nameof(Deaths))]
    public async Task AnotherModelAnswers(string death)
    {
        _first.Answer("completions", Die(death));
        _second.Answer("completions", WireAnswers.Chat("We ", "open ", "at ", "nine."));
        ChatOptions options = new ChatOptions().WithReport(Report);
        ChatResponse answer = await Engines().Model!.GetStreamingResponseAsync([new ChatMessage(ChatRole.User, "when")], options).ToChatResponseAsync();
        Assert.Equal("We open at nine.", answer.Text);
        AssertFirstFailed("llm", death);
        var usage = Assert.Single(Reported<TimelineEvent.ModelUsage>());
        Assert.Equal(("second", 12, 4, 0.000064m), (usage.Provider, usage.InputTokens, usage.OutputTokens, usage.Cost));
    }

    [Fact]
    public async Task AModelThatStopsInMidAnswerIsGoneOnFor()
    {
        _first.Answer("completions", new ChatScript { Tokens = ["We open ", "at ", "nine."], Hold = new TaskCompletionSource().Task }.ToWire());
        _second.Answer("completions", WireAnswers.Chat("at ", "nine."));
        ChatResponse answer = await Engines().Model!.GetStreamingResponseAsync([new ChatMessage(ChatRole.User, "when")], new ChatOptions().WithReport(Report)).ToChatResponseAsync();
        Assert.Equal("We open at nine.", answer.Text);
        Assert.Contains("We open", _second.Requests[^1].Text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Deaths))]
    public async Task AnotherVoiceSpeaks(string death)
    {
        _first.Answer("speech", Die(death));
        _second.Answer("speech", WireSpeech.Speak);
        int samples = 0;
        await foreach (SynthesizedAudio chunk in Engines().Engines.Synthesizer.SynthesizeAsync(new SynthesisRequest("We open at nine.", "receptionist") { Report = Report }, default))
            samples += chunk.Samples.Length;
        Assert.InRange(samples, 14_000, 17_000); // 60 ms a character
        Assert.Equal("echo", _second.Requests[^1].Json.GetProperty("voice").GetString());
        AssertFirstFailed("tts", death);
    }

    [Theory]
    [MemberData(nameof(Deaths))]
    public async Task OtherEarsHear(string death)
    {
        _first.Answer("transcriptions", Die(death));
        _second.Answer("transcriptions", _ => WireAnswers.Text("application/json", WireSpeech.VerboseJson("when do you open")));
        var final = new TaskCompletionSource<RecognitionResult>();
        using IRecognitionStream stream = Engines().Engines.Recognizer.Open(new RecognitionRequest(Expectation.Nothing) { Report = Report }, result =>
        {
            if (result.IsFinal)
                final.TrySetResult(result);
        });
        short[] speech = new short[AudioFormat.FrameSamples];
        for (int i = 0; i < 60; i++)
        {
            new Random(i).NextBytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes(speech.AsSpan()));
            stream.Push(speech);
        }
        stream.Finish();
        RecognitionResult heard = await final.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal("when do you open", heard.Text);
        AssertFirstFailed("stt", death);
    }

    [Fact]
    public async Task ARateLimitIsKeptAndAWrongKeyIsNotTriedAgain()
    {
        _first.Answer("completions", WireAnswers.TooManyRequests("3600"));
        _second.Answer("completions", WireAnswers.Status(401));
        EngineSet engines = Engines();
        await Assert.ThrowsAsync<EngineException>(() => engines.Model!.GetResponseAsync([new ChatMessage(ChatRole.User, "when")]));
        Assert.Equal([ProviderState.Resting, ProviderState.Refused], engines.Model!.Members.Select(m => m.Circuit.State));
        Assert.True(engines.Model.Members[0].Circuit.Status.RestsUntil > TimeProvider.System.GetUtcNow() + TimeSpan.FromMinutes(50));
    }

    [Fact]
    public async Task TheDoctorSaysWhoDoesNotWorkAndWhy()
    {
        foreach (string work in new[] { "completions", "speech", "transcriptions" })
            _first.Answer(work, WireAnswers.Status(401));
        _second.Answer("completions", WireAnswers.Chat("OK"));
        _second.Answer("speech", WireSpeech.Speak);
        _second.Answer("transcriptions", _ => WireAnswers.Text("application/json", WireSpeech.VerboseJson("")));
        LoadedConfig config = Config();
        IReadOnlyList<CheckResult> findings = await EngineCheck.RunAsync(Engines(config), config.Options.Engines, default);
        Assert.Contains(findings, f => f is { Level: CheckLevel.Ok, Finding: "engines.llm: second stands in for first" });
        Assert.Contains(findings, f => f is { Level: CheckLevel.Warn, Finding: "engines.tts: first-voice does not work" } && f.Advice!.Contains("401", StringComparison.Ordinal));
        Assert.DoesNotContain(findings, f => f.Level == CheckLevel.Fail);
        Assert.DoesNotContain(findings, f => (f.Finding + f.Advice).Contains("sk-secret", StringComparison.Ordinal));
    }

    private static WireAnswer Die(string death) => death switch
    {
        "never" => WireAnswers.Never,
        "hangup" => WireAnswers.Hangup,
        "html" => WireAnswers.Text("text/html", "<html>a proxy says hello</html>"),
        "429" => WireAnswers.TooManyRequests("7"),
        _ => WireAnswers.Status(int.Parse(death, System.Globalization.CultureInfo.InvariantCulture)),
    };

    private void AssertFirstFailed(string stage, string death)
    {
        var failed = Assert.Single(Reported<TimelineEvent.ProviderFailed>());
        Assert.Equal((stage, true, true), (failed.Stage, failed.Provider.StartsWith("first", StringComparison.Ordinal), failed.Next!.StartsWith("second", StringComparison.Ordinal)));
        Assert.DoesNotContain("sk-secret", failed.What, StringComparison.Ordinal);
        Assert.StartsWith("second", Assert.Single(Reported<TimelineEvent.ProviderUsed>()).Provider, StringComparison.Ordinal);
        Assert.Equal(death switch { "401" => ProviderState.Refused, "429" => ProviderState.Resting, _ => ProviderState.Healthy }, CircuitOf(stage).State);
    }

    private ProviderCircuit CircuitOf(string stage)
    {
        EngineSet engines = _services!.GetRequiredService<EngineSet>();
        return stage switch
        {
            "llm" => engines.Model!.Members[0].Circuit,
            "tts" => ((SynthesizerChain)engines.Engines.Synthesizer).Members[0].Circuit,
            _ => ((RecognizerChain)engines.Engines.Recognizer).Members[0].Circuit,
        };
    }

    private void Report(TimelineEvent happened)
    {
        lock (_reported)
            _reported.Add(happened);
    }

    private List<T> Reported<T>()
    {
        lock (_reported)
            return [.. _reported.OfType<T>()];
    }

    private EngineSet Engines() => Engines(Config());

    private EngineSet Engines(LoadedConfig config)
    {
        Assert.Empty(config.Problems);
        _services = new ServiceCollection().AddLogging().AddEngines(config).BuildServiceProvider();
        return _services.GetRequiredService<EngineSet>();
    }

    private LoadedConfig Config()
    {
        string file = Path.Combine(_folder, "phoneagent.yaml");
        File.WriteAllText(file, $$"""
            providers:
              first: {kind: openai, base_url: "{{_first.BaseUrl}}", model: tiny-model, api_key: sk-secret}
              second: {kind: openai, base_url: "{{_second.BaseUrl}}", model: tiny-model, input_price: 2, output_price: 10}
              first-voice: {kind: openai, base_url: "{{_first.BaseUrl}}", model: tts-1, voice: alloy, api_key: sk-secret, voices: { receptionist: nova } }
              second-voice: {kind: openai, base_url: "{{_second.BaseUrl}}", model: tts-1, voice: ash, voices: { receptionist: echo } }
              first-ears: {kind: openai, base_url: "{{_first.BaseUrl}}", model: whisper-1, interim_every: 0, api_key: sk-secret}
              second-ears: {kind: openai, base_url: "{{_second.BaseUrl}}", model: whisper-1, interim_every: 0}
            engines:
              vad: energy
              stt: [first-ears, second-ears]
              tts: [first-voice, second-voice]
              llm: [first, second]
            """);
        return ConfigLoader.Load(new ConfigSources { File = file, Environment = new Hashtable() });
    }
}
