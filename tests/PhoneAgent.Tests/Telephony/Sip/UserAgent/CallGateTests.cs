using PhoneAgent.Conversation.Calls;
using PhoneAgent.Telephony.Sip;
using PhoneAgent.Telephony.Sip.UserAgent;
using PhoneAgent.Testing.Telephony;
using Xunit;

namespace PhoneAgent.Tests.Telephony.Sip.UserAgent;

/// <summary>Nothing leaves to a target that the gate has not let through, and what it counts ends with the call.</summary>
public sealed class CallGateTests
{
    private static readonly Dictionary<string, string> NoHeaders = [];
    private static readonly SipOptions Following = new() { Transfer = new() { AcceptRefer = true } };

    private static Task<SipInviteResult> Place(Bench bench) =>
        OutboundCalls.PlaceAsync(bench.Core, new PlaceCallRequest("sip:peer@127.0.0.1:5070"), default);

    [Fact]
    public async Task A_call_that_is_not_allowed_sends_nothing()
    {
        var bench = new Bench(gate: new FakeCallGate { Forbidden = "peer" });
        var failure = (await bench.RunAsync(Place(bench))).Failure!;
        Assert.Equal((CallEndCause.NotAllowed, EndedBy.Agent, "no calls to 'peer'"), (failure.Cause, failure.By, failure.Reason));
        bench.Nothing();
        Assert.Equal(0, bench.Core.ActiveCalls);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_call_counts_until_it_is_over(bool weHangUp)
    {
        var bench = new Bench();
        var (session, invite) = await bench.PlacedAsync();
        Assert.Equal(1, bench.Gate.Active);
        if (weHangUp)
        {
            _ = session.EndAsync(new CallEnd(CallEndCause.HungUp, EndedBy.Agent), default);
            bench.Request("BYE");
        }
        else
            bench.Receive("BYE", invite.CallId, 1, invite.From.Tag);
        Assert.Equal(0, bench.Gate.Active);
    }

    [Fact]
    public async Task A_call_that_nobody_answers_is_over()
    {
        var bench = new Bench();
        var placing = Place(bench);
        bench.Answer(bench.Request("INVITE"), 486);
        await bench.RunAsync(placing);
        Assert.Equal(0, bench.Gate.Active);
    }

    [Fact]
    public async Task A_redirection_to_where_no_call_may_go_ends_the_call_and_says_why()
    {
        var bench = new Bench(gate: new FakeCallGate { Forbidden = "1900" });
        var placing = Place(bench);
        bench.Answer(bench.Request("INVITE"), 302, headers: ("Contact", "<sip:+1900@127.0.0.1:5071>"));
        bench.Request("ACK");
        var failure = (await bench.RunAsync(placing)).Failure!;
        Assert.Equal((CallEndCause.NotAllowed, 302, false), (failure.Cause, failure.StatusCode, failure.IsOurRefusal));
        Assert.Contains("no calls to '1900'", failure.Reason, StringComparison.Ordinal);
        Assert.Equal([("sip:peer@127.0.0.1:5070", TargetChosenBy.Us), ("sip:+1900@127.0.0.1:5071", TargetChosenBy.Peer)], bench.Gate.Asked);
        bench.Nothing();
        Assert.Equal(0, bench.Gate.Active);
    }

    [Fact]
    public async Task Of_several_contacts_the_one_that_may_be_called_is()
    {
        // One at a time: the call before must not stand in the way of the one that takes its place.
        var bench = new Bench(gate: new FakeCallGate { Forbidden = "1900", AtOnce = 1 });
        var placing = Place(bench);
        bench.Answer(bench.Request("INVITE"), 302, headers: ("Contact", "<sip:+1900@127.0.0.1:5071>;q=0.9, <sip:desk@127.0.0.1:5071>;q=0.5"));
        bench.Request("ACK");
        var invite = bench.Request("INVITE");
        Assert.Equal("desk", invite.RequestUri.User);
        Assert.Equal(1, bench.Gate.Active);
        bench.Answer(invite, 200, Bench.Sdp);
        bench.Request("ACK");
        var session = (await bench.RunAsync(placing)).Session!;
        Assert.Equal(1, bench.Gate.Active);
        _ = session.EndAsync(new CallEnd(CallEndCause.HungUp, EndedBy.Agent), default);
        bench.Request("BYE");
        Assert.Equal(0, bench.Gate.Active);
    }

    [Fact]
    public async Task A_call_that_is_given_up_between_two_targets_is_not_counted_twice()
    {
        var bench = new Bench(gate: new FakeCallGate { AtOnce = 1 });
        using var cancel = new CancellationTokenSource();
        var placing = OutboundCalls.PlaceAsync(bench.Core, new PlaceCallRequest("sip:peer@127.0.0.1:5070"), cancel.Token);
        bench.Answer(bench.Request("INVITE"), 302, headers: ("Contact", "<sip:desk@127.0.0.1:5071>"));
        bench.Request("ACK");
        var second = bench.Request("INVITE");
        await cancel.CancelAsync();
        bench.Answer(second, 180);
        bench.Answer(bench.Request("CANCEL"), 200);
        bench.Answer(second, 487);
        Assert.Equal(CallEndCause.Cancelled, (await bench.RunAsync(placing)).Failure!.Cause);
        Assert.Equal(0, bench.Gate.Active);
    }

    [Fact]
    public async Task A_peer_sends_us_only_where_a_call_may_go()
    {
        var bench = new Bench(Following, new FakeCallGate { Forbidden = "1900" });
        var (session, tag) = await bench.AnsweredAsync();
        var heard = Heard.Of(bench, session);
        bench.Receive("REFER", "in", 2, tag, headers: ("Refer-To", "<sip:+1900@127.0.0.1:5071>"));
        bench.Response(403);
        bench.Nothing();
        Assert.Equal("sip:+1900@127.0.0.1:5071: no calls to '1900'", Assert.Single(heard.NotMoved));
        Assert.Equal([("sip:+1900@127.0.0.1:5071", TargetChosenBy.Peer)], bench.Gate.Asked);
        Assert.Null(heard.End);
    }

    [Fact]
    public async Task A_followed_refer_counts_and_its_redirection_is_asked_about()
    {
        var bench = new Bench(Following, new FakeCallGate { Forbidden = "1900" });
        var (session, tag) = await bench.AnsweredAsync();
        var heard = Heard.Of(bench, session);
        bench.Receive("REFER", "in", 2, tag, headers: ("Refer-To", "<sip:human@127.0.0.1:5071>"));
        bench.Response(202);
        bench.Answer(bench.Request("NOTIFY"), 200);
        var invite = bench.Request("INVITE");
        Assert.Equal(1, bench.Gate.Active);
        bench.Answer(invite, 302, headers: ("Contact", "<sip:+1900@127.0.0.1:5071>"));
        bench.Request("ACK");
        Assert.Contains("302", System.Text.Encoding.UTF8.GetString(bench.Request("NOTIFY").Body.Span), StringComparison.Ordinal);
        bench.Nothing();
        Assert.Equal(0, bench.Gate.Active);
        Assert.Empty(heard.Moves);
        Assert.Null(heard.End);
    }

    [Fact]
    public async Task A_caller_is_not_sent_where_we_would_not_call()
    {
        var bench = new Bench(gate: new FakeCallGate { Forbidden = "1900" });
        var (session, _) = await bench.AnsweredAsync();
        var refused = await bench.RunAsync(session.ReferAsync("sip:+1900@127.0.0.1", null, NoHeaders, default));
        Assert.Equal(new TransferResult(false, null, "no calls to '1900'"), refused);
        bench.Nothing();

        var transferring = session.ReferAsync("sip:human@127.0.0.1", null, NoHeaders, default);
        var refer = bench.Request("REFER");
        Assert.Equal(1, bench.Gate.Active);
        bench.Answer(refer, 603);
        Assert.True((await bench.RunAsync(transferring)).IsRefused);
        Assert.Equal(0, bench.Gate.Active);
    }
}
