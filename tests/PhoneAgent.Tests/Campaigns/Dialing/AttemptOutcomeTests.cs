using PhoneAgent.Campaigns.Attempts;
using PhoneAgent.Campaigns.Dialing;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Answering;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Hearing;
using Xunit;

namespace PhoneAgent.Tests.Campaigns.Dialing;

public class AttemptOutcomeTests
{
    private static readonly CallEnd s_byContact = new(CallEndCause.HungUp, EndedBy.Caller);
    private static readonly CallEnd s_byAgent = new(CallEndCause.HungUp, EndedBy.Agent);
    private static readonly TimelineEvent s_heard = new TimelineEvent.Heard(1, "Hello.", false) { At = default };
    private static readonly TimelineEvent s_cutOff = new TimelineEvent.Heard(1, "Hel", true) { At = default };
    private static readonly TimelineEvent s_said = new TimelineEvent.Final("yes", RecognitionOutcome.Recognized, 0.9, null) { At = default };

    [Theory]
    [InlineData(CallEndCause.Busy, 486, AttemptOutcome.Busy)]
    [InlineData(CallEndCause.Busy, 600, AttemptOutcome.Busy)]
    [InlineData(CallEndCause.NoAnswer, 408, AttemptOutcome.NoAnswer)]
    [InlineData(CallEndCause.NoAnswer, null, AttemptOutcome.NoAnswer)]
    [InlineData(CallEndCause.Rejected, 603, AttemptOutcome.Rejected)]
    [InlineData(CallEndCause.NotFound, 404, AttemptOutcome.NotInService)]
    [InlineData(CallEndCause.NotFound, 604, AttemptOutcome.NotInService)]
    // Our own configuration completes no such target: nothing was asked of anybody.
    [InlineData(CallEndCause.NotFound, null, AttemptOutcome.Failed)]
    [InlineData(CallEndCause.Failed, 503, AttemptOutcome.Failed)]
    [InlineData(CallEndCause.Unauthorized, 403, AttemptOutcome.Failed)]
    [InlineData(CallEndCause.ShuttingDown, null, AttemptOutcome.Failed)]
    [InlineData(CallEndCause.NotAllowed, null, AttemptOutcome.Failed)]
    public void A_call_that_was_never_answered(CallEndCause cause, int? status, AttemptOutcome expected) =>
        Assert.Equal(expected, AttemptOutcomes.OfFailure(new CallEnd(cause, EndedBy.Network, status)));

    [Theory]
    [InlineData(AnswerKind.NotInService, AttemptOutcome.NotInService)]
    [InlineData(AnswerKind.Busy, AttemptOutcome.Busy)]
    [InlineData(AnswerKind.Congested, AttemptOutcome.Failed)]
    [InlineData(null, AttemptOutcome.NoAnswer)]
    public void An_announcement_before_the_answer_says_more_than_the_status(AnswerKind? early, AttemptOutcome expected) =>
        Assert.Equal(expected, AttemptOutcomes.OfFailure(new CallEnd(CallEndCause.NoAnswer, EndedBy.Network, 480), early));

    [Theory]
    [InlineData(AnswerKind.Machine, AttemptOutcome.Machine)]
    [InlineData(AnswerKind.Voicemail, AttemptOutcome.Machine)]
    [InlineData(AnswerKind.Fax, AttemptOutcome.Fax)]
    [InlineData(AnswerKind.NotInService, AttemptOutcome.NotInService)]
    [InlineData(AnswerKind.Busy, AttemptOutcome.Busy)]
    [InlineData(AnswerKind.Congested, AttemptOutcome.Failed)]
    [InlineData(AnswerKind.Silent, AttemptOutcome.Silence)]
    public void What_answered_is_the_outcome(AnswerKind kind, AttemptOutcome expected) =>
        Assert.Equal(expected, AttemptOutcomes.OfCall([AnsweredBy(kind)], s_byAgent, optedOut: false));

    [Fact]
    public void A_message_that_was_left_counts_as_one() =>
        Assert.Equal(AttemptOutcome.MessageLeft, AttemptOutcomes.OfCall(
            [AnsweredBy(AnswerKind.Voicemail), new TimelineEvent.AgentSentence(1, "Call back.") { At = default }, new TimelineEvent.Heard(1, "Call back.", false) { At = default }], s_byAgent, optedOut: false));

    [Fact]
    public void A_person_who_talks_is_reached() =>
        Assert.Equal(AttemptOutcome.Answered, AttemptOutcomes.OfCall([AnsweredBy(AnswerKind.Person), s_heard, s_said], s_byContact, optedOut: false));

    [Fact]
    public void A_hello_alone_is_no_conversation() =>
        Assert.Equal(AttemptOutcome.HungUpEarly, AttemptOutcomes.OfCall([s_said, s_cutOff], s_byContact, optedOut: false));

    [Fact]
    public void Who_hangs_up_on_the_opening_hung_up_early() =>
        Assert.Equal(AttemptOutcome.HungUpEarly, AttemptOutcomes.OfCall([s_heard], s_byContact, optedOut: false));

    [Fact]
    public void An_announcement_that_was_heard_reached_somebody() =>
        Assert.Equal(AttemptOutcome.Answered, AttemptOutcomes.OfCall([s_heard], s_byAgent, optedOut: false));

    [Fact]
    public void An_answer_without_media_is_a_failed_call() =>
        Assert.Equal(AttemptOutcome.Failed, AttemptOutcomes.OfCall([], new CallEnd(CallEndCause.MediaTimeout, EndedBy.Network), optedOut: false));

    [Fact]
    public void Stop_calling_me_goes_before_everything() =>
        Assert.Equal(AttemptOutcome.OptedOut, AttemptOutcomes.OfCall([AnsweredBy(AnswerKind.Machine), s_heard], s_byContact, optedOut: true));

    private static TimelineEvent.AnsweredBy AnsweredBy(AnswerKind kind) => new(kind, "rule", "") { At = default };
}
