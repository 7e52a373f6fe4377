using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Speaking;
using Xunit;

namespace PhoneAgent.Testing.Contracts;

/// <summary>What every voice promises. A subclass says how to make one; a <see cref="RequirementAttribute"/> on it, when they can run.</summary>
public abstract class SpeechSynthesizerContract
{
    protected const string Sentence = "Hello, our shop is open until six today.";

    protected abstract ISpeechSynthesizer Create();

    [ContractFact]
    public Task SpeaksASentence() => RunAsync(async voice =>
    {
        var audio = await SpeakAsync(voice, new SynthesisRequest(Sentence));
        var seconds = audio.Samples.Length / (double)AudioFormat.SampleRate;
        Assert.InRange(seconds, 1, 8);
        Assert.True(Rms(audio.Samples) > 300, $"rms {Rms(audio.Samples):F0}");
    });

    [ContractFact]
    public Task EveryVoiceIsHeard() => RunAsync(async voice =>
    {
        Assert.NotEmpty(voice.Voices);
        foreach (var info in voice.Voices.Take(4))
        {
            var audio = await SpeakAsync(voice, new SynthesisRequest("Thank you.", info.Id));
            Assert.True(Rms(audio.Samples) > 200, $"voice {info.Id}: rms {Rms(audio.Samples):F0}");
        }
    });

    [ContractFact]
    public Task AnUnknownVoiceIsAnEngineException() => RunAsync(async voice =>
    {
        var error = await Assert.ThrowsAnyAsync<EngineException>(() => SpeakAsync(voice, new SynthesisRequest("Hi.", "no-such-voice")));
        Assert.Contains("no-such-voice", error.Message, StringComparison.Ordinal);
    });

    [ContractFact]
    public Task RateChangesTheLength() => RunAsync(async voice =>
    {
        var slow = await SpeakAsync(voice, new SynthesisRequest(Sentence, Rate: 0.7));
        var fast = await SpeakAsync(voice, new SynthesisRequest(Sentence, Rate: 1.6));
        Assert.InRange(slow.Samples.Length / (double)fast.Samples.Length, 1.5, 3.2);
    });

    [ContractFact]
    public Task GainChangesTheLoudness() => RunAsync(async voice =>
    {
        var plain = await SpeakAsync(voice, new SynthesisRequest(Sentence));
        var quiet = await SpeakAsync(voice, new SynthesisRequest(Sentence, GainDb: -12));
        Assert.InRange(20 * Math.Log10(Rms(quiet.Samples) / Rms(plain.Samples)), -14, -10);
    });

    [ContractFact]
    public Task OddTextsDoNotHurt() => RunAsync(async voice =>
    {
        foreach (var text in OddTexts)
            await SpeakAsync(voice, new SynthesisRequest(text));
        Assert.True((await SpeakAsync(voice, new SynthesisRequest("Still here."))).Samples.Length > 0);
    });

    [ContractFact]
    public Task NothingToSayIsNoAudio() => RunAsync(async voice =>
    {
        foreach (var text in new[] { "", "   ", "...", "\0\a", "😀" })
            Assert.Empty((await SpeakAsync(voice, new SynthesisRequest(text))).Samples);
    });

    [ContractFact]
    public Task CancellingStops() => RunAsync(async voice =>
    {
        using var cancel = new CancellationTokenSource();
        var request = new SynthesisRequest(string.Join(' ', Enumerable.Repeat(Sentence, 20)));
        var heard = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var chunk in voice.SynthesizeAsync(request, cancel.Token))
            {
                heard += chunk.Samples.Length;
                await cancel.CancelAsync();
            }
        });
        Assert.True(heard < 5 * AudioFormat.SampleRate, $"{heard} samples after the cancellation");
        Assert.NotEmpty((await SpeakAsync(voice, new SynthesisRequest("Next."))).Samples);
    });

    [ContractFact]
    public Task AReceiverThatStopsReadingStopsTheEngine() => RunAsync(async voice =>
    {
        for (var i = 0; i < 10; i++)
            await foreach (var chunk in voice.SynthesizeAsync(new SynthesisRequest(Sentence), CancellationToken.None))
                break;
        Assert.NotEmpty((await SpeakAsync(voice, new SynthesisRequest("Next."))).Samples);
    });

    [ContractFact]
    public Task ManyAtOnceSpeakAsOneAlone() => RunAsync(async voice =>
    {
        string[] texts = ["One moment please.", "Your order was sent yesterday.", Sentence, "Goodbye."];
        var alone = new List<short[]>();
        foreach (var text in texts)
            alone.Add((await SpeakAsync(voice, new SynthesisRequest(text))).Samples);
        var together = await Task.WhenAll(Enumerable.Range(0, 24)
            .Select(i => Task.Run(() => SpeakAsync(voice, new SynthesisRequest(texts[i % texts.Length])))));
        for (var i = 0; i < together.Length; i++)
        {
            // Engines with noise in their excitation differ by where the first sound is found, not by more.
            var difference = together[i].Samples.Length - alone[i % texts.Length].Length;
            Assert.InRange(difference, -640, 640);
        }
    });

    [ContractFact]
    public Task WordMarksAreInOrderAndInside() => RunAsync(async voice =>
    {
        var audio = await SpeakAsync(voice, new SynthesisRequest(Sentence));
        Assert.Equal(audio.Words.OrderBy(w => w.SampleOffset).Select(w => w.TextOffset), audio.Words.Select(w => w.TextOffset));
        Assert.All(audio.Words, w => Assert.InRange(w.SampleOffset, 0, audio.Samples.Length - 1));
        Assert.All(audio.Words, w => Assert.InRange(w.TextOffset, 0, Sentence.Length - 1));
    });

    protected static readonly string[] OddTexts =
    [
        "a", "?", "\r\n\t", "\u0000bell\u0007", "😀 hello 😀", "\ud800 lone surrogate", "naïve café at 5 °C — “quoted” …",
        "日本語のテキスト", new string('x', 300), new string('7', 100), string.Concat(Enumerable.Repeat("Dr. St. 4.5% $1,234.56; ", 20)),
        "<speak>&amp;</speak>", "%s%n%d", "((((((", "a.b.c.d.e.f.g", "12:34:56 1/2 3-4-5 0x1F 1e10", "-f /etc/passwd", "--help",
    ];

    protected static async Task<(short[] Samples, List<WordMark> Words)> SpeakAsync(ISpeechSynthesizer voice, SynthesisRequest request)
    {
        var samples = new List<short>();
        var words = new List<WordMark>();
        await foreach (var chunk in voice.SynthesizeAsync(request, CancellationToken.None))
        {
            samples.AddRange(chunk.Samples.Span);
            words.AddRange(chunk.Words);
        }
        return ([.. samples], words);
    }

    protected static double Rms(short[] samples) => samples.Length == 0 ? 0 : Math.Sqrt(samples.Average(s => (double)s * s));

    private async Task RunAsync(Func<ISpeechSynthesizer, Task> test)
    {
        await using var voice = Create();
        await test(voice);
    }
}
