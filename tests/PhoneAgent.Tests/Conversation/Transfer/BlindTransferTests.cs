using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Conversation.Transfer;
using PhoneAgent.Conversation.Transfer.Humans;
using PhoneAgent.Testing.Calls;
using Xunit;

namespace PhoneAgent.Tests.Conversation.Transfer;

public sealed class BlindTransferTests : TransferCallTest
{
    [Theory]
    [InlineData(TransferMode.Blind, true)]
    [InlineData(TransferMode.Auto, false)]
    [InlineData(TransferMode.Bridged, false)]
    public async Task It_is_blind_where_it_is_to_be_or_where_nobody_can_be_called(TransferMode mode, bool hasLine)
    {
        FakeHuman human = Line.Add(First);
        await using ScriptedCall call = Call(mode, hasLine);
        Assert.Equal(CallEndCause.Transferred, (await call.RunAsync(15)).Cause);
        Assert.Equal(["announced", "referring", "referred"], Steps(call));
        Assert.Equal((First, TransferKind.Blind), (call.Call.Transfers[0].Target, call.Call.Transfers[0].Kind));
        Assert.Empty(human.Requests);
    }

    [Fact]
    public async Task A_phone_that_refuses_REFER_has_the_human_called_and_bridged()
    {
        FakeHuman human = Line.Add(First);
        human.WhenCalled = h => h.Answer();
        await using ScriptedCall call = Call(TransferMode.Blind).At(14, () => human.Press('1')).HangUp(20);
        call.Call.TransferResult = new TransferResult(false, 405, "Method Not Allowed") { IsRefused = true };
        await call.RunAsync(25);
        Assert.Equal(["announced", "referring", "refer-refused", "answered", "brief-spoken", "accepted"], Steps(call).Take(6));
        Assert.Contains("connected", Steps(call));
    }

    [Fact]
    public async Task A_target_that_the_phone_does_not_reach_is_followed_by_the_next()
    {
        Humans = new HumanPlan { Targets = [new HumanTarget(First), new HumanTarget(Second)] };
        await using ScriptedCall call = Call(TransferMode.Blind);
        call.Call.TransferResult = new TransferResult(false, 486, "Busy Here");
        DialogueTurn.TransferFailed failed = await AssertBackAsync(call, at: 12);
        Assert.Equal([First, Second], call.Call.Transfers.Select(transfer => transfer.Target));
        Assert.Equal((Second, 486, "Busy Here"), (failed.Target, failed.StatusCode, failed.Reason));
    }

    [Fact]
    public async Task The_agents_file_goes_over_the_servers_mode()
    {
        Humans = new HumanPlan { Targets = [new HumanTarget(First)], Mode = TransferMode.Blind };
        await using ScriptedCall call = Call(TransferMode.Bridged);
        Assert.Equal(CallEndCause.Transferred, (await call.RunAsync(15)).Cause);
        Assert.Equal("referring", Steps(call).ElementAt(1));
    }

    [Fact]
    public async Task Nobody_is_dialled_when_nobody_is_there()
    {
        // The clock of the tests stands on a Thursday.
        var weekend = new OpeningHours(
            TimeZoneInfo.Utc, new Dictionary<DayOfWeek, IReadOnlyList<OpenTime>> { [DayOfWeek.Sunday] = [new OpenTime(default, TimeSpan.FromHours(24))] }, new HashSet<ClosedDate>());
        Humans = new HumanPlan { Targets = [new HumanTarget(First)], Hours = weekend };
        FakeHuman human = Line.Add(First);
        await using ScriptedCall call = Call();
        DialogueTurn.TransferFailed failed = await AssertBackAsync(call, at: 10);
        Assert.Equal((null, "nobody is there at this time"), (failed.StatusCode, failed.Reason));
        Assert.Equal(["announced", "returned"], Steps(call));
        Assert.Empty(human.Requests);
    }
}
