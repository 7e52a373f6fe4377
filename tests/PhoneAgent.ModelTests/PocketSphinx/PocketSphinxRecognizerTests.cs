using PhoneAgent.Audio;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Conversation.Speaking;
using PhoneAgent.Inference.Flite;
using PhoneAgent.Inference.PocketSphinx;
using PhoneAgent.ModelTests.Flite;
using PhoneAgent.Testing.Contracts;
using Xunit;

namespace PhoneAgent.ModelTests.PocketSphinx;

[RequiresPocketSphinx]
[RequiresFlite]
public sealed class PocketSphinxRecognizerTests : SpeechRecognizerContract
{
    private static readonly RecognitionRequest FrontDesk = new(new Expectation
    {
        Answers =
        [
            new PhraseAnswer("hours", ["[when] are you open [on (saturday | sunday)]", "opening hours"]),
            new PhraseAnswer("human", ["[a] human", "speak to (a person | someone)"]),
            new DigitsAnswer("order", 3, 8),
            new YesNoAnswer("yes_no"),
        ],
    });

    protected override ISpeechRecognizer Create() => new PocketSphinxRecognizer(new PocketSphinxOptions { WarmDecoders = 1 });

    protected override Task<short[]> SpeakAsync(string words) => TelephoneSpeech.SpeakAsync(words);

    [ContractFact]
    public async Task TellsWhichAnswerItWas()
    {
        await using var recognizer = Create();
        foreach (var (words, tag) in new[] { ("when are you open on sunday", "hours"), ("speak to someone", "human"), ("four two zero seven", "order"), ("yes please", "yes_no") })
        {
            var final = Final(Recognize(recognizer, FrontDesk, await SpeakAsync(words)));
            Assert.Equal((RecognitionOutcome.Recognized, words, tag), (final.Outcome, final.Text, final.Tag));
            Assert.True(final.IsCompleteAnswer);
            Assert.Equal(words, string.Join(' ', final.Words.Select(w => w.Text)));
            Assert.All(final.Words.Zip(final.Words.Skip(1)), pair => Assert.True(pair.First.End <= pair.Second.Start));
        }
    }

    [ContractFact]
    public async Task AWordThatNoDictionaryHasIsUnderstood()
    {
        await using var recognizer = Create();
        var request = new RecognitionRequest(new Expectation { Answers = [new PhraseAnswer("a", ["zanthora blinkwell"]), new PhraseAnswer("b", ["goodbye"])] });
        Assert.Empty(await recognizer.PrepareAsync(request, CancellationToken.None));
        Assert.Equal("a", Final(Recognize(recognizer, request, await SpeakAsync("zanthora blinkwell"))).Tag);
    }

    [ContractFact]
    public async Task AWordThatCannotBeSpokenIsNamed()
    {
        await using var recognizer = Create();
        var request = new RecognitionRequest(new Expectation { Answers = [new PhraseAnswer("a", ["press 7 now"])] });
        Assert.Contains("7", Assert.Single(await recognizer.PrepareAsync(request, CancellationToken.None)), StringComparison.Ordinal);
        Assert.Equal(RecognitionOutcome.Failed, Final(Recognize(recognizer, request, [])).Outcome);
    }

    [ContractFact]
    public async Task AnotherLanguageIsRefused()
    {
        await using var recognizer = Create();
        Assert.NotEmpty(await recognizer.PrepareAsync(YesOrNo with { Language = "fr-FR" }, CancellationToken.None));
    }

    [ContractFact]
    public async Task WithoutAFreeDecoderTheFinalSaysSo()
    {
        await using var recognizer = new PocketSphinxRecognizer(new PocketSphinxOptions { WarmDecoders = 1, MaxDecoders = 1 });
        var yes = await SpeakAsync("yes");
        using (var busy = recognizer.Open(YesOrNo, _ => { }))
        {
            Push(busy, yes);
            var final = Final(Recognize(recognizer, YesOrNo, yes));
            Assert.Equal(RecognitionOutcome.Failed, final.Outcome);
            Assert.Contains("maxDecoders", final.Error, StringComparison.Ordinal);
        }
        Assert.Equal("yes", Meaning(Final(Recognize(recognizer, YesOrNo, yes))));
    }

    [ContractFact]
    public async Task GrammarsComeAndGoInADecoder()
    {
        await using var recognizer = new PocketSphinxRecognizer(new PocketSphinxOptions { WarmDecoders = 1, MaxDecoders = 1, GrammarsPerDecoder = 2 });
        var yes = await SpeakAsync("yes");
        for (var round = 0; round < 2; round++)
            foreach (var other in new[] { "operator", "tomorrow", "goodbye", "opening hours" })
            {
                var request = new RecognitionRequest(new Expectation { Answers = [new PhraseAnswer(other, [other]), new PhraseAnswer("yes", ["yes"])] });
                Assert.Equal("yes", Meaning(Final(Recognize(recognizer, request, yes))));
            }
    }
}
