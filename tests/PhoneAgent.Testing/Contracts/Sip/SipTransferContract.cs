using PhoneAgent.Conversation.Calls;
using PhoneAgent.Telephony.Sip;
using PhoneAgent.Telephony.Sip.Messages;
using PhoneAgent.Telephony.Sip.UserAgent;
using PhoneAgent.Testing.Telephony;
using Xunit;

namespace PhoneAgent.Testing.Contracts.Sip;

/// <summary>Transfers by us, and by the peer.</summary>
public abstract class SipTransferContract : SipUserAgentContract
{
    private static SipOptions FollowingRefer(SipOptions options) => options with { Transfer = new() { AcceptRefer = true } };

    [ContractFact]
    public virtual async Task A_blind_transfer_is_followed_to_its_end()
    {
        var mine = await MineAsync();
        var human = await TheirsAsync();
        var (here, customer) = await InboundAsync(mine, await TheirsAsync(FollowingRefer));

        var transferring = here.TransferAsync(new TransferRequest(human.Uri("human")), Soon);
        await using var atHuman = await human.AnswerNextAsync(Soon);

        Assert.Equal(new TransferResult(true, 200, "OK"), await transferring);
        Assert.Equal(CallEndCause.Transferred, (await here.EndAsync(Soon)).Cause);
        Assert.Equal("human", atHuman.Info.LocalParty);
        await atHuman.HangUpAsync(Soon);
        Assert.Equal(CallEndCause.HungUp, (await customer.EndAsync(Soon)).Cause);
        await NothingLeftAsync(mine);
    }

    [ContractFact]
    public virtual async Task A_transfer_that_the_target_refuses_leaves_the_call_up()
    {
        var mine = await MineAsync();
        var human = await TheirsAsync();
        var (here, _) = await InboundAsync(mine, await TheirsAsync(FollowingRefer));

        var transferring = here.TransferAsync(new TransferRequest(human.Uri("human")), Soon);
        await (await human.NextAsync(Soon)).RejectAsync(RejectReason.Busy, Soon);

        var result = await transferring;
        Assert.Equal((false, 486, false), (result.Success, result.StatusCode, result.IsRefused));
        Assert.True(await here.SetHoldAsync(true, Soon));
    }

    [ContractFact]
    public virtual async Task A_peer_that_takes_no_transfers_leaves_the_call_up()
    {
        var mine = await MineAsync();
        var (here, _) = await InboundAsync(mine, await TheirsAsync());

        var result = await here.TransferAsync(new TransferRequest("sip:human@127.0.0.1"), Soon);

        Assert.Equal((false, 603, true), (result.Success, result.StatusCode, result.IsRefused));
        Assert.True(await here.SetHoldAsync(true, Soon));
    }

    [ContractFact]
    public virtual async Task An_attended_transfer_replaces_the_consultation()
    {
        var mine = await MineAsync();
        var human = await TheirsAsync();
        var (here, customer) = await InboundAsync(mine, await TheirsAsync(FollowingRefer));
        var (consultation, atHuman) = await OutboundAsync(mine, human, user: "human");

        var result = await here.TransferAsync(new TransferRequest(human.Uri("human"), TransferKind.Attended) { Consultation = consultation }, Soon);

        Assert.True(result.Success, result.ToString());
        await atHuman.NextAsync<CallSignal.Redirected>(Soon);
        await customer.NextAsync<CallSignal.Redirected>(Soon);
        Assert.Equal(EndedBy.Caller, (await consultation.EndAsync(Soon)).By);
        await customer.HangUpAsync(Soon);
        Assert.Equal(CallEndCause.HungUp, (await atHuman.EndAsync(Soon)).Cause);
    }

    [ContractFact]
    public virtual async Task A_refer_says_where_who_and_what_the_application_adds()
    {
        var mine = await MineAsync();
        var peer = Peer();
        var calling = peer.CallAsync(mine.Port(), "refer", Soon);
        await using var here = await mine.AnswerNextAsync(Soon);
        await calling;

        var transferring = here.TransferAsync(new TransferRequest("sip:human@192.0.2.1;user=phone")
        {
            Headers = new Dictionary<string, string> { ["X-Brief"] = "https://example.com/b" },
        }, Soon);
        var refer = await peer.NextAsync("REFER", Soon);
        // In brackets: without them the parameter would be the header's (RFC 3261 §20).
        Assert.Equal("<sip:human@192.0.2.1;user=phone>", refer.Headers.Get("Refer-To"));
        Assert.NotNull(refer.ReferredBy);
        Assert.Equal("https://example.com/b", refer.Headers.Get("X-Brief"));

        // 200 in place of 202 is success, too (RFC 6665 §8.3.1 did away with 202).
        await peer.RespondAsync(refer, 200);
        await peer.RequestAsync(mine.Port(), "NOTIFY", "refer", 2, refer.From.Tag, "SIP/2.0 100 Trying\r\n", "message/sipfrag",
            ("Event", "refer"), ("Subscription-State", "active;expires=60"));
        Assert.Equal(200, (await peer.FinalAsync("refer", 2, Soon)).StatusCode);
        await peer.RequestAsync(mine.Port(), "NOTIFY", "refer", 3, refer.From.Tag, "SIP/2.0 200 OK\r\n", "message/sipfrag",
            ("Event", "refer"), ("Subscription-State", "terminated;reason=noresource"));
        Assert.Equal(200, (await peer.FinalAsync("refer", 3, Soon)).StatusCode);
        // The call stays up after an accepted transfer until we hang up.
        await peer.RespondAsync(await peer.NextAsync("BYE", Soon), 200);
        Assert.True((await transferring).Success);
    }

    [ContractFact]
    public virtual async Task A_transferee_that_hangs_up_while_it_is_transferred_has_gone_well()
    {
        var mine = await MineAsync();
        var peer = Peer();
        var calling = peer.CallAsync(mine.Port(), "leaves", Soon);
        await using var here = await mine.AnswerNextAsync(Soon);
        await calling;

        var transferring = here.TransferAsync(new TransferRequest("sip:human@192.0.2.1"), Soon);
        var refer = await peer.NextAsync("REFER", Soon);
        await peer.RespondAsync(refer, 202);
        await peer.RequestAsync(mine.Port(), "BYE", "leaves", 2, refer.From.Tag);

        Assert.True((await transferring).Success);
        Assert.Equal(CallEndCause.Transferred, (await here.EndAsync(Soon)).Cause);
    }

    [ContractFact]
    public virtual async Task The_peer_may_not_send_us_elsewhere_unless_allowed()
    {
        var mine = await MineAsync();
        var (_, there) = await InboundAsync(mine, await TheirsAsync());

        var result = await there.TransferAsync(new TransferRequest("sip:human@127.0.0.1"), Soon);

        Assert.Equal((false, 603), (result.Success, result.StatusCode));
    }

    [ContractFact]
    public virtual async Task The_peer_sends_us_elsewhere_where_it_may()
    {
        var mine = await MineAsync(FollowingRefer);
        var human = await TheirsAsync();
        var (here, there) = await InboundAsync(mine, await TheirsAsync());

        var transferring = there.TransferAsync(new TransferRequest(human.Uri("human")), Soon);
        await using var atHuman = await human.AnswerNextAsync(Soon);

        await here.NextAsync<CallSignal.Redirected>(Soon);
        Assert.True((await transferring).Success);
        await atHuman.HangUpAsync(Soon);
        Assert.Equal((CallEndCause.HungUp, EndedBy.Caller), Both(await here.EndAsync(Soon)));
    }

    [ContractFact]
    public virtual async Task The_peer_does_not_send_us_where_no_call_may_go()
    {
        var gate = new FakeCallGate { Forbidden = "human" };
        var mine = await MineAsync(FollowingRefer, gate);
        var (here, there) = await InboundAsync(mine, await TheirsAsync());

        var result = await there.TransferAsync(new TransferRequest("sip:human@127.0.0.1"), Soon);

        Assert.Equal((false, 403), (result.Success, result.StatusCode));
        Assert.Equal("no calls to 'human'", (await here.NextAsync<CallSignal.RedirectionRefused>(Soon)).Reason);
        Assert.True(await here.SetHoldAsync(true, Soon));
        Assert.Equal(TargetChosenBy.Peer, Assert.Single(gate.Asked).By);
    }

    [ContractFact]
    public virtual async Task The_peer_is_told_that_a_name_does_not_resolve_and_may_ask_again()
    {
        var gate = new FakeCallGate();
        var mine = await MineAsync(FollowingRefer, gate);
        var (here, there) = await InboundAsync(mine, await TheirsAsync());

        for (var attempt = 0; attempt < 2; attempt++)
        {
            var result = await there.TransferAsync(new TransferRequest("sip:human@nowhere.invalid:5060"), Soon);
            Assert.Equal((false, 503, false), (result.Success, result.StatusCode, result.IsRefused));
        }
        Assert.Equal(0, gate.Active);
        Assert.True(await here.SetHoldAsync(true, Soon));
    }

    [ContractFact]
    public virtual async Task A_transfer_whose_transferor_has_left_ends_when_we_hang_up()
    {
        var gate = new FakeCallGate();
        var mine = await MineAsync(FollowingRefer, gate);
        var human = await TheirsAsync();
        var peer = Peer();
        var calling = peer.CallAsync(mine.Port(), "sends", Soon);
        await using var here = await mine.AnswerNextAsync(Soon);
        var tag = (await calling).To.Tag;

        await peer.RequestAsync(mine.Port(), "REFER", "sends", 2, tag, headers: ("Refer-To", $"<{human.Uri("human")}>"));
        Assert.Equal(202, (await peer.FinalAsync("sends", 2, Soon)).StatusCode);
        var ringing = await human.NextAsync(Soon);
        await peer.RequestAsync(mine.Port(), "BYE", "sends", 3, tag);
        Assert.Equal(200, (await peer.FinalAsync("sends", 3, Soon)).StatusCode);
        await here.HangUpAsync(Soon);

        Assert.Equal((CallEndCause.HungUp, EndedBy.Agent), Both(await here.EndAsync(Soon)));
        await NothingLeftAsync(mine);
        await UntilAsync(() => gate.Active == 0 && human.Line.ActiveCalls == 0);
        Assert.Null(await ringing.AnswerAsync(Soon));
    }

    [ContractFact]
    public virtual async Task A_call_that_the_peer_asked_for_counts_until_it_is_over()
    {
        var gate = new FakeCallGate();
        var mine = await MineAsync(FollowingRefer, gate);
        var human = await TheirsAsync();
        var (here, there) = await InboundAsync(mine, await TheirsAsync());

        var transferring = there.TransferAsync(new TransferRequest(human.Uri("human")), Soon);
        await using var atHuman = await human.AnswerNextAsync(Soon);
        Assert.True((await transferring).Success);
        Assert.Equal(1, gate.Active);
        await atHuman.HangUpAsync(Soon);
        await here.EndAsync(Soon);
        await UntilAsync(() => gate.Active == 0);
    }

    [ContractFact]
    public virtual async Task A_caller_is_not_sent_where_no_call_may_go()
    {
        var gate = new FakeCallGate { Forbidden = "dear" };
        var mine = await MineAsync(gate: gate);
        var human = await TheirsAsync();
        var (here, _) = await InboundAsync(mine, await TheirsAsync(FollowingRefer));

        Assert.Equal(new TransferResult(false, null, "no calls to 'dear'"), await here.TransferAsync(new TransferRequest(human.Uri("dear")), Soon));
        var transferring = here.TransferAsync(new TransferRequest(human.Uri("human")), Soon);
        await using var atHuman = await human.AnswerNextAsync(Soon);
        Assert.True((await transferring).Success);
        Assert.Equal(0, gate.Active);
    }

    [ContractFact]
    public virtual async Task An_invite_with_replaces_takes_over_the_call()
    {
        var mine = await MineAsync();
        var first = Peer();
        var second = Peer();
        var calling = first.CallAsync(mine.Port(), "old", Soon);
        await using var here = await mine.AnswerNextAsync(Soon);
        var answer = await calling;

        var takingOver = second.CallAsync(mine.Port(), "new", Soon, ("Replaces", $"old;to-tag={answer.To.Tag};from-tag=peer"), ("Require", "replaces"));
        Assert.Equal(200, (await takingOver).StatusCode);

        await first.RespondAsync(await first.NextAsync("BYE", Soon), 200);
        await here.NextAsync<CallSignal.Redirected>(Soon);
        await second.RequestAsync(mine.Port(), "BYE", "new", 2, (await takingOver).To.Tag);
        Assert.Equal((CallEndCause.HungUp, EndedBy.Caller), Both(await here.EndAsync(Soon)));
    }

    private static (CallEndCause, EndedBy) Both(CallEnd end) => (end.Cause, end.By);
}
