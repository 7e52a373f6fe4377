using System.Buffers.Binary;
using System.Text;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Conversation.Providers;
using PhoneAgent.Inference.OpenAiCompatible;
using PhoneAgent.Inference.OpenAiCompatible.Hearing;
using PhoneAgent.Testing.Contracts;
using PhoneAgent.Testing.Providers;
using Xunit;

namespace PhoneAgent.LoopbackTests.Inference.OpenAi;

public sealed class OpenAiHearingTests : OpenAiTest
{
    private static readonly RecognitionRequest Order = new(new Expectation { Answers = [new DigitsAnswer("order", 4, 4), new YesNoAnswer("yes_no")] });
    private static readonly short[] Silence = new short[AudioFormat.FrameSamples * 15];

    [Fact]
    public async Task TheUtteranceGoesOutAsAForm()
    {
        Server.Answer("transcriptions", WireSpeech.Transcribe);
        short[] speech = ToneSpeech.Speak("yes");
        RecognitionResult final = await HearAsync(Options, speech);
        Assert.Equal(("yes", "yes_no", "en"), (final.Text, final.Tag, final.Language));
        Assert.Equal(Math.Exp(-0.2), final.Confidence, 3);

        ReceivedRequest request = Assert.Single(Server.Requests);
        Assert.Equal(("POST", "/v1/audio/transcriptions", $"Bearer {Key}"), (request.Method, request.Target, request.Headers["Authorization"]));
        Assert.Equal(("whisper-1", "verbose_json", "0", "en"), (request.Form["model"], request.Form["response_format"], request.Form["temperature"], request.Form["language"]));
        Assert.Contains("Yes.", request.Form["prompt"], StringComparison.Ordinal);
        Assert.Equal(("speech.wav", "audio/wav"), (request.Form["file.name"], request.Form["file.type"]));
        byte[] wav = Encoding.Latin1.GetBytes(request.Form["file"]);
        Assert.Equal(speech.Length / AudioFormat.FrameSamples * AudioFormat.FrameSamples * 2, BinaryPrimitives.ReadInt32LittleEndian(wav.AsSpan(40)));
        for (int i = 0; i < (wav.Length - 44) / 2; i++)
            Assert.Equal(speech[i], BinaryPrimitives.ReadInt16LittleEndian(wav.AsSpan(44 + 2 * i)));
    }

    [Fact]
    public async Task AProbeThatHeardEverythingIsTheFinal()
    {
        Server.Answer("transcriptions", WireSpeech.Transcribe);
        await using var recognizer = Create(Options);
        var results = new HeardResults();
        using var stream = recognizer.Open(Order, results.Add);
        Push(stream, ToneSpeech.Speak("four two zero seven"), Silence);
        stream.Probe();
        RecognitionResult probe = await results.WaitForAsync(r => r.IsProbe);
        Push(stream, Silence, [.. Enumerable.Repeat((short)9_000, AudioFormat.FrameSamples)], Silence); // a click
        stream.Probe(); // nothing new: said at once
        stream.Finish();
        RecognitionResult final = await results.WaitForAsync(r => r.IsFinal);
        Assert.Equal(("four two zero seven", "order", true), (final.Text, final.Tag, final.IsCompleteAnswer));
        Assert.Equal(final, probe with { IsFinal = true, IsProbe = false });
        Assert.Equal(1, Server.Requests.Count(r => r.Form.ContainsKey("file")));
        Assert.Equal(2, results.All.Count(r => r.IsProbe));
    }

    [Fact]
    public async Task AProbeOnItsWayBecomesTheFinal()
    {
        var release = new TaskCompletionSource();
        Server.Answer("transcriptions", request => async wire =>
        {
            await wire.HoldAsync(release.Task);
            await WireSpeech.Transcribe(request)(wire);
        });
        await using var recognizer = Create(Options);
        var results = new HeardResults();
        using var stream = recognizer.Open(Order, results.Add);
        Push(stream, ToneSpeech.Speak("no"), Silence);
        stream.Probe();
        await ArrivedAsync();
        stream.Finish();
        release.SetResult();
        Assert.Equal("no", (await results.WaitForAsync(r => r.IsFinal)).Text);
        Assert.Single(Server.Requests);
        Assert.DoesNotContain(results.All, r => r.IsProbe);
    }

    [Fact]
    public async Task WhatIsSaidAfterAProbeIsHeardAnew()
    {
        Server.Answer("transcriptions", WireSpeech.Transcribe);
        await using var recognizer = Create(Options);
        var results = new HeardResults();
        using var stream = recognizer.Open(Order, results.Add);
        Push(stream, ToneSpeech.Speak("four two"), Silence);
        stream.Probe();
        Assert.Equal("four two", (await results.WaitForAsync(r => r.IsProbe)).Text);
        Push(stream, ToneSpeech.Speak("zero seven"), Silence);
        stream.Finish();
        Assert.Equal("four two zero seven", (await results.WaitForAsync(r => r.IsFinal)).Text);
        Assert.Equal(2, Server.Requests.Count);
    }

    [Fact]
    public async Task WhileTheCallerSpeaksOneInterimIsOnItsWayAndTheFinalTakesItsPlace()
    {
        var first = new TaskCompletionSource<ReceivedRequest>();
        Server.Answer("transcriptions", request => first.TrySetResult(request) ? WireAnswers.Never : WireSpeech.Transcribe(request));
        await using var recognizer = Create(Options with { InterimEvery = TimeSpan.FromSeconds(1) });
        var results = new HeardResults();
        using var stream = recognizer.Open(Order, results.Add);
        Push(stream, ToneSpeech.Speak("four two zero seven four two zero seven"));
        ReceivedRequest interim = await ArrivedAsync();
        stream.Finish();
        Assert.Equal("four two zero seven four two zero seven", (await results.WaitForAsync(r => r.IsFinal)).Text);
        await interim.Abandoned.WaitAsync(Patience);
        Assert.Equal(2, Server.Requests.Count);
    }

    [Fact]
    public async Task InterimsTellWhatWasSaidSoFar()
    {
        Server.Answer("transcriptions", WireSpeech.Transcribe);
        await using var recognizer = Create(Options with { InterimEvery = TimeSpan.FromSeconds(1) });
        var results = new HeardResults();
        using var stream = recognizer.Open(Order, results.Add);
        Push(stream, ToneSpeech.Speak("four two zero seven"));
        RecognitionResult interim = await results.WaitForAsync(r => !r.IsFinal);
        Assert.StartsWith("four two", interim.Text, StringComparison.Ordinal);
        Assert.False(interim.IsProbe);
        stream.Finish();
        Assert.Equal("four two zero seven", (await results.WaitForAsync(r => r.IsFinal)).Text);
    }

    [Theory]
    [InlineData("Thank you for watching!", -0.1, 0.1)]
    [InlineData("Thank you.", -0.9, 0.1)]
    [InlineData("Yes.", -1.3, 0.9)] // by the model's own doubt there was no speech
    [InlineData("[BLANK_AUDIO]", -0.1, 0.1)]
    public async Task WhatWasNotSaidIsEmpty(string ghost, double logProbability, double noSpeech)
    {
        Server.Answer("transcriptions", WireAnswers.Text("application/json", WireSpeech.VerboseJson(ghost.TrimEnd('.'), logProbability, noSpeech)));
        Assert.Equal(RecognitionOutcome.Empty, (await HearAsync(Options, ToneSpeech.Speak("yes"))).Outcome);
    }

    [Fact]
    public async Task WordsOutOfSilenceAreNone()
    {
        Server.Answer("transcriptions", WireAnswers.Text("application/json", WireSpeech.VerboseJson("yes")));
        Assert.Equal(RecognitionOutcome.Empty, (await HearAsync(Options, Silence)).Outcome);
        Assert.Single(Server.Requests); // asked all the same: so a trial with silence shows whether the server can do it
    }

    [Fact]
    public async Task WordsThatAreNotSureAreRefused()
    {
        Server.Answer("transcriptions", WireAnswers.Text("application/json", WireSpeech.VerboseJson("four two zero seven", -1.5)));
        RecognitionResult final = await HearAsync(Options, ToneSpeech.Speak("four two zero seven"));
        Assert.Equal((RecognitionOutcome.Rejected, null, false), (final.Outcome, final.Tag, final.IsCompleteAnswer));
    }

    [Fact]
    public async Task StreamedTextGivesInterims()
    {
        var release = new TaskCompletionSource();
        Server.Answer("transcriptions", async wire =>
        {
            wire.Begin(200, "text/event-stream");
            await wire.SendEventAsync("""{"type":"transcript.text.delta","delta":"Four two"}""");
            await wire.HoldAsync(release.Task);
            await wire.SendEventAsync("""{"type":"transcript.text.done","text":"Four two zero seven.","logprobs":[{"token":"x","logprob":-0.5},{"logprob":-0.1}],"usage":{}}""");
        });
        await using var recognizer = Create(Options with { Model = "gpt-4o-mini-transcribe", Streams = true });
        var results = new HeardResults();
        using var stream = recognizer.Open(Order, results.Add);
        Push(stream, ToneSpeech.Speak("four two zero seven"));
        stream.Finish();
        Assert.Equal("four two", (await results.WaitForAsync(r => !r.IsFinal)).Text);
        release.SetResult();
        RecognitionResult final = await results.WaitForAsync(r => r.IsFinal);
        Assert.Equal(("four two zero seven", "order"), (final.Text, final.Tag));
        Assert.Equal(Math.Exp(-0.3), final.Confidence, 3);
        ReceivedRequest request = Assert.Single(Server.Requests);
        Assert.Equal(("json", "true", "logprobs"), (request.Form["response_format"], request.Form["stream"], request.Form["include[]"]));
    }

    [Theory]
    [InlineData("text/event-stream", "data: {\"text\":\"Four two\"}\n\ndata: {\"text\":\" zero seven\"}\n\n")]
    [InlineData("text/plain", "Four two zero seven.\n")]
    [InlineData("application/json", "{\"text\":\"4207\"}")]
    [InlineData("application/json", "{\"text\":\"4207\",\"segments\":null,\"language\":7}")]
    public async Task OtherShapesOfAnswersAreRead(string type, string body)
    {
        Server.Answer("transcriptions", WireAnswers.Text(type, body));
        RecognitionResult final = await HearAsync(Options, ToneSpeech.Speak("four two zero seven"));
        Assert.Equal(("four two zero seven", "order", 0.8), (final.Text, final.Tag, final.Confidence));
    }

    [Fact]
    public async Task TheServerOfWhisperCppIsReachedByItsPath()
    {
        Server.Answer("inference", WireSpeech.Transcribe);
        var whisper = Options with { Server = new OpenAiServer("whispercpp", new Uri(Server.BaseUrl, "/")), Path = "inference", DetectsLanguage = true, SendsPrompt = false };
        Assert.Equal("no", (await HearAsync(whisper, ToneSpeech.Speak("no"))).Text);
        ReceivedRequest request = Assert.Single(Server.Requests);
        Assert.Equal(("/inference", false, false), (request.Target, request.Form.ContainsKey("language"), request.Form.ContainsKey("prompt")));
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task EachRefusalFailsTheUtteranceWithItsKind(string refusal, ProviderFailureKind kind)
    {
        Server.Answer("transcriptions", Refusal(refusal));
        RecognitionResult final = await HearAsync(Options, ToneSpeech.Speak("yes"));
        Assert.Equal((RecognitionOutcome.Failed, kind), (final.Outcome, final.Failure!.Kind));
        Assert.Equal(final.Error, final.Failure.Message);
        AssertTellsNothing(final.Failure);
        Assert.Single(Server.Requests);
    }

    [Theory]
    [InlineData("application/json", "{\"error\":{\"message\":\"what you said\"}}", ProviderFailureKind.ServerError)]
    [InlineData("application/json", "{}", ProviderFailureKind.BadResponse)]
    [InlineData("application/json", "what you said", ProviderFailureKind.BadResponse)]
    [InlineData("application/json", "", ProviderFailureKind.BadResponse)]
    [InlineData("text/event-stream", "", ProviderFailureKind.BadResponse)]
    [InlineData("text/event-stream", "data: {\"type\":\"transcript.text.delta\",\"delta\":\"Four\"}\n\n", ProviderFailureKind.BadResponse)]
    [InlineData("text/event-stream", "data: {\"error\":{}}\n\n", ProviderFailureKind.ServerError)]
    public async Task AnAnswerThatIsNoneFailsTheUtterance(string type, string body, ProviderFailureKind kind)
    {
        Server.Answer("transcriptions", WireAnswers.Text(type, body));
        RecognitionResult final = await HearAsync(Options, ToneSpeech.Speak("yes"));
        Assert.Equal((RecognitionOutcome.Failed, kind), (final.Outcome, final.Failure!.Kind));
        AssertTellsNothing(final.Failure);
    }

    [Fact]
    public async Task AFailedProbeIsAskedAgainAtTheEnd()
    {
        int requests = 0;
        var failed = new TaskCompletionSource();
        Server.Answer("transcriptions", request => Interlocked.Increment(ref requests) == 1
            ? async wire =>
            {
                await WireAnswers.Status(500)(wire);
                failed.SetResult();
            }
            : WireSpeech.Transcribe(request));
        await using var recognizer = Create(Options);
        var results = new HeardResults();
        using var stream = recognizer.Open(Order, results.Add);
        Push(stream, ToneSpeech.Speak("yes"), Silence);
        stream.Probe();
        await failed.Task.WaitAsync(Patience);
        Push(stream, ToneSpeech.Speak("please"), Silence); // whether the failure was seen yet or not
        stream.Finish();
        Assert.Equal("yes please", (await results.WaitForAsync(r => r.IsFinal)).Text);
    }

    [Fact]
    public async Task ClosingTheRecogniserEndsWhatWaits()
    {
        Server.Answer("transcriptions", WireAnswers.Never);
        var recognizer = Create(Options);
        var results = new HeardResults();
        using var stream = recognizer.Open(Order, results.Add);
        Push(stream, ToneSpeech.Speak("yes"));
        stream.Finish();
        ReceivedRequest request = await ArrivedAsync();
        await recognizer.DisposeAsync();
        Assert.Equal(RecognitionOutcome.Failed, Assert.Single(results.All).Outcome);
        await request.Abandoned.WaitAsync(Patience);
    }

    [Fact]
    public async Task DamagedBytesAreNeverMoreThanAFailure()
    {
        byte[][] valid = [Encoding.UTF8.GetBytes(WireSpeech.VerboseJson("yes")), Encoding.UTF8.GetBytes("data: {\"type\":\"transcript.text.delta\",\"delta\":\"Yes\"}\n\ndata: {\"type\":\"transcript.text.done\",\"text\":\"Yes.\"}\n\n")];
        var random = new Random(7);
        short[] speech = ToneSpeech.Speak("yes");
        var outcomes = new HashSet<RecognitionOutcome>();
        for (int i = 0; i < 600; i++)
        {
            byte[] wire = i % 5 == 0 ? RandomBytes(random, 300) : Damage(valid[i % 2], random);
            Server.Answer("transcriptions", WireAnswers.Bytes(i % 2 == 0 ? "application/json" : "text/event-stream", wire));
            RecognitionResult final = await HearAsync(Options, speech);
            Assert.Equal(final.Outcome == RecognitionOutcome.Failed, final.Failure is not null);
            outcomes.Add(final.Outcome);
        }
        Assert.Contains(RecognitionOutcome.Recognized, outcomes);
        Assert.Contains(RecognitionOutcome.Failed, outcomes);
    }

    private OpenAiTranscriptionOptions Options => new(Provider, "whisper-1") { InterimEvery = TimeSpan.Zero };

    private static OpenAiTranscriptionRecognizer Create(OpenAiTranscriptionOptions options) => new(options, TimeProvider.System);

    private static async Task<RecognitionResult> HearAsync(OpenAiTranscriptionOptions options, short[] audio)
    {
        await using var recognizer = Create(options);
        var results = new HeardResults();
        using var stream = recognizer.Open(Order, results.Add);
        Push(stream, audio);
        stream.Finish();
        return await results.WaitForAsync(r => r.IsFinal);
    }

    private static void Push(IRecognitionStream stream, params short[][] pieces)
    {
        foreach (short[] frame in pieces.SelectMany(piece => piece.Chunk(AudioFormat.FrameSamples)).Where(frame => frame.Length == AudioFormat.FrameSamples))
            stream.Push(frame);
    }
}
