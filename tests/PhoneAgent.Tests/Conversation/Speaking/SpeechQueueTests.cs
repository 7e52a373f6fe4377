using PhoneAgent.Conversation.Speaking;
using Xunit;

namespace PhoneAgent.Tests.Conversation.Speaking;

public class SpeechQueueTests
{
    private const int Frame = 320;
    private readonly SpeechQueue _queue = new();
    private long _position;

    [Fact]
    public void A_turn_is_silent_until_it_is_opened()
    {
        Add(1, "one two", 1000, 2 * Frame);
        Assert.Equal(0, Read().Max());
        _queue.Open(1);
        Assert.Equal(1000, Read().Max());
    }

    [Fact]
    public void What_was_heard_ends_at_the_last_whole_word()
    {
        _queue.Open(1);
        Add(1, "one two three", 1000, 3 * Frame, [new WordMark(0, 0), new WordMark(4, Frame), new WordMark(8, 2 * Frame)]);
        Read();
        Read();
        Assert.Equal("one two", _queue.Cut());
        Assert.True(_queue.Status.IsFinished);
    }

    [Fact]
    public void A_pause_before_a_sentence_is_no_word_of_it()
    {
        _queue.Open(1);
        SpeechSentence sentence = _queue.Add(1, "one two", interruptible: true, TimeSpan.FromMilliseconds(40));
        _queue.Append(sentence, new SynthesizedAudio(Enumerable.Repeat((short)1000, 3 * Frame).ToArray(), [new WordMark(0, 0), new WordMark(4, 2 * Frame)]));
        Assert.Equal([0, 0, 1000], [Read().Max(), Read().Max(), Read().Max()]);
        Assert.Equal("", _queue.TakeHeard());
        Read();
        Assert.Equal("one", _queue.Cut());
    }

    [Fact]
    public void Without_marks_what_was_heard_follows_the_share_of_samples()
    {
        _queue.Open(1);
        Add(1, "aaa bbb ccc ddd", 1000, 4 * Frame);
        Read();
        Read();
        Assert.Equal("aaa", _queue.Cut()[..3]);
        Assert.DoesNotContain("ddd", _queue.Cut(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_pause_goes_on_from_the_same_sample()
    {
        _queue.Open(1);
        SpeechSentence sentence = _queue.Add(1, "ramp", true);
        short[] ramp = [.. Enumerable.Range(0, 10 * Frame).Select(i => (short)(1000 + i))];
        _queue.Append(sentence, new SynthesizedAudio(ramp));
        _queue.Complete(sentence);
        short last = Read()[^1];
        _queue.Pause();
        Assert.Equal(0, Read()[^1]);
        Assert.All(Read(), sample => Assert.Equal(0, sample));
        _queue.Resume();
        short[] next = Read();
        // The ramp-in hides the level of the first 10 ms, not the place: from there on it is sample for sample.
        Assert.Equal(last + Frame, next[^1]);
    }

    [Fact]
    public void Ducking_lowers_and_comes_back()
    {
        _queue.Open(1);
        Add(1, "x", 8000, 20 * Frame);
        _queue.Duck();
        Read();
        Assert.InRange(Read()[^1], 1900, 2100);
        _queue.Resume();
        Read();
        Assert.Equal(8000, Read()[^1]);
    }

    [Fact]
    public void A_cut_fades_within_5_ms()
    {
        _queue.Open(1);
        Add(1, "x", 8000, 20 * Frame);
        Read();
        _queue.Cut();
        short[] frame = Read();
        Assert.True(frame[0] > 7000);
        Assert.All(frame[80..], sample => Assert.Equal(0, sample));
    }

    [Fact]
    public void Audio_of_a_sentence_that_was_cut_is_not_played()
    {
        _queue.Open(1);
        SpeechSentence sentence = _queue.Add(1, "late", true);
        _queue.Cut();
        _queue.Append(sentence, new SynthesizedAudio(new short[Frame]));
        Assert.True(_queue.Status.IsFinished);
        Assert.Equal("", _queue.Cut());
    }

    [Fact]
    public void Reading_allocates_nothing()
    {
        _queue.Open(1);
        Add(1, "x", 8000, 2000 * Frame);
        short[] frame = new short[Frame];
        _queue.Read(0, frame);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 1; i < 1000; i++)
            _queue.Read(i * Frame, frame);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private void Add(int turn, string text, short level, int samples, IReadOnlyList<WordMark>? words = null)
    {
        SpeechSentence sentence = _queue.Add(turn, text, true);
        short[] audio = new short[samples];
        Array.Fill(audio, level);
        _queue.Append(sentence, new SynthesizedAudio(audio, words ?? []));
        _queue.Complete(sentence);
    }

    private short[] Read()
    {
        short[] frame = new short[Frame];
        _queue.Read(_position, frame);
        _position += Frame;
        return frame;
    }
}
