using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Hearing;
using Xunit;

namespace PhoneAgent.Testing.Contracts;

/// <summary>What every recogniser promises. A subclass says how to make one and gives it a voice; a <see cref="RequirementAttribute"/> on it, when they can run.</summary>
public abstract class SpeechRecognizerContract
{
    protected static readonly RecognitionRequest YesOrNo = new(new Expectation { Answers = [new PhraseAnswer("yes", ["yes [that's right]"]), new PhraseAnswer("no", ["no"])] });

    protected abstract ISpeechRecognizer Create();

    /// <summary>The words spoken, as they come over a telephone line: 16 kHz.</summary>
    protected abstract Task<short[]> SpeakAsync(string words);

    /// <summary>What an answer means: its tag, or its first word where the engine knows none ("no please" means no).</summary>
    protected static string Meaning(RecognitionResult result) => result.Tag ?? result.Text.Split(' ')[0];

    [ContractFact]
    public Task HearsWhatIsExpected() => RunAsync(async recognizer =>
    {
        Assert.Empty(await recognizer.PrepareAsync(YesOrNo, CancellationToken.None));
        foreach (var word in new[] { "yes", "no" })
        {
            var final = Final(await RecognizeAsync(recognizer, YesOrNo, await SpeakAsync(word)));
            Assert.Equal(RecognitionOutcome.Recognized, final.Outcome);
            Assert.Equal(word, Meaning(final));
            Assert.InRange(final.Confidence, 0.01, 1);
        }
    });

    [ContractFact]
    public Task InterimsComeFirstAndThenExactlyOneFinal() => RunAsync(async recognizer =>
    {
        var results = await RecognizeAsync(recognizer, YesOrNo, await SpeakAsync("yes that's right"));
        Assert.Single(results, r => r.IsFinal);
        Assert.True(results[^1].IsFinal);
        Assert.All(results[..^1], r => Assert.False(r.IsProbe));
    });

    [ContractFact]
    public Task AProbeIsAsGoodAsAFinalAndTheUtteranceGoesOn() => RunAsync(async recognizer =>
    {
        var audio = await SpeakAsync("no");
        var results = new HeardResults();
        using var stream = recognizer.Open(YesOrNo, results.Add);
        Push(stream, audio);
        Push(stream, new short[AudioFormat.FrameSamples * 15]);
        stream.Probe();
        var probe = await results.WaitForAsync(r => r.IsProbe);
        Assert.False(probe.IsFinal);
        Push(stream, new short[AudioFormat.FrameSamples * 10]);
        stream.Finish();
        var final = await results.WaitForAsync(r => r.IsFinal);
        Assert.Single(results.All, r => r.IsProbe);
        Assert.Equal("no", Meaning(probe));
        Assert.Equal(final.Text, probe.Text);
        Assert.Equal(final.Outcome, probe.Outcome);
    });

    [ContractFact]
    public Task NothingPushedIsEmpty() => RunAsync(async recognizer =>
        Assert.Equal(RecognitionOutcome.Empty, Final(await RecognizeAsync(recognizer, YesOrNo, [])).Outcome));

    [ContractFact]
    public Task SilenceHasNoWords() => RunAsync(async recognizer =>
    {
        foreach (var frames in new[] { 1, 5, 100 })
        {
            var final = Final(await RecognizeAsync(recognizer, YesOrNo, new short[frames * AudioFormat.FrameSamples]));
            Assert.NotEqual(RecognitionOutcome.Recognized, final.Outcome);
            Assert.NotEqual(RecognitionOutcome.Failed, final.Outcome);
        }
    });

    [ContractFact]
    public Task AfterDisposeNothingIsSaid() => RunAsync(async recognizer =>
    {
        var audio = await SpeakAsync("yes");
        for (var frames = 0; frames < audio.Length / AudioFormat.FrameSamples; frames += 7)
        {
            var results = new HeardResults();
            var stream = recognizer.Open(YesOrNo, results.Add);
            Push(stream, audio.AsSpan(0, frames * AudioFormat.FrameSamples));
            stream.Dispose();
            var before = results.All.Count;
            Push(stream, audio);
            stream.Probe();
            stream.Finish();
            stream.Dispose();
            Assert.Equal(before, results.All.Count);
            Assert.DoesNotContain(results.All, r => r.IsFinal);
        }
        Assert.Equal("yes", Meaning(Final(await RecognizeAsync(recognizer, YesOrNo, audio))));
    });

    [ContractFact]
    public Task TheFinalComesOnce() => RunAsync(async recognizer =>
    {
        var results = new HeardResults();
        using var stream = recognizer.Open(YesOrNo, results.Add);
        Push(stream, await SpeakAsync("yes"));
        stream.Finish();
        stream.Finish();
        stream.Probe();
        await results.WaitForAsync(r => r.IsFinal);
        Assert.Single(results.All, r => r.IsFinal);
    });

    [ContractFact]
    public Task ManyAtOnceHearAsOneAlone() => RunAsync(async recognizer =>
    {
        var yes = await SpeakAsync("yes");
        var no = await SpeakAsync("no");
        var texts = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(async () =>
            Meaning(Final(await RecognizeAsync(recognizer, YesOrNo, i % 2 == 0 ? yes : no))))));
        for (var i = 0; i < texts.Length; i++)
            Assert.Equal(i % 2 == 0 ? "yes" : "no", texts[i]);
    });

    [ContractFact]
    public Task NoAnswerExpectedIsNoFailure() => RunAsync(async recognizer =>
    {
        var final = Final(await RecognizeAsync(recognizer, new RecognitionRequest(Expectation.Nothing), await SpeakAsync("yes")));
        Assert.NotEqual(RecognitionOutcome.Failed, final.Outcome);
    });

    [ContractFact]
    public Task LoudNoiseDoesNotHurt() => RunAsync(async recognizer =>
    {
        var random = new Random(5);
        var noise = new short[AudioFormat.SampleRate * 2];
        for (var i = 0; i < noise.Length; i++)
            noise[i] = (short)random.Next(short.MinValue, short.MaxValue + 1);
        Assert.NotEqual(RecognitionOutcome.Failed, Final(await RecognizeAsync(recognizer, YesOrNo, noise)).Outcome);
    });

    /// <summary>Everything that was said of the audio, up to the final result.</summary>
    protected static async Task<List<RecognitionResult>> RecognizeAsync(ISpeechRecognizer recognizer, RecognitionRequest request, short[] audio)
    {
        ArgumentNullException.ThrowIfNull(recognizer);
        var results = new HeardResults();
        using var stream = recognizer.Open(request, results.Add);
        Push(stream, audio);
        stream.Finish();
        await results.WaitForAsync(r => r.IsFinal);
        return results.All;
    }

    /// <summary>As <see cref="RecognizeAsync"/>, for an engine that computes inside Finish.</summary>
    protected static List<RecognitionResult> Recognize(ISpeechRecognizer recognizer, RecognitionRequest request, short[] audio)
    {
        ArgumentNullException.ThrowIfNull(recognizer);
        var results = new HeardResults();
        using var stream = recognizer.Open(request, results.Add);
        Push(stream, audio);
        stream.Finish();
        return results.All;
    }

    protected static RecognitionResult Final(IEnumerable<RecognitionResult> results) => Assert.Single(results, r => r.IsFinal);

    protected static void Push(IRecognitionStream stream, ReadOnlySpan<short> audio)
    {
        ArgumentNullException.ThrowIfNull(stream);
        for (var at = 0; at + AudioFormat.FrameSamples <= audio.Length; at += AudioFormat.FrameSamples)
            stream.Push(audio.Slice(at, AudioFormat.FrameSamples));
    }

    private async Task RunAsync(Func<ISpeechRecognizer, Task> test)
    {
        await using var recognizer = Create();
        await test(recognizer);
    }
}
