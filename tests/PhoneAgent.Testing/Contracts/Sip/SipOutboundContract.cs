using PhoneAgent.Conversation.Calls;
using PhoneAgent.Testing.Telephony;
using Xunit;

namespace PhoneAgent.Testing.Contracts.Sip;

/// <summary>Calls that we place.</summary>
public abstract class SipOutboundContract : SipUserAgentContract
{
    [ContractTheory]
    [InlineData("udp")]
    [InlineData("tcp")]
    [InlineData("tls")]
    public virtual async Task A_call_is_placed_answered_and_hung_up_by_us(string transport)
    {
        var mine = await MineAsync();
        var (here, there) = await OutboundAsync(mine, await TheirsAsync(), transport);

        Assert.Equal((CallDirection.Outbound, "bob", "alice"), (here.Info.Direction, here.Info.RemoteParty, here.Info.LocalParty));
        Assert.Equal(("alice", "bob"), (there.Info.RemoteParty, there.Info.LocalParty));
        Assert.Equal(there.Info.ProtocolId, here.Info.ProtocolId);
        Assert.Equal(["offer sendrecv", "accepted", "started"], mine.Media.Last.Journal);

        await here.HangUpAsync(Soon);
        Assert.Equal(new CallEnd(CallEndCause.HungUp, EndedBy.Agent), await here.EndAsync(Soon));
        Assert.Equal(EndedBy.Caller, (await there.EndAsync(Soon)).By);
        await NothingLeftAsync(mine);
    }

    [ContractTheory]
    [InlineData("udp")]
    [InlineData("tcp")]
    [InlineData("tls")]
    public virtual async Task The_callee_hangs_up(string transport)
    {
        var mine = await MineAsync();
        var (here, there) = await OutboundAsync(mine, await TheirsAsync(), transport);

        await there.HangUpAsync(Soon);

        Assert.Equal(new CallEnd(CallEndCause.HungUp, EndedBy.Caller), await here.EndAsync(Soon));
    }

    [ContractTheory]
    [InlineData(RejectReason.Busy, CallEndCause.Busy, 486)]
    [InlineData(RejectReason.Decline, CallEndCause.Rejected, 603)]
    [InlineData(RejectReason.NotFound, CallEndCause.NotFound, 404)]
    [InlineData(RejectReason.Overloaded, CallEndCause.Failed, 503)]
    public virtual async Task A_refused_call_says_how(RejectReason reason, CallEndCause cause, int status)
    {
        var mine = await MineAsync();
        var theirs = await TheirsAsync();
        var placing = mine.Line.PlaceAsync(new PlaceCallRequest(theirs.Uri("bob")), Soon);
        await (await theirs.NextAsync(Soon)).RejectAsync(reason, Soon);

        var failure = (await placing).Failure!;

        Assert.Equal((cause, status), (failure.Cause, failure.StatusCode));
        await NothingLeftAsync(mine);
    }

    [ContractFact]
    public virtual async Task Ringing_is_told_and_early_media_with_it()
    {
        var mine = await MineAsync();
        var peer = Peer();
        var progress = new TaskCompletionSource<CallProgress>(TaskCreationOptions.RunContinuationsAsynchronously);
        var placing = mine.Line.PlaceAsync(new PlaceCallRequest(peer.Uri) { Progress = new Forward(told => progress.TrySetResult(told)) }, Soon);
        var invite = await peer.NextAsync("INVITE", Soon);

        await peer.RespondAsync(invite, 183, SipPeer.Sdp);
        var told = await progress.Task.WaitAsync(Soon);
        Assert.Equal(183, told.StatusCode);
        Assert.NotNull(told.EarlyMedia);
        Assert.True(mine.Media.Last.IsStarted);

        await peer.RespondAsync(invite, 200, SipPeer.Sdp);
        await peer.NextAsync("ACK", Soon);
        await using var here = (await placing).Call!;
        var hangingUp = here.HangUpAsync(Soon);
        await peer.RespondAsync(await peer.NextAsync("BYE", Soon), 200);
        await hangingUp;
    }

    [ContractFact]
    public virtual async Task Nobody_answers_in_time()
    {
        var mine = await MineAsync();
        var theirs = await TheirsAsync();
        var placing = mine.Line.PlaceAsync(new PlaceCallRequest(theirs.Uri("bob")) { RingTimeout = TimeSpan.FromMilliseconds(300) }, Soon);
        var incoming = await theirs.NextAsync(Soon);

        Assert.Equal((CallEndCause.NoAnswer, EndedBy.Agent), ((await placing).Failure!.Cause, (await placing).Failure!.By));
        // The CANCEL may still be on its way.
        await UntilAsync(() => theirs.Line.ActiveCalls == 0);
        Assert.Null(await incoming.AnswerAsync(Soon));
        await NothingLeftAsync(mine);
    }

    [ContractFact]
    public virtual async Task Cancelling_a_call_that_rings_sends_cancel()
    {
        var mine = await MineAsync();
        var peer = Peer();
        using var cancel = new CancellationTokenSource();
        var ringing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var placing = mine.Line.PlaceAsync(new PlaceCallRequest(peer.Uri) { Progress = new Forward(_ => ringing.TrySetResult()) }, cancel.Token);
        var invite = await peer.NextAsync("INVITE", Soon);
        await peer.RespondAsync(invite, 180);
        await ringing.Task.WaitAsync(Soon);

        await cancel.CancelAsync();

        var cancelled = await peer.NextAsync("CANCEL", Soon);
        await peer.RespondAsync(cancelled, 200);
        await peer.RespondAsync(invite, 487);
        Assert.Equal(CallEndCause.Cancelled, (await placing).Failure!.Cause);
        await NothingLeftAsync(mine);
    }

    [ContractFact]
    public virtual async Task An_answer_that_crosses_the_cancel_is_hung_up()
    {
        var mine = await MineAsync();
        var peer = Peer();
        using var cancel = new CancellationTokenSource();
        var ringing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var placing = mine.Line.PlaceAsync(new PlaceCallRequest(peer.Uri) { Progress = new Forward(_ => ringing.TrySetResult()) }, cancel.Token);
        var invite = await peer.NextAsync("INVITE", Soon);
        await peer.RespondAsync(invite, 180);
        await ringing.Task.WaitAsync(Soon);

        await cancel.CancelAsync();
        await peer.NextAsync("CANCEL", Soon);
        await peer.RespondAsync(invite, 200, SipPeer.Sdp);

        await peer.RespondAsync(await peer.NextAsync("BYE", Soon), 200);
        Assert.Equal(CallEndCause.Cancelled, (await placing).Failure!.Cause);
    }

    [ContractTheory]
    [InlineData("AVP 0", "AVP 98")]
    [InlineData("m=audio", "m=tune")]
    public virtual async Task An_answer_with_audio_that_we_do_not_know_ends_the_call(string known, string unknown)
    {
        var mine = await MineAsync();
        var peer = Peer();
        var placing = mine.Line.PlaceAsync(new PlaceCallRequest(peer.Uri), Soon);
        await peer.RespondAsync(await peer.NextAsync("INVITE", Soon), 200, SipPeer.Sdp.Replace(known, unknown, StringComparison.Ordinal));

        await peer.RespondAsync(await peer.NextAsync("BYE", Soon), 200);
        Assert.Equal(CallEndCause.NotAcceptable, (await placing).Failure!.Cause);
        await NothingLeftAsync(mine);
    }

    [ContractFact]
    public virtual async Task Another_forks_bye_does_not_end_the_call()
    {
        var mine = await MineAsync();
        var peer = Peer();
        var placing = mine.Line.PlaceAsync(new PlaceCallRequest(peer.Uri), Soon);
        var invite = await peer.NextAsync("INVITE", Soon);
        await peer.RespondAsync(invite, 200, SipPeer.Sdp);
        await peer.NextAsync("ACK", Soon);
        await using var here = (await placing).Call!;

        await peer.RequestAsync(mine.Port(), "BYE", invite.CallId, 7, invite.From.Tag, headers: ("From", $"<{peer.Uri}>;tag=fork"));
        Assert.Equal(481, (await peer.FinalAsync(invite.CallId, 7, Soon)).StatusCode);
        Assert.Equal(1, mine.Line.ActiveCalls);
        // A peer that has sent nothing before may begin with 0 (RFC 3261 §8.1.1.5).
        await peer.RequestAsync(mine.Port(), "BYE", invite.CallId, 0, invite.From.Tag);
        Assert.Equal(200, (await peer.FinalAsync(invite.CallId, 0, Soon)).StatusCode);
        Assert.Equal(new CallEnd(CallEndCause.HungUp, EndedBy.Caller), await here.EndAsync(Soon));
    }

    [ContractFact]
    public virtual async Task A_target_that_is_none_and_a_peer_that_is_not_there_fail_quickly()
    {
        var mine = await MineAsync();
        Assert.Equal(CallEndCause.NotFound, (await FailsAsync(mine, new PlaceCallRequest("5550100"))).Cause);
        Assert.Equal((CallEndCause.Failed, 503), Status(await FailsAsync(mine, new PlaceCallRequest("sip:bob@127.0.0.1:9;transport=tcp"))));
    }

    [ContractFact]
    public virtual async Task A_name_that_does_not_resolve_fails_and_leaves_nothing()
    {
        var gate = new FakeCallGate();
        var mine = await MineAsync(gate: gate);
        Assert.Equal((CallEndCause.Failed, 503), Status(await FailsAsync(mine, new PlaceCallRequest("sip:bob@nowhere.invalid:5060"))));
        Assert.Equal(0, gate.Active);
        await NothingLeftAsync(mine);
    }

    [ContractFact]
    public virtual async Task Headers_of_the_application_arrive_and_line_breaks_do_not()
    {
        var mine = await MineAsync();
        var theirs = await TheirsAsync(options => options with { KeepHeaders = ["X-Order"] });
        var placing = mine.Line.PlaceAsync(new PlaceCallRequest(theirs.Uri("bob"))
        {
            Headers = new Dictionary<string, string> { ["X-Order"] = "4711", ["Contact"] = "<sip:evil@192.0.2.1>" },
        }, Soon);
        var incoming = await theirs.NextAsync(Soon);
        Assert.Equal("4711", incoming.Info.Headers["X-Order"]);
        await incoming.RejectAsync(RejectReason.Busy, Soon);
        await placing;

        await Assert.ThrowsAsync<ArgumentException>(() => mine.Line.PlaceAsync(new PlaceCallRequest(theirs.Uri("bob"))
        {
            Headers = new Dictionary<string, string> { ["X-Order"] = "1\r\nX-Evil: 1" },
        }, Soon));
    }

    [ContractFact]
    public virtual async Task A_call_that_is_not_allowed_is_not_placed()
    {
        var gate = new FakeCallGate { Forbidden = "dear" };
        var mine = await MineAsync(gate: gate);
        var theirs = await TheirsAsync();
        var failure = await FailsAsync(mine, new PlaceCallRequest(theirs.Uri("dear")));
        Assert.Equal((CallEndCause.NotAllowed, EndedBy.Agent, "no calls to 'dear'", true), (failure.Cause, failure.By, failure.Reason, failure.IsOurRefusal));
        failure = await FailsAsync(mine, new PlaceCallRequest("sip:bob@127.0.0.1:9;transport=tcp"));
        Assert.Equal((CallEndCause.Failed, false), (failure.Cause, failure.IsOurRefusal));
        Assert.Equal(0, gate.Active);
        await NothingLeftAsync(mine);
        var (here, _) = await OutboundAsync(mine, theirs);
        Assert.Equal(1, gate.Active);
        await here.HangUpAsync(Soon);
        Assert.Equal(0, gate.Active);
        Assert.False(theirs.Line.Incoming.TryRead(out _));
    }

    /// <summary>A user agent that does not follow redirections fails the call as well.</summary>
    [ContractFact]
    public virtual async Task A_redirection_leads_nowhere_that_no_call_may_go()
    {
        var gate = new FakeCallGate { Forbidden = "dear" };
        var mine = await MineAsync(gate: gate);
        var theirs = await TheirsAsync();
        var peer = Peer();
        var placing = mine.Line.PlaceAsync(new PlaceCallRequest(peer.Uri), Soon);
        await peer.RespondAsync(await peer.NextAsync("INVITE", Soon), 302, headers: ("Contact", $"<{theirs.Uri("dear")}>"));
        Assert.Null((await placing).Call);
        Assert.Equal(0, gate.Active);
        // What was sent before this call would have come before it.
        await OutboundAsync(mine, theirs);
        Assert.False(theirs.Line.Incoming.TryRead(out _));
    }

    private static (CallEndCause, int?) Status(CallEnd end) => (end.Cause, end.StatusCode);
}
