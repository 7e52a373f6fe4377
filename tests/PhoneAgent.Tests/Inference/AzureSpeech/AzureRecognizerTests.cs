using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Inference.AzureSpeech;
using PhoneAgent.Testing;
using PhoneAgent.Testing.Contracts;
using PhoneAgent.Tests.Inference.Whisper;
using Xunit;

namespace PhoneAgent.Tests.Inference.AzureSpeech;

public sealed class AzureRecognizerTests : SpeechRecognizerContract
{
    private static readonly AzureSpeechOptions Options = new AzureSpeechOptions { Region = "westeurope" }.For("azure", "secret-key");

    private static readonly RecognitionRequest FrontDesk = new(new Expectation
    {
        Answers = [new PhraseAnswer("hours", ["when are you open [on sunday]"]), new DigitsAnswer("order", 4, 8)],
    });

    // A probe waits long enough for the fake's threads on a busy machine.
    protected override ISpeechRecognizer Create() => new AzureRecognizer(Options with { ProbeWait = TimeSpan.FromSeconds(1) }, new ToneHearing());

    protected override Task<short[]> SpeakAsync(string words) => Task.FromResult(ToneSpeech.Speak(words));

    [Fact]
    public async Task AFinalTellsWordsTimesAndTheAnswer()
    {
        await using var recognizer = Create();
        var results = await RecognizeAsync(recognizer, FrontDesk, ToneSpeech.Speak("four two zero seven"));
        var final = Final(results);
        Assert.Equal((RecognitionOutcome.Recognized, "four two zero seven", "order", 0.9), (final.Outcome, final.Text, final.Tag, final.Confidence));
        Assert.Equal(4, final.Words.Count);
        Assert.Null(final.Language);
        Assert.All(results[..^1], result => Assert.StartsWith(result.Text, final.Text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task TheServiceIsToldPhrasesAndLanguages()
    {
        var service = new ToneHearing();
        await using var recognizer = new AzureRecognizer(Options with { Languages = ["de-DE"] }, service);
        var final = Final(await RecognizeAsync(recognizer, FrontDesk, ToneSpeech.Speak("ja")));
        Assert.Equal(["when are you open on sunday", "when are you open"], service.Phrases);
        Assert.Equal(["en-US", "de-DE"], service.Languages);
        Assert.Equal("de-DE", final.Language);
    }

    [Fact]
    public async Task AFailureIsTheFinalAndNamesNoKey()
    {
        var service = new ToneHearing { Failure = new AzureFailure("AuthenticationFailure", "bad key secret-key") };
        await using var recognizer = new AzureRecognizer(Options, service);
        var final = Final(await RecognizeAsync(recognizer, FrontDesk, ToneSpeech.Speak("yes")));
        Assert.Equal(RecognitionOutcome.Failed, final.Outcome);
        Assert.Contains("westeurope", final.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-key", final.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnSdkThatThrowsIsAFailedUtterance()
    {
        await using var recognizer = new AzureRecognizer(Options, new ToneHearing { IsBroken = true });
        var final = Final(await RecognizeAsync(recognizer, FrontDesk, ToneSpeech.Speak("yes")));
        Assert.Equal(RecognitionOutcome.Failed, final.Outcome);
        Assert.Contains("SPXERR_INVALID_ARG", final.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AServiceThatSaysNothingFailsAfterItsTime()
    {
        var time = new VirtualTime();
        await using var recognizer = new AzureRecognizer(Options, new ToneHearing { IsSilent = true }, time);
        var results = new HeardResults();
        using var stream = recognizer.Open(FrontDesk, results.Add);
        Push(stream, ToneSpeech.Speak("yes"));
        stream.Finish();
        Assert.Empty(results.All);
        time.Advance(Options.FinalTimeout);
        Assert.Contains("final_timeout", Final(results.All).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void AProbeIsAnsweredARoundTripLaterUnlessTheUtteranceIsOver()
    {
        var time = new VirtualTime();
        var recognizer = new AzureRecognizer(Options, new ToneHearing { IsSilent = true }, time);
        var results = new HeardResults();
        using var stream = recognizer.Open(FrontDesk, results.Add);
        Push(stream, ToneSpeech.Speak("yes"));
        stream.Probe();
        Assert.Empty(results.All);
        time.Advance(Options.ProbeWait);
        Assert.True(Assert.Single(results.All).IsProbe);
        stream.Probe();
        stream.Finish();
        time.Advance(Options.ProbeWait);
        Assert.Single(results.All);
    }

    [Fact]
    public void SeveralPhrasesAreOneUtterance()
    {
        AzurePhrase[] phrases = [new("It's 42.", "it's forty two", 0.9, null, []), new("07.", "zero seven", 0.6, null, [])];
        var answers = new AnswerMatcher(FrontDesk.Expectation);
        var result = AzureResult.Of(phrases, null, answers, "en-US");
        Assert.Equal(("it's forty two zero seven", "order", 0.6), (result.Text, result.Tag, result.Confidence));
        var interim = AzureResult.Of(phrases[..1], new AzurePhrase("07", null, 0, null, []), answers, "en-US");
        Assert.Equal("it's forty two zero seven", interim.Text);
        Assert.Equal(RecognitionOutcome.Empty, AzureResult.Of([], null, answers, "en-US").Outcome);
        Assert.Equal(RecognitionOutcome.Empty, AzureResult.Of([new AzurePhrase("", "", 0, null, [])], null, answers, "en-US").Outcome);
    }

    [Fact]
    public void ThePhraseListIsBounded()
    {
        var many = new Expectation { Answers = [new PhraseAnswer("a", [.. Enumerable.Range(0, 900).Select(i => $"word {new string((char)('a' + i % 26), 1 + i / 26)}")]), new PhraseAnswer("b", ["(broken"])] };
        Assert.Equal(500, AzureResult.PhraseList(many).Count);
    }
}
