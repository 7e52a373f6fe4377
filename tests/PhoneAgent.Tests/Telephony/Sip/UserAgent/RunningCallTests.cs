using PhoneAgent.Conversation.Calls;
using PhoneAgent.Telephony;
using PhoneAgent.Telephony.Sip;
using Xunit;

namespace PhoneAgent.Tests.Telephony.Sip.UserAgent;

/// <summary>What happens inside a dialog.</summary>
public class RunningCallTests
{
    private static readonly Dictionary<string, string> NoHeaders = [];
    private static readonly string Held = Bench.Sdp.Replace("sendrecv", "sendonly", StringComparison.Ordinal);
    private static readonly string Bad = Bench.Sdp.Replace("AVP 0", "AVP 97", StringComparison.Ordinal);

    [Fact]
    public async Task A_reinvite_holds_and_one_that_fits_not_leaves_all_as_it_was()
    {
        var bench = new Bench();
        var (_, tag) = await bench.AnsweredAsync();
        bench.Receive("INVITE", "in", 2, tag, sdp: Held);
        Assert.Contains("a=recvonly", bench.Response(200).BodyText, StringComparison.Ordinal);
        bench.Receive("ACK", "in", 2, tag);
        bench.Receive("INVITE", "in", 3, tag, sdp: Bad);
        bench.Response(488);
        bench.Receive("UPDATE", "in", 4, tag, sdp: Bench.Sdp);
        Assert.Contains("a=sendrecv", bench.Response(200).BodyText, StringComparison.Ordinal);
        bench.Receive("INVITE", "in", 4, tag, sdp: Held);
        bench.Response(500);
    }

    [Fact]
    public async Task The_peers_new_contact_is_where_requests_go()
    {
        var bench = new Bench();
        var (session, tag) = await bench.AnsweredAsync();
        bench.Receive("INVITE", "in", 2, tag, sdp: Bench.Sdp, headers: ("Contact", "<sip:moved@127.0.0.1:5099>"));
        bench.Response(200);
        bench.Receive("ACK", "in", 2, tag);
        _ = session.EndAsync(new CallEnd(CallEndCause.HungUp, EndedBy.Agent), default);
        Assert.Equal("sip:moved@127.0.0.1:5099", bench.Request("BYE").RequestUri.ToString());
    }

    [Theory]
    [InlineData("<sip:p1@127.0.0.1;lr>", "sip:peer@127.0.0.1:5070", "<sip:p1@127.0.0.1;lr>,<sip:p2@127.0.0.1;lr>")]
    [InlineData("<sip:p1@127.0.0.1>", "sip:p1@127.0.0.1", "<sip:p2@127.0.0.1;lr>,<sip:peer@127.0.0.1:5070>")]
    public async Task Routes_are_followed_loose_and_strict(string first, string uri, string routes)
    {
        var bench = new Bench();
        var (session, _) = await bench.AnsweredAsync(headers: ("Record-Route", $"{first}, <sip:p2@127.0.0.1;lr>"));
        _ = session.EndAsync(new CallEnd(CallEndCause.HungUp, EndedBy.Agent), default);
        var bye = bench.Request("BYE");
        Assert.Equal(uri, bye.RequestUri.ToString());
        Assert.Equal(routes, string.Join(',', bye.Headers.GetList("Route")));
    }

    [Fact]
    public async Task Our_hold_is_offered_and_a_refusal_is_rolled_back()
    {
        var bench = new Bench();
        var (session, _) = await bench.PlacedAsync();
        var holding = session.OfferAsync(MediaDirection.SendOnly, default);
        var reinvite = bench.Request("INVITE");
        Assert.Contains("a=sendonly", reinvite.BodyText, StringComparison.Ordinal);
        bench.Answer(reinvite, 488);
        bench.Request("ACK");
        Assert.False(await bench.RunAsync(holding));
        Assert.Equal("rolled-back", bench.Media.Last.Journal.Last());

        holding = session.OfferAsync(MediaDirection.SendOnly, default);
        bench.Answer(bench.Request("INVITE"), 200, Held);
        bench.Request("ACK");
        Assert.True(await bench.RunAsync(holding));
    }

    [Theory]
    [InlineData(true, 2.1, 4.0)]
    [InlineData(false, 0.0, 2.0)]
    public async Task After_a_glare_the_offer_is_repeated_in_its_window(bool weCalled, double from, double to)
    {
        var bench = new Bench();
        var session = weCalled ? (await bench.PlacedAsync()).Session : (await bench.AnsweredAsync()).Session;
        var holding = session.OfferAsync(MediaDirection.SendOnly, default);
        bench.Answer(bench.Request("INVITE"), 491);
        bench.Request("ACK");
        if (from > 0)
        {
            bench.Advance(from - 0.01);
            bench.Nothing();
        }
        for (var waited = from; bench.Sent.Count == 0 && waited <= to + 0.02; waited += 0.01)
            bench.Advance(0.01);
        bench.Answer(bench.Request("INVITE"), 200, Bench.Sdp);
        bench.Request("ACK");
        Assert.True(await bench.RunAsync(holding));
    }

    [Fact]
    public async Task An_offer_of_the_peer_while_ours_is_open_gets_491()
    {
        var bench = new Bench();
        var (session, tag) = await bench.AnsweredAsync();
        var holding = session.OfferAsync(MediaDirection.SendOnly, default);
        var ours = bench.Request("INVITE");
        bench.Receive("INVITE", "in", 2, tag, sdp: Bench.Sdp);
        bench.Response(491);
        bench.Receive("UPDATE", "in", 3, tag, sdp: Bench.Sdp);
        bench.Response(491);
        bench.Answer(ours, 200, Bench.Sdp);
        Assert.True(await bench.RunAsync(holding));
    }

    [Fact]
    public async Task A_repeated_200_gets_its_ack_again()
    {
        var bench = new Bench();
        var (_, invite) = await bench.PlacedAsync();
        bench.Answer(invite, 200, Bench.Sdp);
        Assert.Equal(invite.CSeq.Sequence, bench.Request("ACK").CSeq.Sequence);
        bench.Nothing();
    }

    [Fact]
    public async Task Info_carries_keys()
    {
        var bench = new Bench();
        var (session, tag) = await bench.AnsweredAsync();
        var heard = Heard.Of(bench, session);
        bench.Receive("INFO", "in", 2, tag, sdp: "Signal=7\r\nDuration=100\r\n", headers: ("Content-Type", "application/dtmf-relay"));
        bench.Response(200);
        bench.Receive("INFO", "in", 3, tag, sdp: "x", headers: ("Content-Type", "text/plain"));
        bench.Response(415);
        bench.Receive("INFO", "in", 4, tag, sdp: "Signal=?", headers: ("Content-Type", "application/dtmf-relay"));
        bench.Response(400);
        Assert.Equal(['7'], heard.Keys);
    }

    [Fact]
    public async Task A_short_session_interval_is_refused_and_a_fair_one_must_be_refreshed()
    {
        var bench = new Bench();
        bench.Receive("INVITE", "x", 1, sdp: Bench.Sdp, branch: "x1", headers: [("Session-Expires", "60"), ("Supported", "timer")]);
        var tooSmall = bench.Response(422);
        Assert.Equal("90", tooSmall.Headers.Get("Min-SE"));
        bench.Receive("ACK", "x", 1, tooSmall.To.Tag, branch: "x1");

        bench.Receive("INVITE", "in", 1, sdp: Bench.Sdp, headers: [("Session-Expires", "90;refresher=uac"), ("Supported", "timer")]);
        bench.Response(180);
        var session = await bench.RunAsync(bench.Incoming.Dequeue().AcceptAsync(default));
        var ok = bench.Response(200);
        Assert.Equal("90;refresher=uac", ok.Headers.Get("Session-Expires"));
        Assert.True(ok.Requires("timer"));
        bench.Receive("ACK", "in", 1, ok.To.Tag);
        var heard = Heard.Of(bench, session!);

        bench.Advance(50);
        bench.Receive("UPDATE", "in", 2, ok.To.Tag, headers: [("Session-Expires", "90;refresher=uac"), ("Supported", "timer")]);
        bench.Response(200);
        bench.Advance(59);
        Assert.Null(heard.End);
        bench.Advance(2);
        bench.Request("BYE");
        Assert.Equal(CallEndCause.SessionExpired, heard.End!.Cause);
    }

    [Theory]
    [InlineData("INVITE, ACK, BYE, UPDATE", "UPDATE")]
    [InlineData("INVITE, ACK, BYE", "INVITE")]
    public async Task We_refresh_when_it_is_our_duty(string allow, string method)
    {
        var bench = new Bench();
        var (session, invite) = await bench.PlacedAsync(("Session-Expires", "90;refresher=uac"), ("Require", "timer"), ("Allow", allow));
        Assert.Equal("1800", invite.Headers.Get("Session-Expires"));
        var heard = Heard.Of(bench, session);
        bench.Advance(44);
        bench.Nothing();
        bench.Advance(2);
        var refresh = bench.Request(method);
        Assert.EndsWith(";refresher=uac", refresh.Headers.Get("Session-Expires"), StringComparison.Ordinal);
        bench.Answer(refresh, 200, method == "INVITE" ? Bench.Sdp : null, headers: [("Session-Expires", "90;refresher=uac")]);
        bench.Advance(40);
        Assert.Null(heard.End);
    }

    [Fact]
    public async Task A_refresh_that_nobody_answers_ends_the_call()
    {
        var bench = new Bench();
        var (session, _) = await bench.PlacedAsync(("Session-Expires", "90;refresher=uac"), ("Allow", "UPDATE"));
        var heard = Heard.Of(bench, session);
        bench.Advance(91);
        Assert.NotNull(heard.End);
        Assert.Contains(bench.Sent, message => message.CSeq.Method == "BYE");
    }

    [Fact]
    public async Task A_reinvite_that_the_peer_knows_nothing_of_ends_the_call()
    {
        var bench = new Bench();
        var (session, _) = await bench.PlacedAsync();
        var heard = Heard.Of(bench, session);
        var holding = session.OfferAsync(MediaDirection.SendOnly, default);
        bench.Answer(bench.Request("INVITE"), 481);
        Assert.False(await bench.RunAsync(holding));
        Assert.Equal(CallEndCause.PeerLost, heard.End!.Cause);
    }

    [Fact]
    public async Task Both_hanging_up_at_once_is_one_end()
    {
        var bench = new Bench();
        var (session, tag) = await bench.AnsweredAsync();
        var heard = Heard.Of(bench, session);
        var ending = session.EndAsync(new CallEnd(CallEndCause.HungUp, EndedBy.Agent), default);
        bench.Request("BYE");
        bench.Receive("BYE", "in", 2, tag);
        bench.Response(200);
        await ending.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(EndedBy.Agent, heard.End!.By);
    }

    [Fact]
    public async Task A_refer_is_declined_unless_it_is_allowed()
    {
        var bench = new Bench();
        var (_, tag) = await bench.AnsweredAsync();
        bench.Receive("REFER", "in", 2, tag, headers: ("Refer-To", "<sip:x@127.0.0.1>"));
        bench.Response(603);
    }

    [Fact]
    public async Task A_transfer_whose_peer_never_notifies_is_given_up_after_its_time()
    {
        var bench = new Bench(new SipOptions { Transfer = new() { TimeoutSeconds = 20 } });
        var (session, _) = await bench.AnsweredAsync();
        var heard = Heard.Of(bench, session);
        var transferring = session.ReferAsync("sip:human@127.0.0.1", null, NoHeaders, default);
        bench.Answer(bench.Request("REFER"), 202);
        bench.Advance(19);
        bench.Nothing();
        bench.Advance(2);
        bench.Answer(bench.Request("BYE"), 200);
        Assert.Equal((true, 202), ((await bench.RunAsync(transferring)) is var r ? (r.Success, r.StatusCode!.Value) : default));
        Assert.Equal(CallEndCause.Transferred, heard.End!.Cause);
    }

    [Fact]
    public async Task A_transfer_takes_headers_along_but_none_of_ours_is_replaced()
    {
        var bench = new Bench();
        var (session, _) = await bench.AnsweredAsync();
        _ = session.ReferAsync("sip:human@127.0.0.1", null, new Dictionary<string, string>
        {
            ["X-PhoneAgent-Brief-Url"] = "https://agent.example.com/briefs/abc", ["Refer-To"] = "<sip:thief@127.0.0.1>", ["r"] = "<sip:thief@127.0.0.1>",
        }, default);
        var refer = bench.Request("REFER");
        Assert.Equal("https://agent.example.com/briefs/abc", refer.Headers.Get("X-PhoneAgent-Brief-Url"));
        Assert.Equal(["<sip:human@127.0.0.1>"], refer.Headers.GetAll("Refer-To"));
        Assert.Equal($"<{refer.From.Uri}>", refer.Headers.Get("Referred-By"));
    }

    [Fact]
    public async Task A_transfer_may_name_another_referrer_but_no_line_break()
    {
        var bench = new Bench();
        var (session, _) = await bench.AnsweredAsync();
        await Assert.ThrowsAsync<ArgumentException>(() => session.ReferAsync("sip:human@127.0.0.1", null, new Dictionary<string, string> { ["X-A"] = "b\r\nRefer-To: <sip:thief@127.0.0.1>" }, default));
        bench.Nothing();
        _ = session.ReferAsync("sip:human@127.0.0.1", null, new Dictionary<string, string> { ["Referred-By"] = "<sip:desk@example.com>" }, default);
        Assert.Equal(["<sip:desk@example.com>"], bench.Request("REFER").Headers.GetAll("Referred-By"));
    }

    [Fact]
    public async Task A_transfer_that_is_refused_leaves_the_call_up()
    {
        var bench = new Bench();
        var (session, tag) = await bench.AnsweredAsync();
        var heard = Heard.Of(bench, session);
        var transferring = session.ReferAsync("sip:human@127.0.0.1", null, NoHeaders, default);
        bench.Answer(bench.Request("REFER"), 603);
        var refused = await bench.RunAsync(transferring);
        Assert.Equal((603, true), (refused.StatusCode, refused.IsRefused));
        transferring = session.ReferAsync("sip:human@127.0.0.1", null, NoHeaders, default);
        bench.Answer(bench.Request("REFER"), 202);
        bench.Receive("NOTIFY", "in", 2, tag, sdp: "SIP/2.0 180 Ringing", headers: [("Content-Type", "message/sipfrag"), ("Event", "refer"), ("Subscription-State", "active")]);
        bench.Response(200);
        bench.Receive("NOTIFY", "in", 3, tag, sdp: "SIP/2.0 486 Busy", headers: [("Content-Type", "message/sipfrag"), ("Event", "refer"), ("Subscription-State", "terminated")]);
        bench.Response(200);
        var result = await bench.RunAsync(transferring);
        Assert.Equal(new TransferResult(false, 486, "Busy"), result);
        Assert.Null(heard.End);
        bench.Receive("NOTIFY", "in", 4, tag, headers: ("Event", "presence"));
        bench.Response(489);
    }

    [Fact]
    public async Task A_peer_that_hangs_up_during_its_transfer_has_been_transferred()
    {
        var bench = new Bench();
        var (session, tag) = await bench.AnsweredAsync();
        var heard = Heard.Of(bench, session);
        var transferring = session.ReferAsync("sip:human@127.0.0.1", null, NoHeaders, default);
        bench.Answer(bench.Request("REFER"), 202);
        bench.Receive("BYE", "in", 2, tag);
        bench.Response(200);
        Assert.True((await bench.RunAsync(transferring)).Success);
        Assert.Equal(CallEndCause.Transferred, heard.End!.Cause);
    }
}
