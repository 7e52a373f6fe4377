using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Speaking;
using PhoneAgent.Inference;
using PhoneAgent.Inference.Espeak;
using PhoneAgent.Inference.Onnx;
using PhoneAgent.Inference.Piper;
using PhoneAgent.ModelTests.Onnx;
using PhoneAgent.Testing;
using PhoneAgent.Testing.Contracts;
using Xunit;

namespace PhoneAgent.ModelTests.Piper;

/// <summary>The ONNX runtime and eSpeak NG; the voice is made by the test.</summary>
public sealed class RequiresPiperAttribute : RequirementAttribute
{
    public override string? SkipReason => RequiresOnnxAttribute.Library ?? Requirements.Command("espeak-ng");
}

/// <summary>The whole way, from text by phonemes and ids through the ONNX runtime to audio.</summary>
[RequiresPiper]
public sealed class PiperSynthesizerTests : SpeechSynthesizerContract, IDisposable
{
    private readonly string folder = Path.Combine(Path.GetTempPath(), $"phoneagent-{Guid.NewGuid():N}");
    private IOnnxRuntime? runtime;

    private IOnnxRuntime Runtime => runtime ??= OnnxServices.CreateRuntime(new OnnxOptions());

    protected override ISpeechSynthesizer Create()
    {
        TestVoice.Write(folder, "en_US-test-low", "en-us", "en_US", speakers: 2);
        TestVoice.Write(folder, "de_DE-test-low", "de", "de_DE");
        return new PiperSynthesizer(new PiperOptions { Folder = folder, Voice = "en_US-test-low" }, Runtime);
    }

    public void Dispose()
    {
        runtime?.Dispose();
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }

    [ContractFact]
    public async Task TheVoicesAndSpeakersOfTheFolderAreListed()
    {
        await using var piper = Create();
        Assert.Equal(["en_US-test-low", "de_DE-test-low", "en_US-test-low#s0", "en_US-test-low#s1"], piper.Voices.Select(v => v.Id));
        Assert.Equal(["en-US", "de-DE"], piper.Voices.Take(2).Select(v => v.Language));
    }

    [ContractFact]
    public async Task PhonemesSpeakerAndScaleReachTheModel()
    {
        await using var piper = Create();
        var plain = (await SpeakAsync(piper, new SynthesisRequest("Hello"))).Samples;
        // "həlˈoʊ": 6 phonemes with a pad each, between ^ _ and $. Without a full stop there is no pause.
        const int ids = 2 * 6 + 3;
        Assert.InRange(plain.Length, Expected(ids) - 300, Expected(ids) + 20);
        var other = (await SpeakAsync(piper, new SynthesisRequest("Hello", "en_US-test-low#s1"))).Samples;
        Assert.InRange(Crossings(other) / (double)Crossings(plain), 1.3, 2.2);
        var slow = (await SpeakAsync(piper, new SynthesisRequest("Hello", Rate: 0.5))).Samples;
        Assert.InRange(slow.Length, 2 * plain.Length - 600, 2 * plain.Length + 600);
    }

    [ContractFact]
    public async Task ALanguageWithoutAVoiceNameChoosesTheVoice()
    {
        await using var piper = Create();
        var german = (await SpeakAsync(piper, new SynthesisRequest("Zug") { Language = "de-AT" })).Samples;
        Assert.Equal((await SpeakAsync(piper, new SynthesisRequest("Zug", "de_DE-test-low"))).Samples, german);
        Assert.NotEqual((await SpeakAsync(piper, new SynthesisRequest("Zug"))).Samples, german);
    }

    /// <summary>The examples of src/test.cpp in rhasspy/piper-phonemize.</summary>
    [ContractFact]
    public async Task PhonemesAreThoseThatPiperPublishes()
    {
        Assert.Equal("lˈɪçt!", await PhonemesAsync("licht!", "de"));
        var config = PiperVoiceConfig.Parse(System.Text.Encoding.UTF8.GetBytes(TestVoice.Description("de", "de_DE", 1)), "test");
        Assert.Equal("1 0 24 0 120 0 74 0 16 0 140 0 32 0 4 0 2", string.Join(' ', config.Phonemes.ToIds(await PhonemesAsync("licht!", "de"), out var missing)));
        Assert.Equal(0, missing);
        // Whether the lone "is" is stressed differs between versions of eSpeak NG; the example is about the marks.
        Assert.Equal("ðɪs, ɪz: eɪ; tɛst.", (await PhonemesAsync("this, is: a; test.", "en-us")).Replace("ˈ", "", StringComparison.Ordinal));
        Assert.Equal("tˈɛst wˈʌn.tˈɛst tˈuː.", await PhonemesAsync("Test 1. Test 2.", "en-us"));
        // And of tests/test_espeak_phonemizer.py in OHF-Voice/piper1-gpl.
        foreach (var (word, phonemes) in ((string, string)[])[("test", "tˈɛst"), ("my", "mˈaɪ"), ("cow", "kˈaʊ"), ("toy", "tˈɔɪ"), ("day", "dˈeɪ"), ("no", "nˈoʊ")])
            Assert.Equal(phonemes, await PhonemesAsync(word, "en-us"));
    }

    [ContractFact]
    public async Task WithoutEspeakItSaysWhatToDo()
    {
        await using var unused = Create();
        await using var piper = new PiperSynthesizer(new PiperOptions { Folder = folder, Espeak = new EspeakOptions { Program = "/no/such/espeak" } }, Runtime);
        var error = await Assert.ThrowsAsync<EngineException>(() => SpeakAsync(piper, new SynthesisRequest("Hello.")));
        Assert.Contains("apt-get install espeak-ng", error.Message, StringComparison.Ordinal);
    }

    [ContractFact]
    public async Task AModelThatIsNoVoiceIsNamed()
    {
        TestVoice.Write(folder, "wrong", "en-us", "en_US");
        var path = Path.Combine(folder, "wrong.onnx");
        await File.WriteAllBytesAsync(path, new OnnxWriter().Input("x", OnnxWriter.F32, 1).Node("Sin", ["x"], "y").Output("y", OnnxWriter.F32, 1).ToModel());
        await AssertFailsAsync("no Piper voice: it must have the inputs input, input_lengths, scales");
        await File.WriteAllTextAsync(path, "no model");
        await AssertFailsAsync("wrong.onnx");

        async Task AssertFailsAsync(string words)
        {
            var options = new PiperOptions { Folder = folder, Voice = "wrong" };
            await using var piper = new PiperSynthesizer(options, Runtime);
            var error = await Assert.ThrowsAsync<EngineException>(() => SpeakAsync(piper, new SynthesisRequest("Hello.")));
            Assert.Contains(words, error.Message, StringComparison.Ordinal);
            Assert.Equal(EngineHealth.Missing, (await new PiperProbe(options, () => Runtime).ProbeAsync(CancellationToken.None)).Health);
        }
    }

    [ContractFact]
    public async Task TheProbeSaysThatItSpeaks()
    {
        await using var unused = Create();
        var status = await new PiperProbe(new PiperOptions { Folder = folder }, () => Runtime).ProbeAsync(CancellationToken.None);
        Assert.Equal(EngineHealth.Ok, status.Health);
        Assert.Contains("de_DE-test-low", status.Message, StringComparison.Ordinal);
    }

    private static int Expected(int ids) => ids * TestVoice.SamplesPerId * (AudioFormat.SampleRate / 50) / (TestVoice.SampleRate / 50);

    private static int Crossings(short[] samples) => samples.Zip(samples.Skip(1)).Count(pair => pair.First < 0 != pair.Second < 0);

    private static async Task<string> PhonemesAsync(string text, string voice)
    {
        PiperClause[] clauses = [.. PiperClause.Split(text)];
        return string.Concat(await new PiperPhonemizer(new EspeakOptions()).PhonemizeAsync(clauses, voice, CancellationToken.None));
    }
}
