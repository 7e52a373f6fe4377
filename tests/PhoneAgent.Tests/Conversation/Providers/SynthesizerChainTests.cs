using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Providers;
using PhoneAgent.Conversation.Speaking;
using PhoneAgent.Testing.Calls;
using PhoneAgent.Testing.Providers;
using Xunit;

namespace PhoneAgent.Tests.Conversation.Providers;

public sealed class SynthesizerChainTests
{
    private const string Sentence = "We are open until six today.";

    private readonly ChainRig _rig = new();
    private readonly FaultySynthesizer _first = new(new FakeSynthesizer(), "first");
    private readonly FaultySynthesizer _second = new(new FakeSynthesizer(), "second");

    [Fact]
    public async Task TheFirstSpeaksAsLongAsItCan()
    {
        (int samples, _) = await SpeakAsync();
        Assert.Equal(Sentence.Length * FakeSynthesizer.SamplesPerCharacter, samples);
        Assert.Equal(["first"], _rig.Used);
        Assert.Empty(_second.Requests);
    }

    [Fact]
    public async Task WhoFailsBeforeTheFirstAudioIsFollowedWithTheSameText()
    {
        _first.Failure = ChainRig.Unreachable("first");
        await SpeakAsync();
        Assert.Equal(Sentence, Assert.Single(_second.Requests).Text);
        Assert.Equal([("first", "second")], _rig.Failures);
        Assert.Equal(["second"], _rig.Used);
    }

    [Fact]
    public async Task WhoBreaksOffIsFollowedFromTheWordThatWasCut()
    {
        _first.Failure = ChainRig.Unreachable("first");
        _first.ChunksBefore = 3; // "We are open "
        (int samples, List<WordMark> words) = await SpeakAsync();
        Assert.Equal("open until six today.", Assert.Single(_second.Requests).Text);
        Assert.Equal([0, 3, 7, 7, 12, 18, 22], words.Select(w => w.TextOffset));
        Assert.Equal(12 * FakeSynthesizer.SamplesPerCharacter, words[3].SampleOffset);
        Assert.Equal((12 + 21) * FakeSynthesizer.SamplesPerCharacter, samples);
    }

    [Fact]
    public async Task WithoutMarksThePlaceIsEstimatedAtAWord()
    {
        var unmarked = new FaultySynthesizer(new UnmarkedVoice(), "first") { Failure = ChainRig.Unreachable("first"), ChunksBefore = 3 };
        // Three words are 12 × 50 ms = 600 ms, at 65 ms a character somewhere in "open".
        await SpeakAsync(unmarked, _second);
        Assert.Equal("open until six today.", Assert.Single(_second.Requests).Text);
    }

    [Fact]
    public async Task WhatWasKeptFromEarlierSaysNothingAboutHealth()
    {
        var stored = new FaultySynthesizer(new StoredVoice(), "first");
        await using SynthesizerChain chain = Chain(stored, _second);
        for (int i = 0; i < 6; i++)
            await SpeakAsync(chain, Sentence);
        stored.Failure = ChainRig.Unreachable("first");
        await SpeakAsync(chain, Sentence);
        await SpeakAsync(chain, Sentence);
        Assert.False(chain.Members[0].Circuit.IsHealthy);
    }

    [Fact]
    public async Task SilenceIsGivenUpAfterTheLimit()
    {
        _first.Silence = new Stall();
        Task<(int, List<WordMark>)> speaking = SpeakAsync();
        await ChainRig.UntilAsync(() => _first.Silence.IsHeld);
        _rig.Time.Advance(ChainRig.Options.FirstAudio - TimeSpan.FromMilliseconds(1));
        Assert.False(speaking.IsCompleted);
        _rig.Time.Advance(TimeSpan.FromMilliseconds(1));
        await speaking;
        Assert.Equal([("first", "second")], _rig.Failures);
        Assert.Equal(ChainRig.Options.FirstAudio, _rig.Reported.OfType<TimelineEvent.ProviderFailed>().Single().Lost);
        Assert.False(_first.Silence.IsHeld);
    }

    [Fact]
    public async Task SilenceInTheMiddleIsGivenUpBeforeTheCallerHearsIt()
    {
        _first.Silence = new Stall();
        _first.ChunksBefore = 2;
        Task<(int, List<WordMark>)> speaking = SpeakAsync();
        await ChainRig.UntilAsync(() => _first.Silence.IsHeld);
        _rig.Time.Advance(ChainRig.Options.Stall);
        await speaking;
        Assert.Equal("are open until six today.", Assert.Single(_second.Requests).Text);
    }

    [Fact]
    public async Task WhileMuchIsBufferedAPauseOfTheProviderIsNoFailure()
    {
        _first.Silence = new Stall();
        _first.ChunksBefore = 40;
        string text = string.Join(' ', Enumerable.Repeat("words", 60)); // 40 of them are 12 s
        Task<(int, List<WordMark>)> speaking = SpeakAsync(text: text);
        await ChainRig.UntilAsync(() => _first.Silence.IsHeld);
        _rig.Time.Advance(TimeSpan.FromSeconds(9));
        _first.Silence.Release();
        await speaking;
        Assert.Equal(["first"], _rig.Used);
        Assert.Empty(_rig.Failures);
    }

    [Fact]
    public async Task NoSoundForWordsIsTheNextOnesBusinessAndNoFault()
    {
        await SpeakAsync(new FaultySynthesizer(new SilentVoice(), "first"), _second);
        Assert.Equal(["second"], _rig.Used);
        Assert.Equal("first has no sound for this text", _rig.Reported.OfType<TimelineEvent.ProviderFailed>().Single().What);
    }

    [Fact]
    public async Task WhenAllFailTheErrorNamesEach()
    {
        (_first.Failure, _second.Failure) = (ChainRig.Unreachable("first"), ChainRig.Unreachable("second"));
        EngineException error = await Assert.ThrowsAsync<EngineException>(() => SpeakAsync());
        Assert.Contains("first: connection refused; second: connection refused", error.Message, StringComparison.Ordinal);
        Assert.Equal([("first", "second"), ("second", null)], _rig.Failures);
    }

    [Fact]
    public async Task AProviderThatIsLeftOutCostsTheNextCallerNothing()
    {
        _first.Silence = new Stall();
        await using SynthesizerChain chain = Chain(_first, _second);
        for (int i = 0; i < 2; i++)
        {
            Task<(int, List<WordMark>)> speaking = SpeakAsync(chain, Sentence);
            await ChainRig.UntilAsync(() => _first.Silence.IsHeld);
            _rig.Time.Advance(ChainRig.Options.FirstAudio);
            await speaking;
        }
        await SpeakAsync(chain, Sentence); // would hang: nobody advances the clock
        Assert.Equal(2, _first.Requests.Count);
        Assert.Equal(3, _second.Requests.Count);
    }

    [Fact]
    public async Task BargeInIsNobodysFailure()
    {
        _first.Silence = new Stall();
        await using SynthesizerChain chain = Chain(_first, _second);
        using var cut = new CancellationTokenSource();
        Task speaking = SpeakAsync(chain, Sentence, cancellationToken: cut.Token);
        await ChainRig.UntilAsync(() => _first.Silence.IsHeld);
        await cut.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => speaking);
        Assert.Empty(_rig.Reported);
        Assert.True(chain.Members[0].Circuit.IsHealthy);
        Assert.False(_first.Silence.IsHeld);
    }

    [Fact]
    public async Task EachSpeaksWithTheVoiceThatItHas()
    {
        _first.Failure = ChainRig.Unreachable("first");
        _first.Voices = [new VoiceInfo("nova", "en-US", "")];
        _second.Voices = [new VoiceInfo("slt", "en-US", "")];
        await using SynthesizerChain chain = Chain(_first, _second);
        await SpeakAsync(chain, Sentence, "nova");
        Assert.Equal("nova", _first.Requests[0].Voice);
        Assert.Null(_second.Requests[0].Voice);
        await Assert.ThrowsAsync<EngineException>(() => SpeakAsync(chain, Sentence, "nvoa"));
    }

    [Fact]
    public async Task OneNameIsAVoiceOfEveryProvider()
    {
        var voice = new MappedVoices(_second, new Dictionary<string, string> { ["receptionist"] = "fake" }, usual: "fake");
        await SpeakAsync(_first, voice, "receptionist", () => _first.Failure = ChainRig.Unreachable("first"));
        Assert.Equal("fake", _second.Requests[0].Voice);
    }

    [Fact]
    public async Task AHundredAtOnceEachHearTheirOwn()
    {
        _first.Failure = ChainRig.Unreachable("first");
        _first.ChunksBefore = 1;
        await using SynthesizerChain chain = Chain(_first, _second);
        (int Samples, List<WordMark>)[] all = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => Task.Run(() => SpeakAsync(chain, new string('a', i + 1)))));
        // The one word that was cut is said again, or said by the second alone once the first is left out.
        Assert.All(all.Select((a, i) => a.Samples / FakeSynthesizer.SamplesPerCharacter / (i + 1)), times => Assert.InRange(times, 1, 2));
    }

    private SynthesizerChain Chain(ISpeechSynthesizer first, ISpeechSynthesizer second) =>
        new([_rig.Member("first", first), _rig.Member("second", second)], ChainRig.Options, _rig.Time);

    private Task<(int, List<WordMark>)> SpeakAsync(ISpeechSynthesizer? first = null, ISpeechSynthesizer? second = null, string? voice = null, Action? before = null, string text = Sentence)
    {
        before?.Invoke();
        return SpeakAsync(Chain(first ?? _first, second ?? _second), text, voice);
    }

    private async Task<(int Samples, List<WordMark> Words)> SpeakAsync(SynthesizerChain chain, string text, string? voice = null, CancellationToken cancellationToken = default)
    {
        int samples = 0;
        List<WordMark> words = [];
        await foreach (SynthesizedAudio chunk in chain.SynthesizeAsync(new SynthesisRequest(text, voice) { Report = _rig.Report }, cancellationToken))
        {
            samples += chunk.Samples.Length;
            words.AddRange(chunk.Words);
        }
        return (samples, words);
    }

    /// <summary>Says what the fake says, and does not tell where words are.</summary>
    private sealed class UnmarkedVoice : ISpeechSynthesizer
    {
        private readonly FakeSynthesizer _voice = new();

        public string Name => "unmarked";
        public IReadOnlyList<VoiceInfo> Voices => _voice.Voices;

        public async IAsyncEnumerable<SynthesizedAudio> SynthesizeAsync(SynthesisRequest request, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await foreach (SynthesizedAudio chunk in _voice.SynthesizeAsync(request, cancellationToken))
                yield return new SynthesizedAudio(chunk.Samples);
        }

        public ValueTask DisposeAsync() => _voice.DisposeAsync();
    }

    /// <summary>Says what the fake says, out of a cache.</summary>
    private sealed class StoredVoice : ISpeechSynthesizer
    {
        private readonly FakeSynthesizer _voice = new();

        public string Name => "stored";
        public IReadOnlyList<VoiceInfo> Voices => _voice.Voices;

        public async IAsyncEnumerable<SynthesizedAudio> SynthesizeAsync(SynthesisRequest request, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await foreach (SynthesizedAudio chunk in _voice.SynthesizeAsync(request, cancellationToken))
                yield return chunk with { IsStored = true };
        }

        public ValueTask DisposeAsync() => _voice.DisposeAsync();
    }

    private sealed class SilentVoice : ISpeechSynthesizer
    {
        public string Name => "silent";
        public IReadOnlyList<VoiceInfo> Voices => [];
        public IAsyncEnumerable<SynthesizedAudio> SynthesizeAsync(SynthesisRequest request, CancellationToken cancellationToken) => AsyncEnumerable.Empty<SynthesizedAudio>();
        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
