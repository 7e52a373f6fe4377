using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Inference;
using PhoneAgent.Inference.Emotion;
using PhoneAgent.Inference.Onnx;
using PhoneAgent.Testing;
using PhoneAgent.Testing.Contracts;
using Xunit;

namespace PhoneAgent.ModelTests.Emotion;

/// <summary>Brings its own runtime and network, which the contract does not know of.</summary>
internal sealed class OwningClassifier : IEmotionClassifier
{
    private readonly TestClassifier? _files;
    private readonly IOnnxRuntime _runtime = OnnxServices.CreateRuntime(new OnnxOptions());
    private readonly EmotionClassifier _inner;

    public OwningClassifier(string path) => _inner = new EmotionClassifier(_runtime, new EmotionModelOptions { ModelPath = path });

    public OwningClassifier(TestClassifier files, int places = 1)
    {
        _files = files;
        _inner = new EmotionClassifier(_runtime, new EmotionModelOptions { ModelPath = files.ModelPath, AtOnce = places });
    }

    public string Name => _inner.Name;

    public IEmotionStream Open(string language) => _inner.Open(language);

    public void Dispose()
    {
        _inner.Dispose();
        _runtime.Dispose();
        _files?.Dispose();
    }
}

[RequiresOnnxLibrary]
public sealed class EmotionClassifierTests : EmotionClassifierContract
{
    protected override string Tone => EmotionLabels.Frustrated;

    protected override short[] Voice => Voices.Made(220);

    protected override IEmotionClassifier Create() => new OwningClassifier(TestClassifier.Pitched());

    [ContractFact]
    public Task Another_voice_has_another_tone() => ReadsAsync(TestClassifier.Pitched(), Voices.Made(75), "calm");

    [ContractFact]
    public async Task A_label_below_its_threshold_is_never_said()
    {
        await ReadsAsync(TestClassifier.Pitched(", \"thresholds\": {\"frustrated\": 1.0}"), Voices.Made(220), "calm");
        await ReadsAsync(TestClassifier.Pitched(", \"thresholds\": {\"frustrated\": 1.0}, \"unknown_below\": 0.4"), Voices.Made(220), "unknown");
        await ReadsAsync(TestClassifier.Pitched(", \"temperature\": 100, \"unknown_below\": 0.4"), Voices.Made(220), "unknown");
    }

    [ContractFact]
    public async Task Of_a_long_utterance_the_end_counts()
    {
        short[] voice = [.. Voices.Made(220), .. Voices.Made(75), .. Voices.Made(75)]; // three seconds are kept
        await ReadsAsync(TestClassifier.Pitched(), voice, "calm");
    }

    [ContractFact]
    public async Task A_waveform_is_normalised_where_its_description_says_so()
    {
        await ReadsAsync(TestClassifier.Waveform(normalize: true), Voices.Made(220), "frustrated");
        await ReadsAsync(TestClassifier.Waveform(normalize: false), Voices.Made(220), "neutral");
    }

    [ContractFact]
    public async Task A_network_without_numbers_says_nothing()
    {
        EmotionReading reading = await ReadsAsync(TestClassifier.Broken(), Voices.Made(220), "unknown");
        Assert.Equal("the model gave no numbers", reading.Reason);
    }

    [ContractFact]
    public async Task Music_tones_and_overdriven_voices_are_not_judged()
    {
        await ReadsAsync(TestClassifier.Pitched(), Voices.Music(), "unknown");
        short[] tone = new short[32_000];
        for (int i = 0; i < tone.Length; i++)
            tone[i] = (short)(8000 * Math.Sin(2 * Math.PI * 425 * i / 16_000));
        await ReadsAsync(TestClassifier.Pitched(), tone, "unknown");
        short[] overdriven = Array.ConvertAll(Voices.Made(220), sample => (short)Math.Clamp(sample * 30, short.MinValue, short.MaxValue));
        Assert.Equal("overdriven", (await ReadsAsync(TestClassifier.Pitched(), overdriven, "unknown")).Reason);
    }

    [ContractFact]
    public async Task Another_language_than_it_was_made_for_is_not_judged()
    {
        await ReadsAsync(TestClassifier.Pitched(", \"languages\": [\"en\", \"de\"]"), Voices.Made(220), "frustrated", "en-GB");
        await ReadsAsync(TestClassifier.Pitched(", \"languages\": [\"en\", \"de\"]"), Voices.Made(220), "unknown", "fr-FR");
    }

    [RequiresTheory(Shared = "data/noise/esc10")]
    [InlineData("esc10/001_Dog-bark_1-100032-A.wav")]
    [InlineData("esc10/002_Rain_1-17367-A.wav")]
    [InlineData("esc10/003_Sea-waves_2-125966-A.wav")]
    [InlineData("esc10/005_Clock-tick_1-35687-A.wav")]
    [InlineData("esc10/006_Person-sneeze_1-54505-A.wav")]
    [InlineData("esc10/009_Rooster_1-27724-A.wav")]
    [InlineData("esc10/007_Helicopter_1-172649-A.wav")]
    [InlineData("esc10/008_Chainsaw_1-116765-A.wav")]
    [InlineData("esc10/010_Fire-crackling_1-17808-A.wav")]
    [InlineData("soundtool/cafe.wav")]
    [InlineData("soundtool/fridge.wav")]
    [InlineData("soundtool/traffic.wav")]
    [InlineData("speechbrain/noise1.wav")]
    [InlineData("speechbrain/noise3.wav")]
    [InlineData("speechbrain/noise5.wav")]
    [InlineData("callattendant-resources/beep.wav")]
    [InlineData("callattendant-resources/IC_SIT.wav")]
    public async Task Recorded_noise_is_not_judged(string file)
    {
        if (new RequiresOnnxLibraryAttribute().SkipReason is null) // else said by the other tests of this class
            await ReadsAsync(TestClassifier.Pitched(), Voices.Recorded($"data/noise/{file}"), "unknown");
    }

    [ContractFact]
    public async Task When_no_place_is_free_interims_are_left_out_and_finals_wait()
    {
        using var classifier = new OwningClassifier(TestClassifier.Pitched(), places: 1);
        IEmotionStream[] streams = [.. Enumerable.Range(0, 16).Select(_ => classifier.Open("en-US"))];
        foreach (IEmotionStream stream in streams)
            Push(stream, Voices.Made(220));
        EmotionReading?[] interims = await Task.WhenAll(streams.Select(stream => Task.Run(async () => await stream.InterimAsync(CancellationToken.None))));
        Assert.All(interims, reading => Assert.True(reading is null or { Label: "frustrated" }));
        EmotionReading[] finals = await Task.WhenAll(streams.Select(stream => Task.Run(async () => await stream.FinishAsync(CancellationToken.None))));
        Assert.All(finals, reading => Assert.Equal("frustrated", reading.Label));
        foreach (IEmotionStream stream in streams)
            stream.Dispose();
    }

    private static async Task<EmotionReading> ReadsAsync(TestClassifier files, short[] audio, string expected, string language = "en-US")
    {
        using var classifier = new OwningClassifier(files);
        EmotionReading reading = await ReadAsync(classifier, audio, language);
        Assert.True(reading.Label == expected, $"{reading.Label} ({reading.Confidence:0.00}, {reading.Reason}) instead of {expected}");
        return reading;
    }
}

/// <summary>The one that comes with the program, with a recorded angry voice.</summary>
[RequiresOnnxLibrary, RequiresShared(Clip)]
public sealed class ShippedClassifierTests : EmotionClassifierContract
{
    private const string Clip = "data/emotion/emodb/08b01Wa.wav";

    protected override string Tone => EmotionLabels.Frustrated;

    protected override short[] Voice => Voices.Recorded(Clip);

    protected override IEmotionClassifier Create() => new OwningClassifier(Path.Combine(Repository.Root, "models", "emotion", "emotion.onnx"));

    [ContractFact]
    public async Task TheSameSentenceSaidCalmlyIsNeutral()
    {
        using IEmotionClassifier classifier = Create();
        Assert.Equal(EmotionLabels.Neutral, (await ReadAsync(classifier, Voices.Recorded("data/emotion/emodb/08b01Na.wav"))).Label);
    }
}

/// <summary>A classifier that cannot be used says which file, what is wrong and what to do, to the log and to the doctor.</summary>
[RequiresOnnxLibrary]
public sealed class WrongClassifierTests
{
    [ContractFact]
    public Task A_missing_description() => RefusesAsync(files => File.Delete(files.DescriptionPath), "test.json is missing");

    [ContractFact]
    public Task A_missing_network() => RefusesAsync(files => File.Delete(files.ModelPath), "test.onnx");

    [ContractFact]
    public Task A_file_that_is_no_network() => RefusesAsync(files => File.WriteAllText(files.ModelPath, "this is no network"), "test.onnx");

    [ContractFact]
    public Task Another_network_than_described() =>
        RefusesAsync(files => Replace(files, "\"version\": \"1\"", "\"version\": \"1\", \"sha256\": \"00ff\""), "not the file that its description is of");

    [ContractFact]
    public Task More_labels_than_logits() => RefusesAsync(files => Replace(files, "\"sad\"]", "\"sad\", \"happy\"]"), "do not fit");

    [ContractFact]
    public Task Other_features() => RefusesAsync(files => Replace(files, ", \"pitch_clarity\"", ""), "do not fit");

    [ContractFact]
    public Task A_network_for_something_else() => RefusesAsync(
        files => File.Copy(SharedData.Find("models/silero/silero_vad.onnx") ?? files.DescriptionPath, files.ModelPath, overwrite: true), "test.onnx");

    private static void Replace(TestClassifier files, string old, string by)
    {
        string text = File.ReadAllText(files.DescriptionPath);
        Assert.Contains(old, text, StringComparison.Ordinal);
        File.WriteAllText(files.DescriptionPath, text.Replace(old, by, StringComparison.Ordinal));
    }

    private static async Task RefusesAsync(Action<TestClassifier> spoil, string expected)
    {
        using TestClassifier files = TestClassifier.Pitched();
        var options = new EmotionModelOptions { ModelPath = files.ModelPath };
        using IOnnxRuntime runtime = OnnxServices.CreateRuntime(new OnnxOptions());
        new EmotionClassifier(runtime, options).Dispose();
        spoil(files);
        Assert.Contains(expected, Assert.Throws<EngineException>(() => new EmotionClassifier(runtime, options)).Message, StringComparison.Ordinal);
        EngineStatus status = await new EmotionProbe(options, new OnnxOptions()).ProbeAsync(CancellationToken.None);
        Assert.Equal(EngineHealth.Missing, status.Health);
        Assert.Contains("words and behaviour", status.Message, StringComparison.Ordinal);
    }
}
