using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Conversation.Transfer;
using PhoneAgent.Conversation.Transfer.Humans;
using PhoneAgent.Testing.Calls;
using Xunit;

namespace PhoneAgent.Tests.Conversation.Transfer;

/// <summary>A consultation call, a brief, a key; then the caller and the human are joined, or the agent goes on.</summary>
public sealed class AttendedTransferTests : TransferCallTest
{
    [Fact]
    public async Task The_human_hears_the_brief_presses_1_and_gets_the_caller_by_REFER_with_Replaces()
    {
        FakeHuman human = Line.Add(First);
        await using ScriptedCall call = Call().At(5, human.Ring).At(7, human.Answer).At(20, () => human.Press('1'));
        CallEnd end = await call.RunAsync(25);

        Assert.Equal(CallEndCause.Transferred, end.Cause);
        Assert.Equal(["announced", "dialling", "ringing", "answered", "brief-spoken", "accepted", "referred"], Steps(call));
        TransferRequest request = Assert.Single(call.Call.Transfers);
        Assert.Equal(TransferKind.Attended, request.Kind);
        Assert.Same(human.Call, request.Consultation);
        Assert.Same(call.Call, Assert.Single(human.Requests).OnBehalfOf);
        Assert.True(human.Audio.WasAudible(TimeSpan.Zero, TimeSpan.FromSeconds(3)));
        Assert.True(human.Call.IsDisposed);
        Assert.Equal("transferred", call.EventsOf<TimelineEvent.Ended>().Single().Disposition);
    }

    [Fact]
    public async Task A_human_need_not_wait_for_the_end_of_the_brief()
    {
        FakeHuman human = Line.Add(First);
        human.WhenCalled = h => h.Answer();
        await using ScriptedCall call = Call().At(5, () => human.Press('7')).At(5.1, () => human.Press('1'));
        Assert.Equal(CallEndCause.Transferred, (await call.RunAsync(20)).Cause);
        Assert.Equal(["announced", "dialling", "answered", "accepted", "referred"], Steps(call));
    }

    public static TheoryData<string, Action<FakeHuman, ScriptedCall>, int?, string> Refusals => new()
    {
        { "busy", (human, call) => call.At(6, () => human.Refuse(CallEndCause.Busy, 486)), 486, "the line is busy" },
        { "no-answer", (human, call) => call.At(5, human.Ring).At(12, () => human.Refuse(CallEndCause.NoAnswer, 480)), 480, "nobody answered" },
        { "rejected", (human, call) => call.At(5, human.Ring).At(7, () => human.Refuse(CallEndCause.Rejected, 603)), 603, "the call was declined" },
        { "unreachable", (human, call) => call.At(5, () => human.Refuse(CallEndCause.NotFound, 404)), 404, "the colleague could not be reached" },
        { "unreachable", (human, call) => call.At(5, () => human.Refuse(CallEndCause.Failed, 503)), 503, "the colleague could not be reached" },
        { "declined", (human, call) => call.At(5, human.Answer).At(8, () => human.Press('2')), null, "the call was declined" },
        { "declined", (human, call) => call.At(5, human.Answer).At(14, () => human.Press('2')), null, "the call was declined" },
        { "no-key", (human, call) => call.At(5, human.Answer), null, "nobody took the call" },
        { "voicemail", (human, call) => call.At(5, human.Answer).At(7, human.Beep), null, "nobody took the call" },
        { "hung-up", (human, call) => call.At(5, human.Answer).At(7, human.HangUp), null, "the colleague hung up" },
        { "hung-up", (human, call) => call.At(5, human.Answer).At(15, human.HangUp), null, "the colleague hung up" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task A_human_who_does_not_take_the_call_leads_back_to_the_agent(string step, Action<FakeHuman, ScriptedCall> script, int? status, string reason)
    {
        FakeHuman human = Line.Add(First);
        await using ScriptedCall call = Call();
        script(human, call);
        DialogueTurn.TransferFailed failed = await AssertBackAsync(call, at: 35);

        Assert.Contains(step, Steps(call));
        Assert.Equal((First, status, reason), (failed.Target, failed.StatusCode, failed.Reason));
        Assert.Empty(call.Call.Transfers);
        Assert.True(!human.IsOnTheLine || human.Call.IsDisposed);
    }

    [Fact]
    public async Task The_limit_for_the_key_counts_from_the_end_of_the_brief()
    {
        Options = new TransferOptions { AcceptTimeout = TimeSpan.FromSeconds(3) };
        FakeHuman human = Line.Add(First);
        human.WhenCalled = h => h.Answer();
        await using ScriptedCall call = Call();
        await AssertBackAsync(call, at: 30);
        TimeSpan At(string step) => call.EventsOf<TimelineEvent.Transfer>().First(e => e.Step == step).At;
        Assert.Equal(3, (At("no-key") - At("brief-spoken")).TotalSeconds, 1);
    }

    [Theory]
    [InlineData(405)]
    [InlineData(501)]
    [InlineData(603)]
    public async Task A_phone_that_refuses_REFER_is_bridged(int status)
    {
        FakeHuman human = Line.Add(First);
        human.WhenCalled = h => h.Answer();
        await using ScriptedCall call = Call().At(12, () => human.Press('1')).HangUp(20);
        call.Call.TransferResult = new TransferResult(false, status, "refused") { IsRefused = true };
        CallEnd end = await call.RunAsync(25);

        Assert.Equal((CallEndCause.HungUp, EndedBy.Caller), (end.Cause, end.By));
        Assert.Equal(["accepted", "refer-refused", "connected", "caller-hung-up"], Steps(call).SkipWhile(step => step != "accepted"));
        Assert.Equal("transferred", call.EventsOf<TimelineEvent.Ended>().Single().Disposition);
        Assert.True(human.Call.IsDisposed);
    }

    [Fact]
    public async Task A_take_over_that_fails_while_the_human_waits_is_bridged_and_one_that_lost_him_goes_back()
    {
        FakeHuman human = Line.Add(First);
        human.WhenCalled = h => h.Answer();
        var refer = new TaskCompletionSource<TransferResult>();
        await using ScriptedCall call = Call().At(12, () => human.Press('1')).At(13, human.HangUp).At(14, () => refer.SetResult(new TransferResult(false, 500, "no")));
        (call.Call.TransferOutcome, call.DoesNotWait) = (refer.Task, true);
        await AssertBackAsync(call, at: 20);
        Assert.Equal(["accepted", "hung-up", "refer-failed", "returned"], Steps(call).SkipWhile(step => step != "accepted"));
    }

    [Fact]
    public async Task The_next_human_is_asked_when_one_cannot_and_all_are_named_in_the_timeline()
    {
        Humans = new HumanPlan { Targets = [new HumanTarget(First), new HumanTarget(Second) { RingTimeout = TimeSpan.FromSeconds(9) }] };
        Line.Add(First).WhenCalled = human => human.Refuse(CallEndCause.Busy, 486);
        FakeHuman second = Line.Add(Second);
        second.WhenCalled = human => human.Answer();
        await using ScriptedCall call = Call().At(12, () => second.Press('1'));
        Assert.Equal(CallEndCause.Transferred, (await call.RunAsync(20)).Cause);
        Assert.Equal(
            [(First, "dialling"), (First, "busy"), (Second, "dialling"), (Second, "answered")],
            call.EventsOf<TimelineEvent.Transfer>().Skip(1).Take(4).Select(e => (e.Target, e.Step)));
        Assert.Equal(9, Assert.Single(second.Requests).RingTimeout.TotalSeconds);
    }

    [Fact]
    public async Task All_humans_failing_leads_back_with_the_last_ones_reason()
    {
        Humans = new HumanPlan { Targets = [new HumanTarget(First), new HumanTarget(Second)] };
        Line.Add(First).WhenCalled = human => human.Refuse(CallEndCause.Busy, 486);
        Line.Add(Second).WhenCalled = human => human.Refuse(CallEndCause.Rejected, 603);
        await using ScriptedCall call = Call();
        DialogueTurn.TransferFailed failed = await AssertBackAsync(call, at: 15);
        Assert.Equal((Second, 603, "the call was declined"), (failed.Target, failed.StatusCode, failed.Reason));
    }

    [Fact]
    public async Task A_line_that_cannot_dial_leaves_it_to_the_callers_phone()
    {
        Line.CannotPlace = new CallEnd(CallEndCause.NotFound, EndedBy.Agent, null, "no account");
        await using ScriptedCall call = Call();
        Assert.Equal(CallEndCause.Transferred, (await call.RunAsync(15)).Cause);
        Assert.Equal(TransferKind.Blind, Assert.Single(call.Call.Transfers).Kind);
        Assert.Equal(["announced", "dialling", "cannot-dial", "referred"], Steps(call));
    }

    [Fact]
    public async Task A_line_that_cannot_dial_and_a_phone_that_will_not_lead_back()
    {
        Line.CannotPlace = new CallEnd(CallEndCause.NotFound, EndedBy.Agent, null, "no account");
        await using ScriptedCall call = Call();
        call.Call.TransferResult = new TransferResult(false, 405, "Method Not Allowed") { IsRefused = true };
        await AssertBackAsync(call, at: 15);
        Assert.Single(call.Call.Transfers);
    }
}
