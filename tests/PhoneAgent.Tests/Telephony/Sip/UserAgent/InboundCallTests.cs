using PhoneAgent.Conversation.Calls;
using PhoneAgent.Telephony;
using PhoneAgent.Telephony.Sip;
using Xunit;

namespace PhoneAgent.Tests.Telephony.Sip.UserAgent;

/// <summary>We are called.</summary>
public class InboundCallTests
{
    [Fact]
    public async Task A_call_rings_is_answered_and_ends_with_the_peers_bye()
    {
        var bench = new Bench();
        var (session, tag) = await bench.AnsweredAsync();
        var heard = Heard.Of(bench, session);
        Assert.Equal(1, bench.Core.ActiveCalls);

        bench.Receive("BYE", "in", 2, tag, headers: ("Reason", "Q.850;cause=16;text=\"bye now\""));

        bench.Response(200);
        Assert.Equal(new CallEnd(CallEndCause.HungUp, EndedBy.Caller, null, "bye now"), heard.End);
        Assert.Equal(0, bench.Core.ActiveCalls);
        bench.Receive("INFO", "in", 3, tag);
        bench.Response(481);
    }

    [Fact]
    public async Task A_200_is_repeated_and_without_ack_the_call_ends_with_bye()
    {
        var bench = new Bench();
        bench.Receive("INVITE", "in", 1, sdp: Bench.Sdp);
        bench.Response(180);
        var session = await bench.RunAsync(bench.Incoming.Dequeue().AcceptAsync(default));
        var heard = Heard.Of(bench, session!);

        bench.Advance(31.9);
        // At 0, 0.5, 1.5, 3.5, then each 4 s up to 31.5.
        for (var i = 0; i < 11; i++)
            bench.Response(200);
        bench.Nothing();
        Assert.Null(heard.End);

        bench.Advance(0.2);
        bench.Request("BYE");
        Assert.Equal(CallEndCause.PeerLost, heard.End!.Cause);
    }

    [Fact]
    public async Task A_call_rings_as_long_as_it_must_before_it_is_answered()
    {
        var bench = new Bench(new SipOptions { Inbound = new() { AnswerAfterMilliseconds = 2000 } });
        bench.Receive("INVITE", "in", 1, sdp: Bench.Sdp);
        bench.Response(180);
        var accepting = bench.Incoming.Dequeue().AcceptAsync(default);
        bench.Advance(1.9);
        bench.Nothing();
        bench.Advance(0.2);
        bench.Response(200);
        Assert.NotNull(await bench.RunAsync(accepting));
    }

    [Fact]
    public async Task A_caller_who_gives_up_while_it_must_ring_is_not_answered()
    {
        var bench = new Bench(new SipOptions { Inbound = new() { AnswerAfterMilliseconds = 2000 } });
        bench.Receive("INVITE", "in", 1, sdp: Bench.Sdp, branch: "given-up");
        bench.Response(180);
        var accepting = bench.Incoming.Dequeue().AcceptAsync(default);
        bench.Advance(1);
        bench.Receive("CANCEL", "in", 1, branch: "given-up");
        bench.Response(200);
        bench.Response(487);
        Assert.Null(await bench.RunAsync(accepting));
        Assert.Equal(0, bench.Core.ActiveCalls);
        Assert.Empty(bench.Media.Made);
    }

    [Fact]
    public async Task Hanging_up_waits_for_the_ack_before_bye()
    {
        var bench = new Bench();
        bench.Receive("INVITE", "in", 1, sdp: Bench.Sdp);
        bench.Response(180);
        var session = await bench.RunAsync(bench.Incoming.Dequeue().AcceptAsync(default));
        var tag = bench.Response(200).To.Tag;
        var ending = session!.EndAsync(new CallEnd(CallEndCause.HungUp, EndedBy.Agent), default);
        bench.Nothing();

        bench.Receive("ACK", "in", 1, tag);
        bench.Answer(bench.Request("BYE"), 200);
        await ending.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task An_invite_without_offer_gets_one_in_the_200()
    {
        var bench = new Bench();
        bench.Receive("INVITE", "in", 1);
        bench.Response(180);
        var accepting = bench.Incoming.Dequeue().AcceptAsync(default);
        var ok = bench.Response(200);
        Assert.Contains("m=audio", ok.BodyText, StringComparison.Ordinal);
        Assert.False(accepting.IsCompleted);
        Assert.False(bench.Media.Last.IsStarted);

        bench.Receive("ACK", "in", 1, ok.To.Tag, sdp: Bench.Sdp);

        Assert.NotNull(await accepting.WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.Equal(["offer sendrecv", "accepted", "started"], bench.Media.Last.Journal);
    }

    [Fact]
    public async Task A_late_answer_that_fits_not_ends_the_call()
    {
        var bench = new Bench();
        bench.Receive("INVITE", "in", 1);
        bench.Response(180);
        var accepting = bench.Incoming.Dequeue().AcceptAsync(default);
        var tag = bench.Response(200).To.Tag;
        bench.Receive("ACK", "in", 1, tag, sdp: "v=0\r\n");
        bench.Request("BYE");
        Assert.Null(await bench.RunAsync(accepting));
        Assert.True(bench.Media.Last.IsDisposed);
    }

    [Fact]
    public async Task An_offer_that_fits_not_gets_488_with_a_warning()
    {
        var bench = new Bench();
        bench.Receive("INVITE", "in", 1, sdp: Bench.Sdp.Replace("AVP 0", "AVP 97", StringComparison.Ordinal));
        bench.Response(180);
        Assert.Null(await bench.RunAsync(bench.Incoming.Dequeue().AcceptAsync(default)));
        Assert.StartsWith("305 ", bench.Response(488).Headers.Get("Warning"), StringComparison.Ordinal);
        Assert.Equal(0, bench.Core.ActiveCalls);
    }

    [Fact]
    public async Task Cancel_ends_the_ringing()
    {
        var bench = new Bench();
        bench.Receive("INVITE", "in", 1, sdp: Bench.Sdp, branch: "x");
        bench.Response(180);
        bench.Receive("CANCEL", "in", 1, branch: "x");
        bench.Response(200);
        bench.Response(487);
        Assert.Null(await bench.RunAsync(bench.Incoming.Dequeue().AcceptAsync(default)));
        Assert.Equal(0, bench.Core.ActiveCalls);
    }

    [Fact]
    public void A_call_that_nobody_answers_gets_480()
    {
        var bench = new Bench(new SipOptions { Inbound = new() { RingSeconds = 20 } });
        bench.Receive("INVITE", "in", 1, sdp: Bench.Sdp);
        bench.Response(180);
        bench.Advance(19.9);
        bench.Nothing();
        bench.Advance(0.2);
        bench.Response(480);
    }

    [Fact]
    public async Task A_reliable_180_is_repeated_until_prack()
    {
        var bench = new Bench();
        bench.Receive("INVITE", "in", 1, sdp: Bench.Sdp, headers: ("Require", "100rel"));
        var ringing = bench.Response(180);
        Assert.True(ringing.Requires("100rel"));
        bench.Advance(1.6);
        bench.Response(180);
        Assert.Equal(ringing.RSeq, bench.Response(180).RSeq);

        bench.Receive("PRACK", "in", 2, ringing.To.Tag, headers: ("RAck", $"{ringing.RSeq + 1} 1 INVITE"));
        bench.Response(481);
        bench.Receive("PRACK", "in", 3, ringing.To.Tag, headers: ("RAck", $"{ringing.RSeq} 1 INVITE"));
        bench.Response(200);
        bench.Advance(10);
        bench.Nothing();
        Assert.NotNull(await bench.RunAsync(bench.Incoming.Dequeue().AcceptAsync(default)));
        bench.Response(200);
    }

    [Fact]
    public void A_reliable_180_without_prack_ends_the_call()
    {
        var bench = new Bench();
        bench.Receive("INVITE", "in", 1, sdp: Bench.Sdp, headers: ("Require", "100rel"));
        bench.Advance(33);
        Assert.Contains(bench.Sent, message => message.ToString().StartsWith("SIP/2.0 504", StringComparison.Ordinal));
    }

    [Fact]
    public void Requests_are_refused_as_the_rfc_says()
    {
        var bench = new Bench();
        bench.Receive("PUBLISH", "a", 1);
        Assert.Contains("INVITE", bench.Response(405).Headers.Get("Allow"), StringComparison.Ordinal);
        bench.Receive("INVITE", "b", 1, sdp: Bench.Sdp, headers: ("Content-Type", "text/plain"));
        Assert.Contains("application/sdp", bench.Response(415).Headers.Get("Accept"), StringComparison.Ordinal);
        bench.Receive("INVITE", "c", 1, sdp: Bench.Sdp, headers: ("Require", "100rel, magic"));
        Assert.Equal("magic", bench.Response(420).Headers.Get("Unsupported"));
        bench.Receive("BYE", "d", 1, "nobody");
        bench.Response(481);
        bench.Receive("INVITE", "f", 1, sdp: Bench.Sdp, headers: ("Contact", null));
        bench.Response(400);
        bench.Receive("OPTIONS", "g", 1);
        Assert.Contains("INVITE", bench.Response(200).Headers.Get("Allow"), StringComparison.Ordinal);
        Assert.Empty(bench.Incoming);
    }

    [Fact]
    public void Too_many_calls_unknown_users_and_a_full_queue_are_refused()
    {
        var bench = new Bench(new SipOptions { MaxCalls = 1, Inbound = new() { Users = ["agent"] } });
        bench.Receive("INVITE", "a", 1, sdp: Bench.Sdp, uri: "sip:ghost@127.0.0.1");
        bench.Response(404);
        bench.TakesCalls = false;
        bench.Receive("INVITE", "b", 1, sdp: Bench.Sdp);
        bench.Response(180);
        Assert.NotNull(bench.Response(503).Headers.Get("Retry-After"));
        bench.TakesCalls = true;
        bench.Receive("INVITE", "c", 1, sdp: Bench.Sdp);
        bench.Response(180);
        bench.Receive("INVITE", "d", 1, sdp: Bench.Sdp);
        bench.Response(486);
    }

    [Fact]
    public void A_draining_line_says_503_to_invite_and_options()
    {
        var bench = new Bench();
        bench.Core.IsDraining = true;
        bench.Receive("INVITE", "a", 1, sdp: Bench.Sdp);
        Assert.Equal("30", bench.Response(503).Headers.Get("Retry-After"));
        bench.Receive("OPTIONS", "b", 1);
        Assert.Equal("30", bench.Response(503).Headers.Get("Retry-After"));
    }

    [Fact]
    public void Only_this_machine_may_call_an_open_line()
    {
        var bench = new Bench { Remote = new(System.Net.IPAddress.Parse("192.0.2.1"), 5060) };
        bench.Receive("INVITE", "a", 1, sdp: Bench.Sdp);
        bench.Response(403);
    }

    [Fact]
    public void An_allowed_network_may_call_and_another_is_asked_for_a_password()
    {
        var options = new SipOptions { Inbound = new() { Allow = ["192.0.2.0/24"], Callers = [new() { User = "u", Password = "p" }] } };
        var bench = new Bench(options) { Remote = new(System.Net.IPAddress.Parse("192.0.2.1"), 5060) };
        bench.Receive("INVITE", "a", 1, sdp: Bench.Sdp);
        bench.Response(180);
        bench.Remote = new(System.Net.IPAddress.Parse("198.51.100.1"), 5060);
        bench.Receive("INVITE", "b", 1, sdp: Bench.Sdp);
        Assert.Contains("realm=\"phoneagent\"", bench.Response(401).Headers.Get("WWW-Authenticate"), StringComparison.Ordinal);
    }

    [Fact]
    public void An_offer_while_the_first_is_unanswered_gets_500()
    {
        var bench = new Bench();
        bench.Receive("INVITE", "in", 1, sdp: Bench.Sdp);
        var tag = bench.Response(180).To.Tag;
        bench.Receive("INVITE", "in", 2, tag, sdp: Bench.Sdp);
        Assert.NotNull(bench.Response(500).Headers.Get("Retry-After"));
        bench.Receive("UPDATE", "in", 3, tag, sdp: Bench.Sdp);
        Assert.NotNull(bench.Response(500).Headers.Get("Retry-After"));
        bench.Receive("UPDATE", "in", 4, tag);
        bench.Response(200);
    }

    [Fact]
    public async Task No_media_port_is_a_503()
    {
        var bench = new Bench();
        bench.Media.Failure = "no port";
        bench.Receive("INVITE", "in", 1, sdp: Bench.Sdp);
        bench.Response(180);
        Assert.Null(await bench.RunAsync(bench.Incoming.Dequeue().AcceptAsync(default)));
        bench.Response(503);
    }
}
