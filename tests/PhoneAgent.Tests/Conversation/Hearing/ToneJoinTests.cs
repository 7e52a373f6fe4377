using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Conversation.Session;
using Xunit;

namespace PhoneAgent.Tests.Conversation.Hearing;

public sealed class ToneJoinTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan Said = TimeSpan.FromSeconds(3);
    private static readonly RecognitionResult Words = new() { IsFinal = true, Outcome = RecognitionOutcome.Recognized, Text = "yes" };
    private readonly ToneJoin _join = new(Patience);

    [Fact]
    public void Words_whose_tone_is_there_go_on_at_once()
    {
        _join.Asked();
        _join.Answered();
        Assert.False(_join.Holds(1, Words, Said));
    }

    [Fact]
    public void Words_wait_for_their_tone()
    {
        _join.Asked();
        Assert.True(_join.Holds(1, Words, Said));
        Assert.False(_join.TryTake(Said, out _, out _));
        _join.Answered();
        Assert.True(_join.TryTake(Said, out int utterance, out RecognitionResult? result));
        Assert.Equal((1, Words), (utterance, result));
    }

    [Fact]
    public void A_tone_that_is_late_delays_words_by_the_patience_and_no_more()
    {
        _join.Asked();
        Assert.True(_join.Holds(1, Words, Said));
        Assert.False(_join.TryTake(Said + Patience - TimeSpan.FromTicks(1), out _, out _));
        Assert.True(_join.TryTake(Said + Patience, out _, out _));
        Assert.False(_join.TryTake(Said + Patience, out _, out _));
    }

    [Fact]
    public void Interim_words_need_no_tone_but_stay_in_order()
    {
        _join.Asked();
        Assert.False(_join.Holds(1, Words with { IsFinal = false, Text = "y" }, Said));
        Assert.True(_join.Holds(1, Words, Said));
        Assert.True(_join.Holds(2, Words with { IsFinal = false, Text = "n" }, Said));
        _join.Answered();
        Assert.True(_join.TryTake(Said, out int first, out _));
        Assert.True(_join.TryTake(Said, out int second, out _));
        Assert.Equal((1, 2), (first, second));
    }
}
