using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Providers;
using PhoneAgent.Conversation.Speaking;
using PhoneAgent.Inference.OpenAiCompatible.Speaking;
using PhoneAgent.Testing.Providers;
using Xunit;

namespace PhoneAgent.LoopbackTests.Inference.OpenAi;

public sealed class OpenAiSpeakingTests : OpenAiTest
{
    [Fact]
    public async Task TheRequestGoesOutInTheServersWords()
    {
        Server.Answer("speech", WireSpeech.Speak);
        var options = Options with { Model = "gpt-4o-mini-tts", Instructions = "Speak clearly.", Body = new Dictionary<string, string> { ["lang_code"] = "a" } };
        await SpeakAsync(options, new SynthesisRequest("It's \u0007 9\ud800.", "nova", 1.25) { Style = "cheerful" });
        ReceivedRequest request = Assert.Single(Server.Requests);
        Assert.Equal(("POST", "/v1/audio/speech", $"Bearer {Key}", "application/json"), (request.Method, request.Target, request.Headers["Authorization"], request.Headers["Content-Type"]));
        Assert.Equal("""{"model":"gpt-4o-mini-tts","input":"It's   9 .","voice":"nova","response_format":"pcm","speed":1.25,"instructions":"Speak clearly. Tone: cheerful.","lang_code":"a"}""", request.Text);
    }

    [Theory]
    [InlineData(8_000, 4_096)]
    [InlineData(16_000, 1)]
    [InlineData(22_050, 777)]
    [InlineData(24_000, 3)]
    [InlineData(48_000, 9_999)]
    public async Task EveryRateAndSplitComesOutTheSame(int rate, int split)
    {
        Server.Answer("speech", WireAnswers.Pieces("audio/pcm", WireSpeech.Tone(0.5, rate).Chunk(split)));
        short[] heard = await SpeakAsync(Options with { SampleRate = rate });
        Assert.InRange(heard.Length, AudioFormat.SampleRate / 2 - 40, AudioFormat.SampleRate / 2 + 40);
        Assert.InRange(heard.Skip(400).SkipLast(400).Max(s => (int)s), 4_800, 5_200);
    }

    [Fact]
    public async Task SoundIsHeardBeforeTheRestIsMade()
    {
        var release = new TaskCompletionSource();
        byte[] tone = WireSpeech.Tone(0.5, 24_000);
        Server.Answer("speech", async wire =>
        {
            wire.Begin(200, "audio/pcm");
            await wire.SendAsync(tone.AsMemory(0, 4_001));
            await wire.HoldAsync(release.Task);
            await wire.SendAsync(tone.AsMemory(4_001));
        });
        await using var voice = new OpenAiSpeechSynthesizer(Options, TimeProvider.System);
        int heard = 0;
        await foreach (SynthesizedAudio chunk in voice.SynthesizeAsync(new SynthesisRequest("Hello."), CancellationToken.None))
        {
            heard += chunk.Samples.Length;
            release.TrySetResult();
        }
        Assert.True(release.Task.IsCompleted);
        Assert.InRange(heard, 7_900, 8_100);
    }

    [Fact]
    public async Task TheSilenceAtTheBeginningIsNotWaitedFor()
    {
        Server.Answer("speech", WireAnswers.Bytes("audio/pcm", (byte[])[.. new byte[24_000], .. WireSpeech.Tone(0.5, 24_000)]));
        Assert.InRange((await SpeakAsync(Options)).Length, 7_900, 8_400);
    }

    [Fact]
    public async Task CancellingEndsTheServersWork()
    {
        Server.Answer("speech", async wire =>
        {
            wire.Begin(200, "audio/pcm");
            await wire.SendAsync(WireSpeech.Tone(0.2, 24_000));
            await wire.HoldAsync(new TaskCompletionSource().Task);
        });
        await using var voice = new OpenAiSpeechSynthesizer(Options, TimeProvider.System);
        using var cancel = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (SynthesizedAudio _ in voice.SynthesizeAsync(new SynthesisRequest("Hello."), cancel.Token))
                await cancel.CancelAsync();
        });
        await Server.Requests[0].Abandoned.WaitAsync(Patience);
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task EachRefusalHasItsKindAndIsAskedOnce(string refusal, ProviderFailureKind kind)
    {
        Server.Answer("speech", Refusal(refusal));
        ProviderException error = await FailureAsync();
        Assert.Equal(("local", kind), (error.Provider, error.Kind));
        AssertTellsNothing(error);
        Assert.Single(Server.Requests);
    }

    [Theory]
    [InlineData("audio/mpeg", "ID3....", "audio/mpeg")]
    [InlineData("application/json", "{\"detail\":\"what you said\"}", "JSON")]
    [InlineData("text/plain", "what you said", "text/plain")]
    [InlineData("audio/pcm", "", "without any sound")]
    [InlineData("audio/pcm", "x", "without any sound")]
    [InlineData("audio/wav", "RIFF\u0004\u0000\u0000\u0000AVI LIST", "no WAVE")]
    public async Task WhatIsNoSoundIsSaid(string type, string body, string said)
    {
        Server.Answer("speech", WireAnswers.Text(type, body));
        ProviderException error = await FailureAsync();
        Assert.Equal(ProviderFailureKind.BadResponse, error.Kind);
        Assert.Contains(said, error.Message, StringComparison.Ordinal);
        AssertTellsNothing(error);
    }

    [Fact]
    public async Task WhatCameBeforeItBrokeOffIsHeard()
    {
        Server.Answer("speech", WireAnswers.HalfSent("audio/pcm", WireSpeech.Tone(1, 24_000)));
        await using var voice = new OpenAiSpeechSynthesizer(Options, TimeProvider.System);
        var failure = await Assert.ThrowsAsync<ProviderException>(async () =>
        {
            await foreach (SynthesizedAudio _ in voice.SynthesizeAsync(new SynthesisRequest("Hello."), CancellationToken.None))
            {
                // How much of it came depends on the network.
            }
        });
        Assert.Equal(ProviderFailureKind.BadResponse, failure.Kind);
    }

    [Fact]
    public async Task SoundWithoutEndIsAFailure()
    {
        byte[] second = WireSpeech.Tone(1, 24_000);
        Server.Answer("speech", WireAnswers.Pieces("audio/pcm", Enumerable.Repeat(second, 10_000)));
        Assert.Contains("without end", (await FailureAsync()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AVoiceThatIsNotListedIsNotAskedFor()
    {
        await using var voice = new OpenAiSpeechSynthesizer(Options with { Voices = ["nova"] }, TimeProvider.System);
        Assert.Equal(["alloy", "nova"], voice.Voices.Select(v => v.Id));
        var error = await Assert.ThrowsAsync<EngineException>(() => SpeakAsync(Options with { Voices = ["nova"] }, new SynthesisRequest("Hello.", "bella")));
        Assert.Contains("'bella'", error.Message, StringComparison.Ordinal);
        Assert.Empty(Server.Requests);
    }

    [Fact]
    public async Task DamagedBytesAreNeverMoreThanAFailure()
    {
        byte[] wav = WireAnswers.StreamedWav(24_000, WireSpeech.Tone(0.05, 24_000));
        var random = new Random(3);
        int heard = 0;
        for (int i = 0; i < 400; i++)
        {
            byte[] wire = i % 5 == 0 ? RandomBytes(random, 500) : Damage(wav[..random.Next(60, 400)], random);
            Server.Answer("speech", WireAnswers.Bytes("audio/wav", wire));
            try
            {
                heard += (await SpeakAsync(Options with { Format = i % 2 == 0 ? SpeechFormat.Wav : SpeechFormat.Pcm })).Length;
            }
            catch (ProviderException e)
            {
                Assert.Equal(ProviderFailureKind.BadResponse, e.Kind);
            }
        }
        Assert.NotEqual(0, heard);
    }

    private OpenAiSpeechOptions Options => new(Provider, "tts-1", "alloy");

    private async Task<ProviderException> FailureAsync() => await Assert.ThrowsAsync<ProviderException>(() => SpeakAsync(Options));

    private static async Task<short[]> SpeakAsync(OpenAiSpeechOptions options, SynthesisRequest? request = null)
    {
        await using var voice = new OpenAiSpeechSynthesizer(options, TimeProvider.System);
        var samples = new List<short>();
        await foreach (SynthesizedAudio chunk in voice.SynthesizeAsync(request ?? new SynthesisRequest("Hello."), CancellationToken.None))
            samples.AddRange(chunk.Samples.Span);
        return [.. samples];
    }
}
