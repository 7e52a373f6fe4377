using PhoneAgent.Conversation.Calls;
using PhoneAgent.Telephony.Sip;
using PhoneAgent.Telephony.Sip.Messages;
using PhoneAgent.Telephony.Sip.UserAgent;
using Xunit;

namespace PhoneAgent.Tests.Telephony.Sip.UserAgent;

/// <summary>We call.</summary>
public class OutboundCallTests
{
    private readonly Bench bench = new(new SipOptions
    {
        Accounts = [new() { User = "100", Domain = "127.0.0.1", Password = "secret", DisplayName = "Agent", Register = false }],
    });

    private Task<SipInviteResult> Place(string target = "sip:peer@127.0.0.1:5070", IProgress<CallProgress>? progress = null, double ring = 60, CancellationToken cancel = default) =>
        OutboundCalls.PlaceAsync(bench.Core, new PlaceCallRequest(target) { Progress = progress, RingTimeout = TimeSpan.FromSeconds(ring) }, cancel);

    [Fact]
    public async Task A_number_is_completed_by_the_account()
    {
        var placing = Place("+49 (30) 123-45");
        var invite = bench.Request("INVITE");
        Assert.Equal("sip:+493012345@127.0.0.1", invite.RequestUri.ToString());
        Assert.Equal("100", invite.From.Uri.User);
        Assert.Equal("Agent", invite.From.DisplayName);
        bench.Answer(invite, 404);
        Assert.Equal("ACK", bench.Request("ACK").Method);
        Assert.Equal(CallEndCause.NotFound, (await bench.RunAsync(placing)).Failure!.Cause);
        Assert.True(bench.Media.Last.IsDisposed);
        Assert.Equal(0, bench.Core.ActiveCalls);
    }

    [Theory]
    [InlineData(401, "WWW-Authenticate", "Authorization")]
    [InlineData(407, "Proxy-Authenticate", "Proxy-Authorization")]
    public async Task A_challenge_is_answered_once(int status, string challenge, string answer)
    {
        var placing = Place();
        var first = bench.Request("INVITE");
        bench.Answer(first, status, headers: (challenge, "Digest realm=\"r\", nonce=\"n1\", qop=\"auth\""));
        bench.Request("ACK");
        var second = bench.Request("INVITE");
        Assert.Equal(first.CSeq.Sequence + 1, second.CSeq.Sequence);
        Assert.Equal(first.From.Tag, second.From.Tag);
        Assert.Equal(first.CallId, second.CallId);
        Assert.Contains("username=\"100\"", second.Headers.Get(answer), StringComparison.Ordinal);
        bench.Answer(second, status, headers: (challenge, "Digest realm=\"r\", nonce=\"n2\", qop=\"auth\""));
        Assert.Equal(CallEndCause.Unauthorized, (await bench.RunAsync(placing)).Failure!.Cause);
    }

    [Fact]
    public async Task The_first_answer_wins_and_another_fork_is_hung_up()
    {
        var placing = Place();
        var invite = bench.Request("INVITE");
        bench.Answer(invite, 180, tag: "a");
        bench.Answer(invite, 180, tag: "b");
        bench.Answer(invite, 200, Bench.Sdp, tag: "a");
        bench.Request("ACK");
        Assert.NotNull((await bench.RunAsync(placing)).Session);

        bench.Answer(invite, 200, Bench.Sdp, tag: "b");
        Assert.Equal("b", bench.Request("ACK").To.Tag);
        Assert.Equal("b", bench.Request("BYE").To.Tag);
        Assert.Equal(1, bench.Core.ActiveCalls);
    }

    [Fact]
    public async Task A_repeated_answer_gets_the_very_same_ack()
    {
        var placing = Place();
        var invite = bench.Request("INVITE");
        bench.Answer(invite, 200, Bench.Sdp);
        var first = bench.Request("ACK").ToString();
        Assert.NotNull((await bench.RunAsync(placing)).Session);
        bench.Answer(invite, 200, Bench.Sdp);
        Assert.Equal(first, bench.Request("ACK").ToString());
    }

    [Theory]
    [InlineData(486, 0.1)]
    [InlineData(486, 40)]
    [InlineData(486, 200)]
    public async Task An_answer_after_the_end_is_acknowledged_and_hung_up(int status, double seconds)
    {
        var placing = Place();
        var invite = bench.Request("INVITE");
        bench.Answer(invite, status, tag: "a");
        bench.Request("ACK");
        Assert.NotNull((await bench.RunAsync(placing)).Failure);
        bench.Advance(seconds);

        bench.Answer(invite, 200, Bench.Sdp, tag: "b");
        Assert.Equal("b", bench.Request("ACK").To.Tag);
        Assert.Equal("b", bench.Request("BYE").To.Tag);
        // Its repetition gets the ACK again, and no second BYE.
        bench.Answer(invite, 200, Bench.Sdp, tag: "b");
        bench.Request("ACK");
        bench.Nothing();
        Assert.Equal(0, bench.Core.ActiveCalls);
    }

    [Fact]
    public async Task An_answer_that_comes_when_we_gave_up_is_acknowledged_and_hung_up()
    {
        var placing = Place();
        var invite = bench.Request("INVITE");
        bench.Advance(33);
        Assert.Equal(408, (await bench.RunAsync(placing)).Failure!.StatusCode);
        bench.Sent.Clear();
        bench.Answer(invite, 200, Bench.Sdp);
        bench.Request("ACK");
        bench.Request("BYE");
    }

    [Fact]
    public async Task A_late_repetition_of_the_answer_that_holds_gets_its_ack_only()
    {
        var (session, invite) = await bench.PlacedAsync();
        bench.Advance(40);
        bench.Sent.Clear();
        bench.Answer(invite, 200, Bench.Sdp);
        bench.Request("ACK");
        bench.Nothing();
        Assert.Equal(1, bench.Core.ActiveCalls);
        Assert.NotNull(session);
    }

    [Fact]
    public async Task Nothing_is_kept_of_an_invite_for_ever()
    {
        var placing = Place();
        var invite = bench.Request("INVITE");
        bench.Answer(invite, 486);
        bench.Request("ACK");
        Assert.NotNull((await bench.RunAsync(placing)).Failure);
        bench.Advance(300);
        bench.Answer(invite, 200, Bench.Sdp);
        bench.Nothing();
    }

    [Fact]
    public void An_answer_to_nothing_gets_no_word()
    {
        var invite = new SipRequest(SipMethods.Invite, SipUri.Create("peer", "127.0.0.1", 5070)) { CallId = "invented", CSeq = new SipCSeq(1, SipMethods.Invite) };
        invite.Headers.Add("Via", "SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bKinvented");
        invite.From = new SipNameAddress(SipUri.Create("agent", "127.0.0.1", 5060)).WithTag("invented");
        invite.To = new SipNameAddress(invite.RequestUri);
        bench.Answer(invite, 200, Bench.Sdp);
        bench.Nothing();
    }

    [Fact]
    public async Task Another_fork_than_that_of_the_early_media_may_answer()
    {
        var placing = Place();
        var invite = bench.Request("INVITE");
        bench.Answer(invite, 183, Bench.Sdp, tag: "a");
        var other = Bench.Sdp.Replace("4000", "4002", StringComparison.Ordinal);
        bench.Answer(invite, 200, other, tag: "b");
        Assert.Equal("b", bench.Request("ACK").To.Tag);
        Assert.NotNull((await bench.RunAsync(placing)).Session);
        Assert.Equal(other, bench.Media.Last.Remote);
    }

    [Fact]
    public async Task Early_media_comes_with_a_reliable_183_that_is_pracked_once()
    {
        var reports = new List<CallProgress>();
        var placing = Place(progress: new Reports(reports));
        var invite = bench.Request("INVITE");
        Assert.True(invite.Supports("100rel"));
        (string, string)[] reliable = [("Require", "100rel"), ("RSeq", "7")];
        bench.Answer(invite, 183, Bench.Sdp, headers: reliable);
        Assert.Equal("7 1 INVITE", bench.Request("PRACK").Headers.Get("RAck"));
        bench.Answer(invite, 183, Bench.Sdp, headers: reliable);
        bench.Answer(invite, 183, Bench.Sdp, headers: [("Require", "100rel"), ("RSeq", "9")]);
        bench.Nothing();
        Assert.Equal(183, Assert.Single(reports).StatusCode);
        Assert.NotNull(reports[0].EarlyMedia);
        Assert.True(bench.Media.Last.IsStarted);

        bench.Answer(invite, 200);
        bench.Request("ACK");
        Assert.NotNull((await bench.RunAsync(placing)).Session);
        Assert.Equal(1, bench.Media.Last.Journal.Count(entry => entry == "accepted"));
    }

    [Fact]
    public async Task A_redirection_is_followed_but_not_in_circles()
    {
        var placing = Place();
        bench.Answer(bench.Request("INVITE"), 302, headers: ("Contact", "<sip:second@127.0.0.1:5071>;q=0.5, <sip:first@127.0.0.1:5071>;q=0.9"));
        bench.Request("ACK");
        var first = bench.Request("INVITE");
        Assert.Equal("first", first.RequestUri.User);
        bench.Answer(first, 302, headers: ("Contact", "<sip:peer@127.0.0.1:5070>"));
        bench.Request("ACK");
        var second = bench.Request("INVITE");
        Assert.Equal("second", second.RequestUri.User);
        bench.Answer(second, 486);
        Assert.Equal(CallEndCause.Busy, (await bench.RunAsync(placing)).Failure!.Cause);
    }

    [Fact]
    public async Task A_longer_session_interval_is_granted()
    {
        var placing = Place();
        bench.Answer(bench.Request("INVITE"), 422, headers: ("Min-SE", "3600"));
        bench.Request("ACK");
        var again = bench.Request("INVITE");
        Assert.Equal("3600", again.Headers.Get("Session-Expires"));
        bench.Answer(again, 200, Bench.Sdp);
        Assert.NotNull((await bench.RunAsync(placing)).Session);
    }

    [Fact]
    public async Task Cancel_waits_for_a_provisional_response()
    {
        using var cancel = new CancellationTokenSource();
        var placing = Place(cancel: cancel.Token);
        var invite = bench.Request("INVITE");
        await cancel.CancelAsync();
        bench.Nothing();
        bench.Answer(invite, 180);
        bench.Answer(bench.Request("CANCEL"), 200);
        bench.Answer(invite, 487);
        Assert.Equal(CallEndCause.Cancelled, (await bench.RunAsync(placing)).Failure!.Cause);
    }

    [Fact]
    public async Task An_answer_quicker_than_cancel_is_hung_up()
    {
        using var cancel = new CancellationTokenSource();
        var placing = Place(cancel: cancel.Token);
        var invite = bench.Request("INVITE");
        bench.Answer(invite, 180);
        await cancel.CancelAsync();
        bench.Request("CANCEL");
        bench.Answer(invite, 200, Bench.Sdp);
        bench.Request("ACK");
        bench.Request("BYE");
        Assert.Equal(CallEndCause.Cancelled, (await bench.RunAsync(placing)).Failure!.Cause);
        Assert.Equal(0, bench.Core.ActiveCalls);
    }

    [Fact]
    public async Task Ringing_ends_after_its_time()
    {
        var placing = Place(ring: 10);
        var invite = bench.Request("INVITE");
        bench.Answer(invite, 180);
        bench.Advance(9.9);
        bench.Nothing();
        bench.Advance(0.2);
        bench.Request("CANCEL");
        bench.Answer(invite, 487);
        Assert.Equal(CallEndCause.NoAnswer, (await bench.RunAsync(placing)).Failure!.Cause);
    }

    [Fact]
    public async Task No_answer_at_all_is_408()
    {
        var placing = Place();
        bench.Advance(33);
        Assert.Equal((CallEndCause.NoAnswer, 408), (await bench.RunAsync(placing)).Failure is var f ? (f!.Cause, f.StatusCode!.Value) : default);
    }

    [Fact]
    public async Task An_answer_that_fits_not_is_acknowledged_and_hung_up()
    {
        var placing = Place();
        bench.Answer(bench.Request("INVITE"), 200, "v=0\r\n");
        bench.Request("ACK");
        bench.Request("BYE");
        Assert.Equal(CallEndCause.NotAcceptable, (await bench.RunAsync(placing)).Failure!.Cause);
    }

    [Theory]
    [InlineData("sip:nobody@name.invalid")]
    [InlineData("sip:x@127.0.0.1;transport=sctp")]
    public async Task A_target_without_a_way_fails(string target)
    {
        var placing = Place(target);
        for (var i = 0; i < 200 && !placing.IsCompleted; i++)
        {
            bench.Loop.RunPending();
            await Task.Yield();
        }
        Assert.Equal(503, (await bench.RunAsync(placing)).Failure!.StatusCode);
    }

    [Fact]
    public void Headers_of_the_request_go_out_and_none_of_ours_is_replaced()
    {
        _ = OutboundCalls.PlaceAsync(bench.Core, new PlaceCallRequest("sip:peer@127.0.0.1:5070")
        {
            CallerId = "555",
            Headers = new Dictionary<string, string> { ["X-Campaign"] = "spring", ["Call-ID"] = "forged", ["i"] = "forged", ["Content-Type"] = "text/html", ["v"] = "SIP/2.0/UDP 10.0.0.1" },
        }, default);
        var invite = bench.Request("INVITE");
        Assert.Equal("spring", invite.Headers.Get("X-Campaign"));
        Assert.NotEqual("forged", invite.CallId);
        Assert.Equal("application/sdp", invite.Headers.Get("Content-Type"));
        Assert.Single(invite.Headers.GetAll("Content-Type"));
        Assert.Single(invite.Headers.GetAll("Via"));
        Assert.Equal("555", invite.From.Uri.User);
    }

    [Theory]
    [InlineData("X-A", "b\r\nX-C: d")]
    [InlineData("X-A", "b\nX-C: d")]
    [InlineData("X-A", "b\0")]
    [InlineData("X-A: b\r\nX-C", "d")]
    [InlineData("X A", "b")]
    [InlineData("", "b")]
    public Task A_header_that_would_forge_another_is_refused(string name, string value) => Assert.ThrowsAsync<ArgumentException>(() => OutboundCalls.PlaceAsync(bench.Core,
        new PlaceCallRequest("sip:peer@127.0.0.1") { Headers = new Dictionary<string, string> { [name] = value } }, default));

    [Fact]
    public Task A_flood_of_headers_is_refused() => Assert.ThrowsAsync<ArgumentException>(() => OutboundCalls.PlaceAsync(bench.Core,
        new PlaceCallRequest("sip:peer@127.0.0.1") { Headers = Enumerable.Range(0, RequestHeaders.MaxCount + 1).ToDictionary(i => $"X-{i}", _ => "b") }, default));

    private sealed class Reports(List<CallProgress> all) : IProgress<CallProgress>
    {
        public void Report(CallProgress value) => all.Add(value);
    }
}
