using PhoneAgent.Conversation.Calls;
using PhoneAgent.Telephony.Sip.Messages;
using PhoneAgent.Testing.Telephony;
using Xunit;

namespace PhoneAgent.Testing.Contracts.Sip;

/// <summary>Calls that arrive.</summary>
public abstract class SipInboundContract : SipUserAgentContract
{
    [ContractTheory]
    [InlineData("udp")]
    [InlineData("tcp")]
    [InlineData("tls")]
    public virtual async Task A_call_arrives_is_answered_and_the_caller_hangs_up(string transport)
    {
        var mine = await MineAsync();
        var (here, there) = await InboundAsync(mine, await TheirsAsync(), transport);

        Assert.Equal((CallDirection.Inbound, "alice", "desk"), (here.Info.Direction, here.Info.RemoteParty, here.Info.LocalParty));
        Assert.Equal(there.Info.ProtocolId, here.Info.ProtocolId);
        Assert.Contains("m=audio", mine.Media.Last.Remote, StringComparison.Ordinal);
        Assert.Equal(["answer sendrecv", "started"], mine.Media.Last.Journal);
        Assert.Equal(1, mine.Line.ActiveCalls);

        await there.HangUpAsync(Soon);
        Assert.Equal(new CallEnd(CallEndCause.HungUp, EndedBy.Caller), await here.EndAsync(Soon));
        await NothingLeftAsync(mine);
    }

    [ContractTheory]
    [InlineData("udp")]
    [InlineData("tcp")]
    [InlineData("tls")]
    public virtual async Task We_hang_up(string transport)
    {
        var mine = await MineAsync();
        var (here, there) = await InboundAsync(mine, await TheirsAsync(), transport);

        await here.HangUpAsync(Soon);

        Assert.Equal(new CallEnd(CallEndCause.HungUp, EndedBy.Agent), await here.EndAsync(Soon));
        Assert.Equal((CallEndCause.HungUp, EndedBy.Caller), Cause(await there.EndAsync(Soon)));
        await NothingLeftAsync(mine);
    }

    /// <summary>A telephone has no certificate that anybody knows: it hears us on the connection that it opened.</summary>
    [ContractFact]
    public virtual async Task We_hang_up_on_a_caller_to_whose_own_port_no_connection_can_be_trusted()
    {
        var mine = await MineAsync(options => options with { Tls = new() { VerifyPeer = true } });
        var (here, there) = await InboundAsync(mine, await TheirsAsync(), "tls");

        await here.HangUpAsync(Soon);

        Assert.Equal((CallEndCause.HungUp, EndedBy.Caller), Cause(await there.EndAsync(Soon)));
        await NothingLeftAsync(mine);
    }

    [ContractTheory]
    [InlineData(RejectReason.Busy, 486)]
    [InlineData(RejectReason.Decline, 603)]
    [InlineData(RejectReason.NotFound, 404)]
    [InlineData(RejectReason.Unavailable, 480)]
    [InlineData(RejectReason.Overloaded, 503)]
    public virtual async Task A_call_is_rejected_with_the_status_that_says_why(RejectReason reason, int status)
    {
        var mine = await MineAsync();
        var placing = (await TheirsAsync()).Line.PlaceAsync(new PlaceCallRequest(mine.Uri("desk")), Soon);

        await (await mine.NextAsync(Soon)).RejectAsync(reason, Soon);

        Assert.Equal(status, (await placing).Failure!.StatusCode);
        await NothingLeftAsync(mine);
    }

    [ContractFact]
    public virtual async Task A_caller_who_gives_up_has_given_up()
    {
        var mine = await MineAsync();
        using var giveUp = new CancellationTokenSource();
        var ringing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var placing = (await TheirsAsync()).Line.PlaceAsync(
            new PlaceCallRequest(mine.Uri("desk")) { Progress = new Forward(_ => ringing.TrySetResult()) }, giveUp.Token);
        var incoming = await mine.NextAsync(Soon);
        await ringing.Task.WaitAsync(Soon);

        await giveUp.CancelAsync();

        Assert.Equal(CallEndCause.Cancelled, (await placing).Failure!.Cause);
        Assert.Null(await incoming.AnswerAsync(Soon));
        await NothingLeftAsync(mine);
    }

    [ContractTheory]
    [InlineData("CSeq: 1 INVITE", "CSeq: 1 BYE", 400)]
    [InlineData("Content-Length: ", "Content-Length: 9", 400)]
    [InlineData("Content-Length: ", "Content-Length: minus", 400)]
    [InlineData(" SIP/2.0\r\nVia", " SIP/3.0\r\nVia", 505)]
    [InlineData("INVITE sip:agent@127.0.0.1:", "INVITE sip:%%%@@:::", 400)]
    public virtual async Task A_broken_invite_is_refused_and_does_not_ring(string right, string wrong, int status)
    {
        var mine = await MineAsync();
        var peer = Peer();

        var invite = peer.Request(mine.Port(), "INVITE", "broken", 1, body: SipPeer.Sdp);
        await peer.SendAsync(mine.Port(), invite.Replace(right, wrong, StringComparison.Ordinal));

        var first = (SipResponse)await peer.NextAsync(message => message is SipResponse { CallId: "broken" }, Soon);
        Assert.Equal(status, first.StatusCode);
        await NothingLeftAsync(mine);
    }

    [ContractTheory]
    [InlineData("CSeq: ")]
    [InlineData("Via: ")]
    [InlineData("From: ")]
    public virtual async Task A_request_that_no_answer_can_be_made_for_is_dropped(string header)
    {
        var mine = await MineAsync();
        var peer = Peer();

        var invite = peer.Request(mine.Port(), "INVITE", "broken", 1, body: SipPeer.Sdp);
        await peer.SendAsync(mine.Port(), invite.Replace(header, "X-Was-" + header, StringComparison.Ordinal));
        await peer.RequestAsync(mine.Port(), "OPTIONS", "next", 1);

        // In the order of their arrival: were there an answer to the first, it would be here before.
        var first = (SipResponse)await peer.NextAsync(message => message is SipResponse, Soon);
        Assert.Equal((200, "next"), (first.StatusCode, first.CallId));
        await NothingLeftAsync(mine);
    }

    [ContractFact]
    public virtual async Task Audio_that_we_do_not_know_is_refused_and_the_media_is_given_back()
    {
        var mine = await MineAsync();
        var peer = Peer();
        await peer.RequestAsync(mine.Port(), "INVITE", "odd", 1, body: SipPeer.Sdp.Replace("AVP 0", "AVP 98", StringComparison.Ordinal));
        var incoming = await mine.NextAsync(Soon);

        Assert.Null(await incoming.AnswerAsync(Soon));

        Assert.Equal(488, (await peer.FinalAsync("odd", 1, Soon)).StatusCode);
        await NothingLeftAsync(mine);
    }

    [ContractFact]
    public virtual async Task An_invite_without_an_offer_gets_ours_and_answers_in_its_ack()
    {
        var mine = await MineAsync();
        var peer = Peer();
        await peer.RequestAsync(mine.Port(), "INVITE", "late", 1);
        var answering = (await mine.NextAsync(Soon)).AnswerAsync(Soon);
        var answer = await peer.FinalAsync("late", 1, Soon);
        Assert.Contains("m=audio", answer.BodyText, StringComparison.Ordinal);
        await peer.RequestAsync(mine.Port(), "ACK", "late", 1, answer.To.Tag, SipPeer.Sdp);

        var here = (await answering)!;
        await UntilAsync(() => mine.Media.Last.IsStarted);
        Assert.Equal(["offer sendrecv", "accepted", "started"], mine.Media.Last.Journal);
        await peer.RequestAsync(mine.Port(), "BYE", "late", 2, answer.To.Tag);
        await here.EndAsync(Soon);
    }

    [ContractTheory]
    [InlineData(null)]
    [InlineData("AVP 98")]
    [InlineData("m=tune")]
    public virtual async Task An_ack_without_an_answer_that_we_can_use_is_hung_up(string? audio)
    {
        var mine = await MineAsync();
        var peer = Peer();
        await peer.RequestAsync(mine.Port(), "INVITE", "late", 1);
        var answering = (await mine.NextAsync(Soon)).AnswerAsync(Soon);
        var answer = await peer.FinalAsync("late", 1, Soon);
        await peer.RequestAsync(mine.Port(), "ACK", "late", 1, answer.To.Tag,
            audio is null ? null : SipPeer.Sdp.Replace(audio.StartsWith("m=", StringComparison.Ordinal) ? "m=audio" : "AVP 0", audio, StringComparison.Ordinal));

        await peer.RespondAsync(await peer.NextAsync("BYE", Soon), 200);
        Assert.Null(await answering);
        await NothingLeftAsync(mine);
    }

    [ContractFact]
    public virtual async Task We_hang_up_only_after_the_ack()
    {
        var mine = await MineAsync();
        var peer = Peer();
        await peer.RequestAsync(mine.Port(), "INVITE", "slow", 1, body: SipPeer.Sdp);
        var here = (await (await mine.NextAsync(Soon)).AnswerAsync(Soon))!;
        var answer = await peer.FinalAsync("slow", 1, Soon);

        var hangingUp = here.HangUpAsync(Soon);
        Assert.Equal(new CallEnd(CallEndCause.HungUp, EndedBy.Agent), await here.EndAsync(Soon));
        // Time enough for a BYE that does not wait.
        for (uint round = 1; round <= 20; round++)
        {
            await peer.RequestAsync(mine.Port(), "OPTIONS", "between", (int)round);
            var next = await peer.NextAsync(message => message is SipRequest or SipResponse { CallId: "between" }, Soon);
            Assert.Equal(round, Assert.IsType<SipResponse>(next).CSeq.Sequence);
        }
        await peer.RequestAsync(mine.Port(), "ACK", "slow", 1, answer.To.Tag);

        await peer.RespondAsync(await peer.NextAsync("BYE", Soon), 200);
        await hangingUp;
        await NothingLeftAsync(mine);
    }

    [ContractFact]
    public virtual async Task A_caller_who_leaves_before_his_ack_gets_no_bye()
    {
        var mine = await MineAsync();
        var peer = Peer();
        await peer.RequestAsync(mine.Port(), "INVITE", "leaves", 1, body: SipPeer.Sdp);
        var here = (await (await mine.NextAsync(Soon)).AnswerAsync(Soon))!;
        var answer = await peer.FinalAsync("leaves", 1, Soon);
        var hangingUp = here.HangUpAsync(Soon);

        await peer.RequestAsync(mine.Port(), "BYE", "leaves", 2, answer.To.Tag);

        Assert.Equal(200, (await peer.FinalAsync("leaves", 2, Soon)).StatusCode);
        await hangingUp;
        await NothingLeftAsync(mine);
        await peer.RequestAsync(mine.Port(), "OPTIONS", "after", 1);
        Assert.IsType<SipResponse>(await peer.NextAsync(message => message is SipRequest or SipResponse { CallId: "after" }, Soon));
    }

    [ContractFact]
    public virtual async Task The_peer_holds_and_resumes()
    {
        var mine = await MineAsync();
        var (_, there) = await InboundAsync(mine, await TheirsAsync());

        Assert.True(await there.SetHoldAsync(true, Soon));
        Assert.Equal("answer recvonly", mine.Media.Last.Journal.Last());
        Assert.True(await there.SetHoldAsync(false, Soon));
        Assert.Equal("answer sendrecv", mine.Media.Last.Journal.Last());
    }

    [ContractFact]
    public virtual async Task A_full_line_is_busy_and_an_unknown_user_is_not_found()
    {
        var mine = await MineAsync(options => options with { MaxCalls = 1, Inbound = new() { Users = ["desk"] } });
        var theirs = await TheirsAsync();

        Assert.Equal(404, (await FailsAsync(theirs, new PlaceCallRequest(mine.Uri("nobody")))).StatusCode);
        await InboundAsync(mine, theirs);
        Assert.Equal(486, (await FailsAsync(theirs, new PlaceCallRequest(mine.Uri("desk")))).StatusCode);
    }

    [ContractFact]
    public virtual async Task A_draining_line_refuses_and_its_calls_go_on()
    {
        var mine = await MineAsync();
        var theirs = await TheirsAsync();
        var (here, _) = await InboundAsync(mine, theirs);

        mine.Line.Drain();

        Assert.Equal(503, (await FailsAsync(theirs, new PlaceCallRequest(mine.Uri("desk")))).StatusCode);
        Assert.Equal(CallEndCause.ShuttingDown, (await FailsAsync(mine, new PlaceCallRequest(theirs.Uri("bob")))).Cause);
        Assert.True(await here.SetHoldAsync(true, Soon));
    }

    [ContractFact]
    public virtual async Task Closing_the_line_ends_its_calls()
    {
        var mine = await MineAsync();
        var (here, there) = await InboundAsync(mine, await TheirsAsync());

        await mine.DisposeAsync();

        Assert.Equal(CallEndCause.ShuttingDown, (await here.EndAsync(Soon)).Cause);
        Assert.Equal(EndedBy.Caller, (await there.EndAsync(Soon)).By);
    }

    [ContractFact]
    public virtual async Task A_port_in_use_is_told_with_what_to_do()
    {
        var first = await MineAsync();
        foreach (var transport in (string[])["udp", "tcp"])
        {
            var e = await Assert.ThrowsAsync<PhoneLineException>(() => MineAsync(options => options with
            {
                Listen = [new() { Transport = transport, Port = first.Port(transport) }],
            }));
            Assert.Contains("in use", e.Message, StringComparison.Ordinal);
        }
    }

    private static (CallEndCause, EndedBy) Cause(CallEnd end) => (end.Cause, end.By);
}
