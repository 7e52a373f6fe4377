using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Transfer;
using PhoneAgent.Conversation.Transfer.Humans;
using PhoneAgent.Testing.Calls;
using Xunit;

namespace PhoneAgent.Tests.Conversation.Transfer;

/// <summary>A caller may hang up, hold and come back at any moment of a transfer; nobody is left with a call that leads nowhere.</summary>
public sealed class CallerLeavesTests : TransferCallTest
{
    public static TheoryData<string, Action<FakeHuman, ScriptedCall>> Moments => new()
    {
        { "dialling", (_, call) => call.HangUp(6) },
        { "ringing", (human, call) => call.At(5, human.Ring).HangUp(6) },
        { "answered", (human, call) => call.At(5, human.Answer).HangUp(6) },
        { "brief-spoken", (human, call) => call.At(5, human.Answer).HangUp(14) },
        { "accepted", (human, call) => call.At(5, human.Answer).At(12, () => human.Press('1')).HangUp(13) },
        { "connected", (human, call) => call.At(5, human.Answer).At(12, () => human.Press('1')).HangUp(13) },
    };

    [Theory]
    [MemberData(nameof(Moments))]
    public async Task A_caller_who_hangs_up_ends_the_humans_call_too(string last, Action<FakeHuman, ScriptedCall> script)
    {
        FakeHuman human = Line.Add(First);
        await using ScriptedCall call = Call(last == "connected" ? TransferMode.Bridged : TransferMode.Attended);
        (call.Call.TransferHangs, call.DoesNotWait) = (last == "accepted", last == "accepted");
        script(human, call);
        CallEnd end = await call.RunAsync(20);

        Assert.Equal((CallEndCause.HungUp, EndedBy.Caller), (end.Cause, end.By));
        Assert.Equal([last, "caller-hung-up"], Steps(call).TakeLast(2));
        Assert.True(human.IsOnTheLine ? human.Call.IsDisposed : human.WasCancelled);
        Assert.Equal(last == "connected" ? "transferred" : null, call.EventsOf<TimelineEvent.Ended>().Single().Disposition);
        Assert.Empty(call.EventsOf<TimelineEvent.Failure>());
    }

    [Fact]
    public async Task A_caller_who_hangs_up_is_not_offered_to_the_next_human()
    {
        Humans = new HumanPlan { Targets = [new HumanTarget(First), new HumanTarget(Second)] };
        Line.Add(First);
        FakeHuman second = Line.Add(Second);
        await using ScriptedCall call = Call().HangUp(6);
        await call.RunAsync(20);
        Assert.Empty(second.Requests);
    }

    [Fact]
    public async Task A_caller_who_holds_us_meanwhile_is_still_connected()
    {
        FakeHuman human = Line.Add(First);
        await using ScriptedCall call = Call().Hold(5, true).At(6, human.Answer).At(14, () => human.Press('1'));
        Assert.Equal(CallEndCause.Transferred, (await call.RunAsync(20)).Cause);
    }

    [Fact]
    public async Task A_caller_who_holds_us_while_nobody_takes_the_call_hears_of_it_when_he_is_back()
    {
        FakeHuman human = Line.Add(First);
        await using ScriptedCall call = Call().Hold(5, true).At(6, () => human.Refuse(CallEndCause.Busy, 486)).Hold(9, false);
        await AssertBackAsync(call, at: 15);
        Assert.False(call.Audio.WasAudible(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(8.9)));
    }

    [Fact]
    public async Task Words_and_keys_of_a_waiting_caller_disturb_nothing()
    {
        FakeHuman human = Line.Add(First);
        await using ScriptedCall call = Call().Noise(5, 1).Press(6, '1').At(7, human.Answer).At(9, () => human.Talk(1)).At(14, () => human.Press('1'));
        Assert.Equal(CallEndCause.Transferred, (await call.RunAsync(20)).Cause);
        Assert.Empty(human.Call.SentDtmf);
    }

    [Fact]
    public async Task A_second_transfer_of_the_same_call_begins_anew()
    {
        FakeHuman human = Line.Add(First);
        await using ScriptedCall call = Call().At(6, () => human.Refuse(CallEndCause.Busy, 486))
            .Say(12, "a human please", 0.5).At(17, human.Answer).At(30, () => human.Press('1'));
        Assert.Equal(CallEndCause.Transferred, (await call.RunAsync(35)).Cause);
        Assert.Equal(2, human.Requests.Count);
        Assert.Equal(["announced", "dialling", "busy", "returned", "announced", "dialling", "answered", "brief-spoken", "accepted", "referred"], Steps(call));
    }

    [Fact]
    public async Task Shutting_down_frees_the_human()
    {
        FakeHuman human = Line.Add(First);
        await using ScriptedCall call = Call().At(5, human.Answer);
        call.At(8, () => call.Call.End(new CallEnd(CallEndCause.ShuttingDown, EndedBy.Agent)));
        await call.RunAsync(20);
        Assert.True(human.Call.IsDisposed);
    }
}
