using PhoneAgent.Conversation.Calls;
using PhoneAgent.Telephony;
using Xunit;

namespace PhoneAgent.LoopbackTests.Telephony.Sip;

/// <summary>Two lines of ours call each other over real sockets.</summary>
public class SipCallTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData("udp")]
    [InlineData("tcp")]
    [InlineData("tls")]
    public async Task A_call_is_placed_answered_and_hung_up(string transport)
    {
        using var patience = new CancellationTokenSource(Patience);
        await using var caller = await TestLine.StartAsync();
        await using var callee = await TestLine.StartAsync();

        var placing = caller.Line.PlaceAsync(new PlaceCallRequest(callee.Uri("bob", transport)) { CallerId = "alice" }, patience.Token);
        await using var there = await callee.AnswerNextAsync(patience.Token);
        var placed = await placing;
        await using var here = placed.Call!;

        Assert.Equal("alice", there.Info.RemoteParty);
        Assert.Equal("bob", there.Info.LocalParty);
        Assert.Equal("bob", here.Info.RemoteParty);
        Assert.Equal(here.Info.ProtocolId, there.Info.ProtocolId);
        Assert.Contains("m=audio", caller.Media.Last.Remote, StringComparison.Ordinal);
        Assert.Contains("started", caller.Media.Last.Journal);
        Assert.Contains("started", callee.Media.Last.Journal);

        await here.HangUpAsync(patience.Token);
        Assert.Equal(new CallEnd(CallEndCause.HungUp, EndedBy.Caller), await there.EndAsync(patience.Token));
        Assert.Equal(new CallEnd(CallEndCause.HungUp, EndedBy.Agent), await here.EndAsync(patience.Token));
    }

    [Theory]
    [InlineData("udp")]
    [InlineData("tcp")]
    public async Task The_callee_hangs_up(string transport)
    {
        using var patience = new CancellationTokenSource(Patience);
        await using var caller = await TestLine.StartAsync();
        await using var callee = await TestLine.StartAsync();
        var placing = caller.Line.PlaceAsync(new PlaceCallRequest(callee.Uri("bob", transport)), patience.Token);
        await using var there = await callee.AnswerNextAsync(patience.Token);
        await using var here = (await placing).Call!;

        await there.HangUpAsync(patience.Token);

        Assert.Equal(EndedBy.Caller, (await here.EndAsync(patience.Token)).By);
    }

    [Fact]
    public async Task Hold_and_resume_are_offered_and_answered()
    {
        using var patience = new CancellationTokenSource(Patience);
        await using var caller = await TestLine.StartAsync();
        await using var callee = await TestLine.StartAsync();
        var placing = caller.Line.PlaceAsync(new PlaceCallRequest(callee.Uri("bob")), patience.Token);
        await using var there = await callee.AnswerNextAsync(patience.Token);
        await using var here = (await placing).Call!;

        Assert.True(await here.SetHoldAsync(true, patience.Token));
        Assert.Equal("answer recvonly", callee.Media.Last.Journal.Last());
        Assert.True(await there.SetHoldAsync(true, patience.Token));
        Assert.True(await here.SetHoldAsync(false, patience.Token));
        Assert.Equal("answer sendrecv", callee.Media.Last.Journal.Last());
    }

    [Fact]
    public async Task A_blind_transfer_is_followed_to_its_end()
    {
        using var patience = new CancellationTokenSource(Patience);
        await using var agent = await TestLine.StartAsync();
        await using var customer = await TestLine.StartAsync(options => options with { Transfer = new() { AcceptRefer = true } });
        await using var human = await TestLine.StartAsync();
        var placing = customer.Line.PlaceAsync(new PlaceCallRequest(agent.Uri("agent")), patience.Token);
        await using var atAgent = await agent.AnswerNextAsync(patience.Token);
        await using var atCustomer = (await placing).Call!;

        var transferring = atAgent.TransferAsync(new TransferRequest(human.Uri("human")), patience.Token);
        await using var atHuman = await human.AnswerNextAsync(patience.Token);

        Assert.Equal(new TransferResult(true, 200, "OK"), await transferring);
        Assert.Equal(CallEndCause.Transferred, (await atAgent.EndAsync(patience.Token)).Cause);
        Assert.IsType<CallSignal.Redirected>(await atCustomer.Signals.ReadAsync(patience.Token));
        Assert.Equal("human", atHuman.Info.LocalParty);
        await atHuman.HangUpAsync(patience.Token);
        Assert.Equal(CallEndCause.HungUp, (await atCustomer.EndAsync(patience.Token)).Cause);
    }

    [Fact]
    public async Task A_refused_transfer_leaves_the_call_up()
    {
        using var patience = new CancellationTokenSource(Patience);
        await using var agent = await TestLine.StartAsync();
        await using var customer = await TestLine.StartAsync(options => options with { Transfer = new() { AcceptRefer = true } });
        await using var human = await TestLine.StartAsync();
        var placing = customer.Line.PlaceAsync(new PlaceCallRequest(agent.Uri("agent")), patience.Token);
        await using var atAgent = await agent.AnswerNextAsync(patience.Token);
        await using var atCustomer = (await placing).Call!;

        var transferring = atAgent.TransferAsync(new TransferRequest(human.Uri("human")), patience.Token);
        await (await human.NextAsync(patience.Token)).RejectAsync(RejectReason.Busy, patience.Token);

        var result = await transferring;
        Assert.False(result.Success);
        Assert.Equal(486, result.StatusCode);
        Assert.True(await atAgent.SetHoldAsync(true, patience.Token));
    }

    [Fact]
    public async Task An_attended_transfer_replaces_the_consultation()
    {
        using var patience = new CancellationTokenSource(Patience);
        await using var agent = await TestLine.StartAsync();
        await using var customer = await TestLine.StartAsync(options => options with { Transfer = new() { AcceptRefer = true } });
        await using var human = await TestLine.StartAsync();
        var placing = customer.Line.PlaceAsync(new PlaceCallRequest(agent.Uri("agent")), patience.Token);
        await using var atAgent = await agent.AnswerNextAsync(patience.Token);
        await using var atCustomer = (await placing).Call!;
        var consulting = agent.Line.PlaceAsync(new PlaceCallRequest(human.Uri("human")), patience.Token);
        await using var atHuman = await human.AnswerNextAsync(patience.Token);
        await using var consultation = (await consulting).Call!;

        var result = await atAgent.TransferAsync(
            new TransferRequest(human.Uri("human"), TransferKind.Attended) { Consultation = consultation }, patience.Token);

        Assert.True(result.Success);
        Assert.IsType<CallSignal.Redirected>(await atHuman.Signals.ReadAsync(patience.Token));
        Assert.IsType<CallSignal.Redirected>(await atCustomer.Signals.ReadAsync(patience.Token));
        Assert.Equal(EndedBy.Caller, (await consultation.EndAsync(patience.Token)).By);
        await atCustomer.HangUpAsync(patience.Token);
        Assert.Equal(CallEndCause.HungUp, (await atHuman.EndAsync(patience.Token)).Cause);
    }

    [Fact]
    public async Task Cancelling_a_call_that_rings_sends_cancel()
    {
        using var patience = new CancellationTokenSource(Patience);
        using var cancel = new CancellationTokenSource();
        await using var caller = await TestLine.StartAsync();
        await using var callee = await TestLine.StartAsync();
        var ringing = new TaskCompletionSource();
        var progress = new Forward(_ => ringing.TrySetResult());
        var placing = caller.Line.PlaceAsync(new PlaceCallRequest(callee.Uri("bob")) { Progress = progress }, cancel.Token);
        var incoming = await callee.NextAsync(patience.Token);
        await ringing.Task.WaitAsync(patience.Token);

        await cancel.CancelAsync();

        Assert.Equal(CallEndCause.Cancelled, (await placing).Failure!.Cause);
        Assert.Null(await incoming.AnswerAsync(patience.Token));
    }

    [Theory]
    [InlineData(RejectReason.Busy, CallEndCause.Busy, 486)]
    [InlineData(RejectReason.Decline, CallEndCause.Rejected, 603)]
    [InlineData(RejectReason.Overloaded, CallEndCause.Failed, 503)]
    public async Task A_rejected_call_says_how(RejectReason reason, CallEndCause cause, int status)
    {
        using var patience = new CancellationTokenSource(Patience);
        await using var caller = await TestLine.StartAsync();
        await using var callee = await TestLine.StartAsync();
        var placing = caller.Line.PlaceAsync(new PlaceCallRequest(callee.Uri("bob")), patience.Token);
        await (await callee.NextAsync(patience.Token)).RejectAsync(reason, patience.Token);

        var failure = (await placing).Failure!;

        Assert.Equal((cause, status), (failure.Cause, failure.StatusCode));
    }

    [Fact]
    public async Task A_caller_with_a_password_is_let_in_and_one_without_is_not()
    {
        using var patience = new CancellationTokenSource(Patience);
        await using var callee = await TestLine.StartAsync(options => options with
        {
            Inbound = new() { Callers = [new() { User = "alice", Password = "secret" }] },
        });
        await using var caller = await TestLine.StartAsync(options => options with
        {
            Accounts = [new() { User = "alice", Domain = "127.0.0.1", Password = "secret", Register = false }],
        });
        await using var stranger = await TestLine.StartAsync();

        Assert.Equal(CallEndCause.Unauthorized, (await stranger.Line.PlaceAsync(new PlaceCallRequest(callee.Uri("bob")), patience.Token)).Failure!.Cause);
        var placing = caller.Line.PlaceAsync(new PlaceCallRequest(callee.Uri("bob")), patience.Token);
        await using var there = await callee.AnswerNextAsync(patience.Token);
        await using var here = (await placing).Call!;
        Assert.Equal("alice", there.Info.RemoteParty);
    }

    [Fact]
    public async Task A_draining_line_refuses_and_its_calls_go_on()
    {
        using var patience = new CancellationTokenSource(Patience);
        await using var caller = await TestLine.StartAsync();
        await using var callee = await TestLine.StartAsync();
        var placing = caller.Line.PlaceAsync(new PlaceCallRequest(callee.Uri("bob")), patience.Token);
        await using var there = await callee.AnswerNextAsync(patience.Token);
        await using var here = (await placing).Call!;

        callee.Line.Drain();

        Assert.Equal(503, (await caller.Line.PlaceAsync(new PlaceCallRequest(callee.Uri("bob")), patience.Token)).Failure!.StatusCode);
        Assert.True(await here.SetHoldAsync(true, patience.Token));
    }

    [Fact]
    public async Task Closing_the_line_ends_its_calls()
    {
        using var patience = new CancellationTokenSource(Patience);
        await using var caller = await TestLine.StartAsync();
        var callee = await TestLine.StartAsync();
        var placing = caller.Line.PlaceAsync(new PlaceCallRequest(callee.Uri("bob")), patience.Token);
        var there = await callee.AnswerNextAsync(patience.Token);
        await using var here = (await placing).Call!;

        await callee.DisposeAsync();

        Assert.Equal(CallEndCause.ShuttingDown, (await there.EndAsync(patience.Token)).Cause);
        Assert.Equal("shutting down", (await here.EndAsync(patience.Token)).Reason);
        await there.DisposeAsync();
    }

    [Fact]
    public async Task A_peer_that_is_not_there_fails_the_call_quickly_over_tcp()
    {
        using var patience = new CancellationTokenSource(Patience);
        await using var caller = await TestLine.StartAsync();
        var result = await caller.Line.PlaceAsync(new PlaceCallRequest("sip:bob@127.0.0.1:9;transport=tcp"), patience.Token);
        Assert.Equal((CallEndCause.Failed, 503), (result.Failure!.Cause, result.Failure.StatusCode));
    }

    [Fact]
    public async Task A_port_in_use_is_told_with_what_to_do()
    {
        await using var first = await TestLine.StartAsync();
        var e = await Assert.ThrowsAsync<PhoneLineException>(() => TestLine.StartAsync(options => options with
        {
            Listen = [new() { Transport = "udp", Port = first.Port() }],
        }));
        Assert.Contains("in use", e.Message, StringComparison.Ordinal);
    }

    /// <summary>Progress on the reporting thread: <see cref="Progress{T}"/> would post it elsewhere.</summary>
    private sealed class Forward(Action<CallProgress> tell) : IProgress<CallProgress>
    {
        public void Report(CallProgress value) => tell(value);
    }
}
