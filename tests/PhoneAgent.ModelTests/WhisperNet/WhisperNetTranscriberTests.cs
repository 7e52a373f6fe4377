using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Inference.Whisper;
using PhoneAgent.Inference.WhisperNet;
using PhoneAgent.Testing;
using PhoneAgent.Testing.Contracts;
using Xunit;

namespace PhoneAgent.ModelTests.WhisperNet;

/// <summary>The real native library with whisper.cpp's own file for tests: it has no weights, so its words mean nothing.</summary>
public sealed class WhisperNetTranscriberTests
{
    private const string English = "models/whisper.cpp/for-tests-ggml-tiny.en.bin";
    private const string Multilingual = "models/whisper.cpp/for-tests-ggml-tiny.bin";

    [RequiresTheory(Shared = "models/whisper.cpp")]
    [InlineData(English, false)]
    [InlineData(Multilingual, true)]
    public async Task TheNativeLibraryLoadsTheModelAndTranscribes(string file, bool isMultilingual)
    {
        await using var transcriber = Load(file);
        Assert.Equal(isMultilingual, transcriber.IsMultilingual);
        foreach (var seconds in new[] { 0.1, 1, 3 })
        {
            var transcript = await transcriber.TranscribeAsync(Tone(seconds), new TranscriptQuery(["en"], "Yes. No."), CancellationToken.None);
            Assert.Null(transcript.Language);
            Assert.All(transcript.Segments.SelectMany(segment => segment.Tokens), token => Assert.InRange(token.Probability, 0, 1));
        }
    }

    [RequiresFact(Shared = "models/whisper.cpp")]
    public async Task TheLanguageIsOneOfThoseAllowed()
    {
        await using var transcriber = Load(Multilingual);
        var transcript = await transcriber.TranscribeAsync(Tone(1), new TranscriptQuery(["de", "fr"], ""), CancellationToken.None);
        Assert.True(transcript.Language is null or "de" or "fr", transcript.Language);
    }

    [RequiresFact(Shared = "models/whisper.cpp")]
    public async Task SeveralTranscribeAtOnceAndACancelledOneStops()
    {
        await using var transcriber = Load(English);
        using var cancel = new CancellationTokenSource();
        var running = Enumerable.Range(0, 3).Select(_ => transcriber.TranscribeAsync(Tone(1), new TranscriptQuery(["en"], ""), CancellationToken.None).AsTask()).ToList();
        var cancelled = transcriber.TranscribeAsync(Tone(20), new TranscriptQuery(["en"], ""), cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        await Task.WhenAll(running);
    }

    [RequiresFact(Shared = "models/whisper.cpp")]
    public async Task ACallOverTheNativeLibraryEndsWithAFinal()
    {
        await using var recognizer = new WhisperRecognizer(Load(Multilingual), new WhisperOptions { Languages = ["de"], InterimInterval = TimeSpan.FromMilliseconds(200) });
        var request = new RecognitionRequest(new Expectation { Answers = [new YesNoAnswer("yes_no"), new DigitsAnswer("order", 4, 8)] });
        Assert.Empty(await recognizer.PrepareAsync(request, CancellationToken.None));
        var results = new HeardResults();
        using var stream = recognizer.Open(request, results.Add);
        var tone = Tone(2);
        for (var at = 0; at + AudioFormat.FrameSamples <= tone.Length; at += AudioFormat.FrameSamples)
            stream.Push([.. tone.AsSpan(at, AudioFormat.FrameSamples).ToArray().Select(sample => (short)(sample * short.MaxValue))]);
        stream.Probe();
        stream.Finish();
        var final = await results.WaitForAsync(result => result.IsFinal);
        Assert.NotEqual(RecognitionOutcome.Failed, final.Outcome);
    }

    [RequiresFact(Shared = "models/whisper.cpp")]
    public void AModelWithoutWeightsIsRefusedInACall() =>
        Assert.Contains("no weights", Assert.Throws<EngineException>(() => WhisperNetTranscriber.Load(SharedData.Require(English), new WhisperOptions())).Message, StringComparison.Ordinal);

    [RequiresFact(Shared = "models/whisper.cpp")]
    public void DamagedWrongAndMissingFilesNeverReachNativeCode()
    {
        var folder = Directory.CreateTempSubdirectory("phoneagent-whisper-").FullName;
        try
        {
            var whole = File.ReadAllBytes(SharedData.Require(English));
            var path = Path.Combine(folder, "ggml.bin");
            foreach (var length in new[] { 0, 3, 40, 5_000, whole.Length / 2, whole.Length - 1 })
            {
                File.WriteAllBytes(path, whole[..length]);
                AssertRefused(path);
            }
            AssertRefused(SharedData.Require("models/whisper.cpp/for-tests-silero-v6.2.0-ggml.bin"));
            AssertRefused(Path.Combine(folder, "missing.bin"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void AssertRefused(string path) =>
        Assert.Contains(path, Assert.Throws<EngineException>(() => WhisperNetTranscriber.Load(path, new WhisperOptions(), withoutWeights: true)).Message, StringComparison.Ordinal);

    private static WhisperNetTranscriber Load(string file) =>
        WhisperNetTranscriber.Load(SharedData.Require(file), new WhisperOptions { ShortContext = true, Threads = 1 }, withoutWeights: true);

    private static float[] Tone(double seconds) =>
        [.. Enumerable.Range(0, (int)(seconds * AudioFormat.SampleRate)).Select(i => 0.3f * MathF.Sin(i * 0.2f))];
}
