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
            var final = Final(Recognize(recognizer, YesOrNo, await SpeakAsync(word)));
            Assert.Equal(RecognitionOutcome.Recognized, final.Outcome);
            Assert.Equal(word, Meaning(final));
            Assert.InRange(final.Confidence, 0.01, 1);
        }
    });

    [ContractFact]
    public Task InterimsComeFirstAndThenExactlyOneFinal() => RunAsync(async recognizer =>
    {
        var results = Recognize(recognizer, YesOrNo, await SpeakAsync("yes that's right"));
        Assert.Single(results, r => r.IsFinal);
        Assert.True(results[^1].IsFinal);
        Assert.All(results[..^1], r => Assert.False(r.IsProbe));
    });

    [ContractFact]
    public Task AProbeIsAsGoodAsAFinalAndTheUtteranceGoesOn() => RunAsync(async recognizer =>
    {
        var audio = await SpeakAsync("no");
        var results = new List<RecognitionResult>();
        using var stream = recognizer.Open(YesOrNo, results.Add);
        Push(stream, audio);
        Push(stream, new short[AudioFormat.FrameSamples * 15]);
        stream.Probe();
        var probe = Assert.Single(results, r => r.IsProbe);
        Assert.False(probe.IsFinal);
        Push(stream, new short[AudioFormat.FrameSamples * 10]);
        stream.Finish();
        var final = Final(results);
        Assert.Equal("no", Meaning(probe));
        Assert.Equal(final.Text, probe.Text);
        Assert.Equal(final.Outcome, probe.Outcome);
    });

    [ContractFact]
    public Task NothingPushedIsEmpty() => RunAsync(recognizer =>
    {
        Assert.Equal(RecognitionOutcome.Empty, Final(Recognize(recognizer, YesOrNo, [])).Outcome);
        return Task.CompletedTask;
    });

    [ContractFact]
    public Task SilenceHasNoWords() => RunAsync(recognizer =>
    {
        foreach (var frames in new[] { 1, 5, 100 })
        {
            var final = Final(Recognize(recognizer, YesOrNo, new short[frames * AudioFormat.FrameSamples]));
            Assert.NotEqual(RecognitionOutcome.Recognized, final.Outcome);
            Assert.NotEqual(RecognitionOutcome.Failed, final.Outcome);
        }
        return Task.CompletedTask;
    });

    [ContractFact]
    public Task AfterDisposeNothingIsSaid() => RunAsync(async recognizer =>
    {
        var audio = await SpeakAsync("yes");
        for (var frames = 0; frames < audio.Length / AudioFormat.FrameSamples; frames += 7)
        {
            var results = new List<RecognitionResult>();
            var stream = recognizer.Open(YesOrNo, results.Add);
            Push(stream, audio.AsSpan(0, frames * AudioFormat.FrameSamples));
            stream.Dispose();
            var before = results.Count;
            Push(stream, audio);
            stream.Probe();
            stream.Finish();
            stream.Dispose();
            Assert.Equal(before, results.Count);
            Assert.DoesNotContain(results, r => r.IsFinal);
        }
        Assert.Equal("yes", Meaning(Final(Recognize(recognizer, YesOrNo, audio))));
    });

    [ContractFact]
    public Task TheFinalComesOnce() => RunAsync(async recognizer =>
    {
        var results = new List<RecognitionResult>();
        using var stream = recognizer.Open(YesOrNo, results.Add);
        Push(stream, await SpeakAsync("yes"));
        stream.Finish();
        stream.Finish();
        stream.Probe();
        Assert.Single(results, r => r.IsFinal);
    });

    [ContractFact]
    public Task ManyAtOnceHearAsOneAlone() => RunAsync(async recognizer =>
    {
        var yes = await SpeakAsync("yes");
        var no = await SpeakAsync("no");
        var texts = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() =>
            Meaning(Final(Recognize(recognizer, YesOrNo, i % 2 == 0 ? yes : no))))));
        for (var i = 0; i < texts.Length; i++)
            Assert.Equal(i % 2 == 0 ? "yes" : "no", texts[i]);
    });

    [ContractFact]
    public Task NoAnswerExpectedIsNoFailure() => RunAsync(async recognizer =>
    {
        var final = Final(Recognize(recognizer, new RecognitionRequest(Expectation.Nothing), await SpeakAsync("yes")));
        Assert.NotEqual(RecognitionOutcome.Failed, final.Outcome);
    });

    [ContractFact]
    public Task LoudNoiseDoesNotHurt() => RunAsync(recognizer =>
    {
        var random = new Random(5);
        var noise = new short[AudioFormat.SampleRate * 2];
        for (var i = 0; i < noise.Length; i++)
            noise[i] = (short)random.Next(short.MinValue, short.MaxValue + 1);
        Assert.NotEqual(RecognitionOutcome.Failed, Final(Recognize(recognizer, YesOrNo, noise)).Outcome);
        return Task.CompletedTask;
    });

    protected static List<RecognitionResult> Recognize(ISpeechRecognizer recognizer, RecognitionRequest request, short[] audio)
    {
        ArgumentNullException.ThrowIfNull(recognizer);
        var results = new List<RecognitionResult>();
        using var stream = recognizer.Open(request, results.Add);
        Push(stream, audio);
        stream.Finish();
        return results;
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
