using Microsoft.Extensions.Logging.Abstractions;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Telephony;
using PhoneAgent.Telephony.Sip;
using PhoneAgent.Telephony.Sip.UserAgent;
using PhoneAgent.Testing;
using Xunit;

namespace PhoneAgent.Tests.Telephony.Sip;

public class SipPhoneLineTests
{
    private readonly VirtualTime time = new();
    private readonly FakeUserAgent agent = new();
    private readonly FakeSession session = new();

    private SipPhoneLine Line(int backlog = 4) => new(agent, backlog, time, NullLogger<SipPhoneLine>.Instance);

    private async Task<ICall> AnsweredAsync()
    {
        agent.NextResult = new SipInviteResult(session, null);
        return (await Line().PlaceAsync(new PlaceCallRequest("100"), default)).Call!;
    }

    [Fact]
    public async Task A_failed_call_says_why()
    {
        agent.NextResult = new SipInviteResult(null, new CallEnd(CallEndCause.Busy, EndedBy.Caller, 486));
        var result = await Line().PlaceAsync(new PlaceCallRequest("100"), default);
        Assert.Null(result.Call);
        Assert.Equal(CallEndCause.Busy, result.Failure!.Cause);
    }

    [Theory]
    [InlineData(RejectReason.Busy, 486)]
    [InlineData(RejectReason.Decline, 603)]
    [InlineData(RejectReason.NotFound, 404)]
    [InlineData(RejectReason.Unavailable, 480)]
    [InlineData(RejectReason.Overloaded, 503)]
    public async Task A_rejection_has_its_status(RejectReason reason, int status)
    {
        await using var line = Line();
        await line.StartAsync(default);
        var incoming = new FakeIncoming(null);
        Assert.True(agent.Receiver!.OnIncoming(incoming));
        Assert.True(line.Incoming.TryRead(out var call));
        await call.RejectAsync(reason, default);
        Assert.Equal(status, incoming.RefusedWith);
    }

    [Fact]
    public async Task A_full_backlog_refuses()
    {
        await using var line = Line(backlog: 1);
        await line.StartAsync(default);
        Assert.True(agent.Receiver!.OnIncoming(new FakeIncoming(null)));
        Assert.False(agent.Receiver!.OnIncoming(new FakeIncoming(null)));
    }

    [Fact]
    public async Task An_answer_that_came_too_late_is_no_call()
    {
        await using var line = Line();
        await line.StartAsync(default);
        agent.Receiver!.OnIncoming(new FakeIncoming(null));
        Assert.True(line.Incoming.TryRead(out var call));
        Assert.Null(await call.AnswerAsync(default));
    }

    [Fact]
    public async Task The_end_is_the_last_signal_and_comes_once()
    {
        await using var call = await AnsweredAsync();
        session.Observer!.OnInfoDtmf('5', TimeSpan.FromMilliseconds(100));
        session.Observer.OnEnded(new CallEnd(CallEndCause.HungUp, EndedBy.Caller));
        session.Observer.OnEnded(new CallEnd(CallEndCause.Failed, EndedBy.Network));
        session.Observer.OnInfoDtmf('6', TimeSpan.FromMilliseconds(100));

        var signals = new List<CallSignal>();
        await foreach (var signal in call.Signals.ReadAllAsync())
            signals.Add(signal);

        Assert.Equal(2, signals.Count);
        Assert.Equal('5', Assert.IsType<CallSignal.Dtmf>(signals[0]).Digit);
        Assert.Equal(CallEndCause.HungUp, Assert.IsType<CallSignal.Ended>(signals[1]).End.Cause);
        Assert.True(session.FakeMedia.IsDisposed);
    }

    [Fact]
    public async Task The_end_arrives_even_when_nobody_reads_a_flood_of_keys()
    {
        await using var call = await AnsweredAsync();
        for (var i = 0; i < 10_000; i++)
            session.Observer!.OnInfoDtmf('1', TimeSpan.FromMilliseconds(100));
        session.Observer!.OnEnded(new CallEnd(CallEndCause.HungUp, EndedBy.Caller));

        CallSignal? last = null;
        var count = 0;
        await foreach (var signal in call.Signals.ReadAllAsync())
            (last, count) = (signal, count + 1);

        Assert.IsType<CallSignal.Ended>(last);
        Assert.InRange(count, 1, 1000);
    }

    [Fact]
    public async Task A_key_by_two_ways_counts_once_and_pressed_twice_counts_twice()
    {
        await using var call = await AnsweredAsync();
        session.Observer!.OnInfoDtmf('5', TimeSpan.FromMilliseconds(100));
        session.FakeMedia.Raise(new MediaEvent.Dtmf('5', TimeSpan.FromMilliseconds(100), DtmfSource.Rtp));
        session.FakeMedia.Raise(new MediaEvent.PeerHold(true));
        Assert.IsType<CallSignal.Dtmf>(await call.Signals.ReadAsync());
        Assert.IsType<CallSignal.Held>(await call.Signals.ReadAsync());

        time.Advance(TimeSpan.FromMilliseconds(200));
        session.Observer.OnInfoDtmf('5', TimeSpan.FromMilliseconds(100));
        session.Observer.OnInfoDtmf('5', TimeSpan.FromMilliseconds(100));
        Assert.Equal('5', Assert.IsType<CallSignal.Dtmf>(await call.Signals.ReadAsync()).Digit);
        Assert.Equal('5', Assert.IsType<CallSignal.Dtmf>(await call.Signals.ReadAsync()).Digit);
    }

    [Fact]
    public async Task Lost_media_ends_the_call()
    {
        await using var call = await AnsweredAsync();
        session.FakeMedia.Raise(new MediaEvent.TimedOut(TimeSpan.FromSeconds(30)));
        var end = Assert.IsType<CallSignal.Ended>(await call.Signals.ReadAsync()).End;
        Assert.Equal(CallEndCause.MediaTimeout, end.Cause);
        Assert.Contains("30 s", end.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hold_dtmf_and_transfer_go_to_where_they_belong()
    {
        await using var call = await AnsweredAsync();
        Assert.True(await call.SetHoldAsync(true, default));
        Assert.True(await call.SetHoldAsync(false, default));
        Assert.Equal([MediaDirection.SendOnly, MediaDirection.SendRecv], session.Offered);

        await call.SendDtmfAsync("12#", default);
        Assert.Contains("dtmf 12#", session.FakeMedia.Journal);

        var consulted = new FakeSession();
        agent.NextResult = new SipInviteResult(consulted, null);
        await using var consultation = (await Line().PlaceAsync(new PlaceCallRequest("200"), default)).Call!;
        await call.TransferAsync(new TransferRequest("200", TransferKind.Attended) { Consultation = consultation, Headers = new Dictionary<string, string> { ["X-A"] = "b" } }, default);
        Assert.Equal(("200", (ISipSession?)consulted), session.Referred);
        Assert.Equal("b", session.ReferHeaders!["X-A"]);
        await Assert.ThrowsAsync<ArgumentException>(() => call.TransferAsync(new TransferRequest("200", TransferKind.Attended), default));
    }

    [Fact]
    public async Task A_call_on_behalf_of_another_says_who_refers()
    {
        await using var call = await AnsweredAsync();
        await using var line = Line();
        await line.PlaceAsync(new PlaceCallRequest("200") { OnBehalfOf = call, Headers = new Dictionary<string, string> { ["X-A"] = "b" } }, default);
        Assert.Equal(["<sip:desk@example.com>", "b"], agent.Invited!.Headers.OrderBy(header => header.Key).Select(header => header.Value));
        await line.PlaceAsync(new PlaceCallRequest("200"), default);
        Assert.Empty(agent.Invited!.Headers);
    }
}
