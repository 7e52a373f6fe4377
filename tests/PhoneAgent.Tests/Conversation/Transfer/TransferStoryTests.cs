using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Transfer;
using Xunit;

namespace PhoneAgent.Tests.Conversation.Transfer;

public sealed class TransferStoryTests
{
    private static string? Story(params (string Target, string Step, string? Detail)[] steps) =>
        TransferStory.Of([.. steps.Select(step => new TimelineEvent.Transfer(step.Target, step.Step, null) { At = default, Detail = step.Detail })]);

    [Fact]
    public void A_call_without_a_transfer_has_none() => Assert.Null(Story());

    [Fact]
    public void It_says_that_nobody_was_asked_because_nobody_was_there() => Assert.Equal(
        "Nobody took the caller over: nobody is there at this time.",
        TransferStory.Of([new TimelineEvent.Noted("human.failed", "nobody is there at this time") { At = default }]));

    [Fact]
    public void It_says_who_got_the_caller_and_who_did_not_before() => Assert.Equal(
        "The caller was connected with 201 (200 was busy).",
        Story(("200", "announced", "asked"), ("200", "dialling", null), ("200", "busy", null), ("201", "answered", null), ("201", "accepted", null), ("201", "referred", null)));

    [Fact]
    public void A_hang_up_after_the_connection_is_no_refusal() => Assert.Equal(
        "The caller was connected with 200.", Story(("200", "accepted", null), ("200", "connected", null), ("200", "hung-up", null)));

    [Fact]
    public void It_says_why_nobody_took_the_caller() => Assert.Equal(
        "Nobody took the caller over: nobody took the call (200 did not answer, 201 answered and pressed no key).",
        Story(("200", "no-answer", null), ("201", "no-key", null), ("201", "returned", "nobody took the call")));

    [Fact]
    public void A_caller_who_left_before_is_told() =>
        Assert.Equal("The caller hung up before a human had the call.", Story(("200", "ringing", null), ("200", "caller-hung-up", null)));
}
