using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Session;
using PhoneAgent.Conversation.Speaking;
using PhoneAgent.Testing;
using PhoneAgent.Testing.Calls;
using Xunit;

namespace PhoneAgent.Tests.Conversation.Speaking;

public sealed class SpeakerTests : IAsyncLifetime
{
    private readonly GatedSynthesizer _voice = new();
    private readonly VirtualTime _time = new();
    private readonly SpeechQueue _queue = new();
    private readonly SessionInbox _inbox = new();
    private readonly CancellationTokenSource _turn = new();
    private readonly Speaker _speaker;

    public SpeakerTests()
    {
        _speaker = new Speaker(new CallEngines(new FakeVoiceDetector(), new FakeRecognizer(), _voice) { Time = _time }, _queue, _inbox, new SpeakerOptions());
        _queue.Open(1);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _turn.CancelAsync();
        foreach (string text in _voice.Texts)
            _voice.Answer(text, []);
        await _speaker.DisposeAsync();
        _turn.Dispose();
    }

    [Fact]
    public async Task Two_sentences_are_made_at_once_and_heard_in_order()
    {
        Say("One. Two. Three.");
        await _voice.AskedAsync(2);
        Assert.Equal(["One.", "Two."], _voice.Texts);
        _voice.Answer("Two.", Level(2));
        await _voice.AskedAsync(3);
        Assert.Equal("Three.", _voice.Texts[2]);
        _voice.Answer("Three.", Level(3));
        Assert.All(Read(), sample => Assert.Equal(0, sample)); // nothing overtakes the first
        _voice.Answer("One.", Level(1));
        await IdleAsync();
        Assert.Equal([.. Level(1), .. Level(2), .. Level(3)], [.. Read(), .. Read(), .. Read()]);
        Assert.True(_queue.Status.IsFinished);
    }

    [Fact]
    public async Task A_sentence_that_fails_loses_no_other()
    {
        Say("One. Two. Three.");
        await _voice.AskedAsync(2);
        _voice.Fail("One.", new InvalidOperationException("broken"));
        await _voice.AskedAsync(3);
        _voice.Answer("Three.", Level(3));
        _voice.Answer("Two.", Level(2));
        IReadOnlyList<SessionMessage> messages = await IdleAsync();
        Assert.Equal([.. Level(2), .. Level(3)], [.. Read(), .. Read()]);
        Assert.Equal("broken", Assert.Single(messages, m => m.Kind == SessionMessageKind.SynthesisFailed).Payload);
    }

    [Fact]
    public async Task What_is_cut_makes_room_at_once_although_the_engine_hangs()
    {
        Say("One. Two. Three.");
        await _voice.AskedAsync(2);
        await _turn.CancelAsync();
        await IdleAsync();
        Assert.Equal(2, _voice.Texts.Count);
        Assert.True(_queue.Status.IsFinished);
        _speaker.Say(2, "Next.", null, true, _speaker.Manner, CancellationToken.None);
        await _voice.AskedAsync(3);
        _voice.Answer("Next.", Level(4));
        await IdleAsync();
        _queue.Open(2);
        _voice.Answer("One.", Level(1));
        Assert.Equal(Level(4), Read());
    }

    [Fact]
    public async Task A_filler_is_heard_before_a_sentence_that_hangs()
    {
        Say("One. Two.");
        await _voice.AskedAsync(2);
        _speaker.SayFiller(1, "Hm.", null, _speaker.Manner, _turn.Token);
        await _voice.AskedAsync(3);
        _voice.Answer("Two.", Level(2));
        _voice.Answer("Hm.", Level(9));
        Assert.Equal("Hm.", await HeardFirstAsync());
    }

    [Fact]
    public async Task A_filler_needs_no_place_when_all_hang()
    {
        Say("One. Two. Three.");
        await _voice.AskedAsync(2);
        _speaker.SayFiller(1, "Hm.", null, _speaker.Manner, _turn.Token);
        await _voice.AskedAsync(3);
        Assert.Equal("Hm.", _voice.Texts[^1]);
        _voice.Answer("Hm.", Level(9));
        Assert.Equal("Hm.", await HeardFirstAsync());
    }

    /// <summary>The first words that are heard; a sentence's are known when all of it is there.</summary>
    private async Task<string> HeardFirstAsync()
    {
        while (true)
        {
            Read();
            if (_queue.TakeHeard() is { Length: > 0 } heard)
                return heard;
            await Task.Yield();
        }
    }

    [Fact]
    public async Task Each_sentence_says_how_long_its_first_audio_took()
    {
        Say("One. Two.");
        await _voice.AskedAsync(2);
        _time.Advance(TimeSpan.FromMilliseconds(120));
        _voice.Answer("One.", Level(1));
        IReadOnlyList<SessionMessage> messages = await UntilAsync(SessionMessageKind.FirstAudio);
        _time.Advance(TimeSpan.FromMilliseconds(30));
        _voice.Answer("Two.", Level(2));
        messages = [.. messages, .. await IdleAsync()];
        Assert.Equal([120, 150], messages.Select(m => m.Payload).OfType<TimelineEvent.SentenceAudio>().Select(e => (int)e.Latency.TotalMilliseconds));
    }

    private void Say(string text) => _speaker.Say(1, text, null, true, _speaker.Manner, _turn.Token);

    private static short[] Level(int n)
    {
        short[] samples = new short[AudioFormat.FrameSamples];
        Array.Fill(samples, (short)(1000 * n));
        return samples;
    }

    private short[] Read()
    {
        short[] frame = new short[AudioFormat.FrameSamples];
        _queue.Read(0, frame);
        return frame;
    }

    /// <summary>What the session would get until nothing is under way.</summary>
    private async Task<IReadOnlyList<SessionMessage>> IdleAsync()
    {
        var messages = new List<SessionMessage>();
        Task idle = _inbox.WhenIdleAsync(CancellationToken.None);
        do
        {
            Drain(messages);
            await Task.Yield();
        }
        while (!idle.IsCompleted);
        return messages;
    }

    private async Task<IReadOnlyList<SessionMessage>> UntilAsync(SessionMessageKind kind)
    {
        var messages = new List<SessionMessage>();
        while (!messages.Any(m => m.Kind == kind) && await _inbox.WaitAsync())
            Drain(messages);
        return messages;
    }

    private void Drain(List<SessionMessage> messages)
    {
        while (_inbox.TryRead(out SessionMessage message))
        {
            messages.Add(message);
            _inbox.Done(message);
        }
    }
}
