using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Speaking;
using PhoneAgent.Inference.Flite;
using PhoneAgent.Inference;
using PhoneAgent.Testing.Contracts;
using Xunit;

namespace PhoneAgent.ModelTests.Flite;

[RequiresFlite]
public sealed class FliteSynthesizerTests : SpeechSynthesizerContract
{
    protected override ISpeechSynthesizer Create() => new FliteSynthesizer(new FliteOptions());

    [ContractFact]
    public async Task EveryVoiceStartsSpeakingWithin20Ms()
    {
        await using var flite = Create();
        foreach (var voice in flite.Voices)
        {
            foreach (var text in new[] { Sentence, "Sorry about that.", "Fine.", "Half of it is here.", "We are open." })
            {
                var samples = (await SpeakAsync(flite, new SynthesisRequest(text, voice.Id))).Samples;
                var onset = Array.FindIndex(samples, s => Math.Abs((int)s) > 100);
                Assert.InRange(onset, 0, AudioFormat.SampleRate / 50);
            }
        }
    }

    [ContractFact]
    public async Task EveryWordIsMarkedWhereItStands()
    {
        await using var flite = Create();
        const string text = "“Hello” — our shop, at 12 Main Street, is open.";
        var (samples, words) = await SpeakAsync(flite, new SynthesisRequest(text));

        var starts = words.ConvertAll(w => text[w.TextOffset..].Split(' ', ',', '”', '.')[0]);
        Assert.Equal(["Hello", "our", "shop", "at", "12", "Main", "Street", "is", "open"], starts);
        Assert.InRange(words[0].SampleOffset, 0, 400);
        Assert.True(words[^1].SampleOffset < samples.Length - 4_000, "the last word has no sound");
    }

    [ContractFact]
    public async Task MarksOfLaterClausesCountFromTheRequestsFirstSample()
    {
        await using var flite = Create();
        var text = string.Join(' ', Enumerable.Repeat("This is a rather long sentence which the engine takes as a clause of its own.", 4));
        var (samples, words) = await SpeakAsync(flite, new SynthesisRequest(text));
        Assert.Equal(text.Split(' ').Length, words.Count);
        Assert.InRange(words[^1].SampleOffset, samples.Length * 9L / 10, samples.Length - 1);
    }

    [ContractFact]
    public async Task ATextOverTheCapIsSpokenUpToIt()
    {
        await using var flite = new FliteSynthesizer(new FliteOptions { MaxCharacters = 20 });
        var (_, words) = await SpeakAsync(flite, new SynthesisRequest("one two three four five six seven eight nine ten"));
        Assert.InRange(words.Count, 3, 5);
    }

    [ContractFact]
    public async Task TheProbeSaysThatItSpeaks()
    {
        var status = await new FliteProbe(new FliteOptions()).ProbeAsync(CancellationToken.None);
        Assert.Equal(EngineHealth.Ok, status.Health);
    }

    [ContractFact]
    public async Task TheProbeNamesTheVoicesWhenOneIsUnknown()
    {
        var status = await new FliteProbe(new FliteOptions { Voice = "bob" }).ProbeAsync(CancellationToken.None);
        Assert.Equal(EngineHealth.Missing, status.Health);
        Assert.Contains("slt, rms", status.Message, StringComparison.Ordinal);
    }
}
