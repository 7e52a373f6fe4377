using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Inference.Whisper;
using PhoneAgent.Testing.Contracts;
using Xunit;

namespace PhoneAgent.Tests.Inference.Whisper;

public sealed class WhisperRecognizerTests : SpeechRecognizerContract
{
    private static readonly RecognitionRequest FrontDesk = new(new Expectation
    {
        Answers = [new PhraseAnswer("hours", ["when are you open [on sunday]"]), new DigitsAnswer("order", 4, 8), new YesNoAnswer("yes_no")],
    });

    protected override ISpeechRecognizer Create() => new WhisperRecognizer(new ToneTranscriber(), new WhisperOptions { Parallel = 2 });

    protected override Task<short[]> SpeakAsync(string words) => Task.FromResult(ToneSpeech.Speak(words));

    [Fact]
    public async Task AFinalTellsWordsTimesAndTheAnswer()
    {
        await using var recognizer = Create();
        var final = Final(await RecognizeAsync(recognizer, FrontDesk, ToneSpeech.Speak("when are you open on sunday")));
        Assert.Equal((RecognitionOutcome.Recognized, "when are you open on sunday", "hours", true), (final.Outcome, final.Text, final.Tag, final.IsCompleteAnswer));
        Assert.InRange(final.Confidence, 0.89, 0.91);
        Assert.Equal(6, final.Words.Count);
        Assert.Equal(TimeSpan.FromMilliseconds(100), final.Words[0].Start);
        Assert.Equal(TimeSpan.FromMilliseconds(400), final.Words[1].Start);
    }

    [Theory]
    [InlineData("four two zero seven", "42 07", "four two zero seven")]
    [InlineData("four two zero seven", "4207.", "four two zero seven")]
    [InlineData("my order is four", "It's 42-07.", "it's four two zero seven")]
    public async Task NumeralsBecomeDigitsAsSpoken(string said, string written, string heard)
    {
        var first = said.Split(' ')[0];
        var transcriber = new ToneTranscriber { Spelling = word => word == first ? written : null };
        await using var recognizer = new WhisperRecognizer(transcriber, new WhisperOptions { InterimInterval = TimeSpan.FromSeconds(10) });
        var final = Final(await RecognizeAsync(recognizer, FrontDesk, ToneSpeech.Speak(said)));
        Assert.Equal((heard, "order"), (final.Text, final.Tag));
        Assert.Equal(heard.Split(' '), final.Words.Select(word => word.Text));
    }

    [Fact]
    public async Task InterimsAreWhatTwoTranscriptionsAgreeOn()
    {
        var transcriber = new ToneTranscriber();
        await using var recognizer = new WhisperRecognizer(transcriber, new WhisperOptions());
        var results = new HeardResults();
        using var stream = recognizer.Open(FrontDesk, results.Add);
        await PushSlowlyAsync(recognizer, stream, ToneSpeech.Speak("when are you open on sunday"));
        stream.Finish();
        await results.WaitForAsync(result => result.IsFinal);
        var interims = results.All.Where(result => !result.IsFinal).Select(result => result.Text).ToList();
        Assert.NotEmpty(interims);
        // Words that were cut off were misheard; none of them may ever be shown.
        Assert.All(interims, text => Assert.StartsWith(text, "when are you open on sunday", StringComparison.Ordinal));
        Assert.Equal(interims.OrderBy(text => text.Length), interims);
    }

    [Fact]
    public async Task AfterAProbeAndSilenceTheFinalCostsNothing()
    {
        var transcriber = new ToneTranscriber();
        await using var recognizer = new WhisperRecognizer(transcriber, new WhisperOptions());
        var results = new HeardResults();
        using var stream = recognizer.Open(FrontDesk, results.Add);
        Push(stream, ToneSpeech.Speak("yes"));
        stream.Probe();
        await results.WaitForAsync(result => result.IsProbe);
        var before = transcriber.Calls.Count;
        Push(stream, new short[30 * AudioFormat.FrameSamples]);
        stream.Finish();
        Assert.Equal("yes", Final(results.All).Text); // inside Finish
        Assert.Equal(before, transcriber.Calls.Count);
    }

    [Fact]
    public async Task WhoGoesOnAfterAProbeIsHeardToTheEnd()
    {
        await using var recognizer = Create();
        var results = new HeardResults();
        using var stream = recognizer.Open(FrontDesk, results.Add);
        Push(stream, ToneSpeech.Speak("four two"));
        stream.Probe();
        await results.WaitForAsync(result => result.IsProbe);
        Push(stream, ToneSpeech.Speak("zero seven"));
        stream.Finish();
        var final = await results.WaitForAsync(result => result.IsFinal);
        Assert.Equal(("four two zero seven", "order"), (final.Text, final.Tag));
    }

    [Fact]
    public async Task ALongUtteranceIsTranscribedInPiecesAndNoWordIsLost()
    {
        var transcriber = new ToneTranscriber();
        var options = new WhisperOptions { Window = TimeSpan.FromSeconds(3) };
        await using var recognizer = new WhisperRecognizer(transcriber, options);
        var said = string.Join(" .. ", Enumerable.Range(0, 40).Select(i => ToneSpeech.Vocabulary[i % 30]));
        var results = new HeardResults();
        using var stream = recognizer.Open(FrontDesk, results.Add);
        await PushSlowlyAsync(recognizer, stream, ToneSpeech.Speak(said));
        stream.Finish();
        var final = await results.WaitForAsync(result => result.IsFinal);
        Assert.Equal(said.Replace(" ..", "", StringComparison.Ordinal), final.Text);
        Assert.True(transcriber.Calls.Max(call => call.Samples) < 5 * AudioFormat.SampleRate, $"{transcriber.Calls.Max(call => call.Samples)} samples at once");
        Assert.Equal(final.Words.OrderBy(word => word.Start), final.Words);
    }

    [Fact]
    public async Task WhatIsLongerThanWhisperHearsIsTakenInTurns()
    {
        var transcriber = new ToneTranscriber();
        await using var recognizer = new WhisperRecognizer(transcriber, new WhisperOptions { InterimInterval = TimeSpan.FromSeconds(10), Window = TimeSpan.FromSeconds(28) });
        var random = new Random(3); // words in a cycle would be taken for a model that repeats itself
        var said = string.Join(' ', Enumerable.Range(0, 150).Select(_ => ToneSpeech.Vocabulary[random.Next(30)]));
        var final = Final(await RecognizeAsync(recognizer, FrontDesk, ToneSpeech.Speak(said)));
        Assert.All(transcriber.Calls, call => Assert.True(call.Samples <= 30 * AudioFormat.SampleRate));
        Assert.InRange(final.Text.Split(' ').Length, 149, 151); // one word may lie on the cut
    }

    [Fact]
    public async Task SpeechBeyondTheLongestUtteranceIsNotKept()
    {
        var transcriber = new ToneTranscriber();
        await using var recognizer = new WhisperRecognizer(transcriber, new WhisperOptions { MaxUtterance = TimeSpan.FromSeconds(1) });
        var final = Final(await RecognizeAsync(recognizer, FrontDesk, ToneSpeech.Speak("yes no yes no yes no yes no")));
        Assert.StartsWith("yes no yes", final.Text, StringComparison.Ordinal);
        Assert.All(transcriber.Calls, call => Assert.True(call.Samples <= AudioFormat.SampleRate));
    }

    [Fact]
    public async Task SilenceNeverReachesTheModel()
    {
        var transcriber = new ToneTranscriber();
        await using var recognizer = new WhisperRecognizer(transcriber, new WhisperOptions());
        Assert.Equal(RecognitionOutcome.Empty, Final(await RecognizeAsync(recognizer, FrontDesk, new short[AudioFormat.SampleRate * 3])).Outcome);
        Assert.Empty(transcriber.Calls);
    }

    [Fact]
    public async Task WhatTheModelTakesForNoSpeechIsEmpty()
    {
        var transcriber = new ToneTranscriber { Probability = 0.3, NoSpeechProbability = 0.8 };
        await using var recognizer = new WhisperRecognizer(transcriber, new WhisperOptions());
        Assert.Equal(RecognitionOutcome.Empty, Final(await RecognizeAsync(recognizer, FrontDesk, ToneSpeech.Speak("yes"))).Outcome);
    }

    [Fact]
    public async Task GhostsAreEmptyAndUnsureWordsAreRejected()
    {
        await using var ghosts = Create();
        Assert.Equal(RecognitionOutcome.Empty, Final(await RecognizeAsync(ghosts, FrontDesk, ToneSpeech.Speak("thanks for watching"))).Outcome);
        await using var unsure = new WhisperRecognizer(new ToneTranscriber { Probability = 0.25 }, new WhisperOptions());
        var rejected = Final(await RecognizeAsync(unsure, FrontDesk, ToneSpeech.Speak("yes")));
        Assert.Equal((RecognitionOutcome.Rejected, null, false), (rejected.Outcome, rejected.Tag, rejected.IsCompleteAnswer));
    }

    [Fact]
    public async Task TheModelIsToldWhatIsExpected()
    {
        var transcriber = new ToneTranscriber();
        await using var recognizer = new WhisperRecognizer(transcriber, new WhisperOptions());
        await RecognizeAsync(recognizer, FrontDesk, ToneSpeech.Speak("yes"));
        Assert.EndsWith("When are you open on sunday.", transcriber.Calls[^1].Query.Prompt, StringComparison.Ordinal);
        Assert.Equal(["en"], transcriber.Calls[^1].Query.Languages);

        var plain = new ToneTranscriber();
        await using var unprompted = new WhisperRecognizer(plain, new WhisperOptions { Prompt = false });
        await RecognizeAsync(unprompted, FrontDesk, ToneSpeech.Speak("yes"));
        Assert.Equal("", plain.Calls[^1].Query.Prompt);
    }

    [Fact]
    public async Task TheLanguageIsFoundAmongThoseAllowed()
    {
        var transcriber = new ToneTranscriber { Language = "de" };
        await using var recognizer = new WhisperRecognizer(transcriber, new WhisperOptions { Languages = ["de-AT", "fr"] });
        var final = Final(await RecognizeAsync(recognizer, FrontDesk, ToneSpeech.Speak("hallo ja ja ja ja ja")));
        Assert.Equal(["en", "de", "fr"], transcriber.Calls[0].Query.Languages);
        Assert.Equal("de-AT", final.Language);
        await using var fixedLanguage = Create();
        Assert.Null(Final(await RecognizeAsync(fixedLanguage, FrontDesk, ToneSpeech.Speak("yes"))).Language);
    }

    [Fact]
    public async Task AModelOfEnglishSaysThatItKnowsNoOther()
    {
        await using var recognizer = new WhisperRecognizer(new ToneTranscriber { IsMultilingual = false }, new WhisperOptions());
        Assert.Contains("de-DE", Assert.Single(await recognizer.PrepareAsync(FrontDesk with { Language = "de-DE" }, CancellationToken.None)), StringComparison.Ordinal);
        Assert.Empty(await recognizer.PrepareAsync(FrontDesk, CancellationToken.None));
    }

    [Fact]
    public async Task PreparingRunsTheModelOnce()
    {
        var transcriber = new ToneTranscriber();
        await using var recognizer = new WhisperRecognizer(transcriber, new WhisperOptions());
        await recognizer.PrepareAsync(FrontDesk, CancellationToken.None);
        await recognizer.PrepareAsync(YesOrNo, CancellationToken.None);
        Assert.Single(transcriber.Calls);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AFailingModelFailsTheUtteranceAndNotTheNext(bool isEngineException)
    {
        var transcriber = new ToneTranscriber { Failure = isEngineException ? new EngineException("the model is ill") : new InvalidOperationException("the model is ill") };
        await using var recognizer = new WhisperRecognizer(transcriber, new WhisperOptions());
        var failed = Final(await RecognizeAsync(recognizer, FrontDesk, ToneSpeech.Speak("yes")));
        Assert.Equal(RecognitionOutcome.Failed, failed.Outcome);
        Assert.Contains("the model is ill", failed.Error, StringComparison.Ordinal);
        transcriber.Failure = null;
        Assert.Equal("yes", Final(await RecognizeAsync(recognizer, FrontDesk, ToneSpeech.Speak("yes"))).Text);
    }

    [Fact]
    public async Task UnderLoadInterimsGoFirstAndFinalsAreHeard()
    {
        var hold = new TaskCompletionSource();
        var transcriber = new ToneTranscriber { Hold = hold.Task };
        await using var recognizer = new WhisperRecognizer(transcriber, new WhisperOptions { Parallel = 1, MaxWaiting = 2 });
        var audio = ToneSpeech.Speak("four two zero seven");
        var calls = Enumerable.Range(0, 5).Select(_ => (Results: new HeardResults(), Streams: new List<IRecognitionStream>())).ToList();
        foreach (var (results, streams) in calls)
        {
            streams.Add(recognizer.Open(FrontDesk, results.Add));
            Push(streams[0], audio);
        }
        await transcriber.BegunAsync(1); // one place, taken
        foreach (var call in calls)
            call.Streams[0].Finish();
        Assert.True(recognizer.Dropped.Interims > 0);
        hold.SetResult();
        var finals = await Task.WhenAll(calls.Select(call => call.Results.WaitForAsync(result => result.IsFinal)));
        Assert.InRange(finals.Count(final => final.Text == "four two zero seven"), 2, 3);
        Assert.All(finals.Where(final => final.Outcome == RecognitionOutcome.Failed), final => Assert.Contains("parallel", final.Error, StringComparison.Ordinal));
        Assert.Equal(recognizer.Dropped.Finals, finals.Count(final => final.Outcome == RecognitionOutcome.Failed));
    }

    [Fact]
    public async Task AProbeThatLostItsPlaceIsNotAnsweredByALaterInterim()
    {
        var hold = new TaskCompletionSource();
        var transcriber = new ToneTranscriber { Hold = hold.Task };
        await using var recognizer = new WhisperRecognizer(transcriber, new WhisperOptions { Parallel = 1, MaxWaiting = 1 });
        var results = new HeardResults();
        using var first = recognizer.Open(FrontDesk, _ => { });
        Push(first, ToneSpeech.Speak("yes"));
        first.Finish();
        await transcriber.BegunAsync(1); // the one place is taken
        using var probed = recognizer.Open(FrontDesk, results.Add);
        Push(probed, ToneSpeech.Speak("four"));
        probed.Probe(); // the one place to wait
        using var other = recognizer.Open(FrontDesk, _ => { });
        Push(other, ToneSpeech.Speak("no"));
        other.Finish(); // matters more
        hold.SetResult();
        await PushSlowlyAsync(recognizer, probed, ToneSpeech.Speak("two zero seven one eight"));
        probed.Finish();
        Assert.Equal("four two zero seven one eight", (await results.WaitForAsync(result => result.IsFinal)).Text);
        Assert.Equal(1, recognizer.Dropped.Probes);
        Assert.DoesNotContain(results.All, result => result.IsProbe);
    }

    [Fact]
    public async Task DisposingStopsWhatIsUnderWay()
    {
        var transcriber = new ToneTranscriber { Hold = new TaskCompletionSource().Task };
        var recognizer = new WhisperRecognizer(transcriber, new WhisperOptions());
        using var stream = recognizer.Open(FrontDesk, _ => { });
        Push(stream, ToneSpeech.Speak("yes"));
        stream.Finish();
        await transcriber.BegunAsync(1);
        await recognizer.DisposeAsync();
        Assert.True(transcriber.IsDisposed);
    }

    [Fact]
    public void WrongOptionsAreAllNamed()
    {
        var wrong = new WhisperOptions { Parallel = 0, Window = TimeSpan.FromSeconds(40), RejectBelow = 2 };
        var error = Assert.Throws<EngineException>(() => new WhisperRecognizer(new ToneTranscriber(), wrong));
        foreach (var key in new[] { "parallel:", "window:", "reject_below:" })
            Assert.Contains(key, error.Message, StringComparison.Ordinal);
    }

    /// <summary>As a call gives its audio: the model has time for each interim.</summary>
    private static async Task PushSlowlyAsync(WhisperRecognizer recognizer, IRecognitionStream stream, short[] audio)
    {
        for (var at = 0; at + AudioFormat.FrameSamples <= audio.Length; at += AudioFormat.FrameSamples)
        {
            stream.Push(audio.AsSpan(at, AudioFormat.FrameSamples));
            await recognizer.IdleAsync();
        }
    }
}
