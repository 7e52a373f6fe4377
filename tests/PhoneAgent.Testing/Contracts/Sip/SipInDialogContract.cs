using PhoneAgent.Conversation.Calls;
using PhoneAgent.Telephony.Sip.Messages;
using PhoneAgent.Testing.Telephony;
using Xunit;

namespace PhoneAgent.Testing.Contracts.Sip;

/// <summary>What happens in a call: hold, keys, offers, and messages that are wrong.</summary>
public abstract class SipInDialogContract : SipUserAgentContract
{
    [ContractTheory]
    [InlineData("udp")]
    [InlineData("tcp")]
    public virtual async Task We_hold_and_resume(string transport)
    {
        var mine = await MineAsync();
        var theirs = await TheirsAsync();
        var (here, there) = await InboundAsync(mine, theirs, transport);

        Assert.True(await here.SetHoldAsync(true, Soon));
        Assert.Equal("answer recvonly", theirs.Media.Last.Journal.Last());
        Assert.True(await there.SetHoldAsync(true, Soon));
        Assert.True(await here.SetHoldAsync(false, Soon));
        Assert.Equal("answer sendrecv", theirs.Media.Last.Journal.Last());
        Assert.Equal("accepted", mine.Media.Last.Journal.Last());
    }

    [ContractFact]
    public virtual async Task A_call_that_we_placed_is_held_too()
    {
        var mine = await MineAsync();
        var theirs = await TheirsAsync();
        var (here, there) = await OutboundAsync(mine, theirs);

        Assert.True(await here.SetHoldAsync(true, Soon));
        Assert.Equal("answer recvonly", theirs.Media.Last.Journal.Last());
        Assert.True(await there.SetHoldAsync(true, Soon));
        Assert.Equal("answer recvonly", mine.Media.Last.Journal.Last());
    }

    [ContractFact]
    public virtual async Task A_refused_hold_changes_nothing()
    {
        var mine = await MineAsync();
        var peer = Peer();
        var (here, tag) = await AnsweredAsync(mine, peer, "hold");

        var holding = here.SetHoldAsync(true, Soon);
        await peer.RespondAsync(await peer.NextAsync("INVITE", Soon), 488);

        Assert.False(await holding);
        Assert.Equal(["answer sendrecv", "started", "offer sendonly", "rolled-back"], mine.Media.Last.Journal);
        await ByeAsync(mine, peer, "hold", tag, here);
    }

    [ContractFact]
    public virtual async Task Keys_come_by_info()
    {
        var mine = await MineAsync();
        var peer = Peer();
        var (here, tag) = await AnsweredAsync(mine, peer, "keys");

        await peer.RequestAsync(mine.Port(), "INFO", "keys", 2, tag, "Signal=5\r\nDuration=160\r\n", "application/dtmf-relay");
        Assert.Equal(200, (await peer.FinalAsync("keys", 2, Soon)).StatusCode);
        Assert.Equal(new CallSignal.Dtmf('5', TimeSpan.FromMilliseconds(160), DtmfSource.SipInfo), await here.NextAsync<CallSignal.Dtmf>(Soon));

        await peer.RequestAsync(mine.Port(), "INFO", "keys", 3, tag, "whatever", "text/plain");
        Assert.Equal(415, (await peer.FinalAsync("keys", 3, Soon)).StatusCode);
        await ByeAsync(mine, peer, "keys", tag, here);
    }

    [ContractFact]
    public virtual async Task An_update_is_answered_with_and_without_an_offer()
    {
        var mine = await MineAsync();
        var peer = Peer();
        var (here, tag) = await AnsweredAsync(mine, peer, "update");

        await peer.RequestAsync(mine.Port(), "UPDATE", "update", 2, tag);
        Assert.Equal(200, (await peer.FinalAsync("update", 2, Soon)).StatusCode);
        await peer.RequestAsync(mine.Port(), "UPDATE", "update", 3, tag, SipPeer.Sdp.Replace("sendrecv", "sendonly", StringComparison.Ordinal));
        var answer = await peer.FinalAsync("update", 3, Soon);
        Assert.Equal(200, answer.StatusCode);
        Assert.Contains("a=recvonly", answer.BodyText, StringComparison.Ordinal);
        await ByeAsync(mine, peer, "update", tag, here);
    }

    [ContractFact]
    public virtual async Task A_reinvite_with_an_unusable_offer_is_refused_and_the_call_goes_on()
    {
        var mine = await MineAsync();
        var peer = Peer();
        var (here, tag) = await AnsweredAsync(mine, peer, "reinvite");

        await peer.RequestAsync(mine.Port(), "INVITE", "reinvite", 2, tag, SipPeer.Sdp.Replace("AVP 0", "AVP 98", StringComparison.Ordinal));
        var refusal = await peer.FinalAsync("reinvite", 2, Soon);
        Assert.Equal(488, refusal.StatusCode);
        await peer.RequestAsync(mine.Port(), "ACK", "reinvite", 2, tag, headers: [("Via", refusal.Headers.Get("Via")!)]);

        await peer.RequestAsync(mine.Port(), "INVITE", "reinvite", 3, tag, SipPeer.Sdp);
        Assert.Equal(200, (await peer.FinalAsync("reinvite", 3, Soon)).StatusCode);
        await peer.RequestAsync(mine.Port(), "ACK", "reinvite", 3, tag);
        await ByeAsync(mine, peer, "reinvite", tag, here);
    }

    [ContractFact]
    public virtual async Task Options_are_answered_and_a_draining_line_says_so()
    {
        var mine = await MineAsync();
        var peer = Peer();
        await peer.RequestAsync(mine.Port(), "OPTIONS", "ping", 1);
        var pong = await peer.FinalAsync("ping", 1, Soon);
        Assert.Equal(200, pong.StatusCode);
        Assert.Contains("INVITE", pong.Allow);
        Assert.Contains("application/sdp", pong.Headers.Get("Accept"), StringComparison.Ordinal);

        mine.Line.Drain();
        await peer.RequestAsync(mine.Port(), "OPTIONS", "ping", 2);
        Assert.Equal(503, (await peer.FinalAsync("ping", 2, Soon)).StatusCode);
    }

    [ContractFact]
    public virtual async Task What_is_not_for_us_is_refused()
    {
        var mine = await MineAsync();
        var peer = Peer();
        foreach (var (method, tag, status) in ((string, string?, int)[])[("BYE", "nobody", 481), ("INFO", "nobody", 481), ("INVITE", "nobody", 481), ("SUBSCRIBE", null, 405), ("MESSAGE", null, 405)])
            await Refused(method, tag, status);

        async Task Refused(string method, string? tag, int status)
        {
            await peer.RequestAsync(mine.Port(), method, $"stray-{method}", 1, tag, headers: method == "SUBSCRIBE" ? [("Event", "presence")] : []);
            Assert.Equal((method, status), (method, (await peer.FinalAsync($"stray-{method}", 1, Soon)).StatusCode));
        }
    }

    [ContractFact]
    public virtual async Task An_option_that_we_do_not_know_is_refused_by_name()
    {
        var mine = await MineAsync();
        var peer = Peer();
        await peer.RequestAsync(mine.Port(), "INVITE", "require", 1, body: SipPeer.Sdp, headers: [("Require", "teleport")]);
        var refusal = await peer.FinalAsync("require", 1, Soon);
        Assert.Equal(420, refusal.StatusCode);
        Assert.Contains("teleport", refusal.Unsupported);
    }

    [ContractFact]
    public virtual async Task Rubbish_does_no_harm()
    {
        var mine = await MineAsync();
        var peer = Peer();
        foreach (var rubbish in (string[])[
            "\r\n\r\n", "hello", "INVITE", "INVITE sip:a@b SIP/2.0\r\n\r\n", "SIP/2.0 200 OK\r\n\r\n", new string('x', 5000),
            $"INVITE sip:agent@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP {peer.EndPoint};branch=z9hG4bKbad\r\nFrom: \"<sip:a@b\r\nTo: <\r\nCall-ID: bad\r\nCSeq: x INVITE\r\nContent-Length: 99999\r\n\r\n",
            $"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP {peer.EndPoint};branch=z9hG4bKnone\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:c@d>;tag=2\r\nCall-ID: none\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n"])
            await peer.SendAsync(mine.Port(), rubbish);

        var (here, tag) = await AnsweredAsync(mine, peer, "after");

        await ByeAsync(mine, peer, "after", tag, here);
        await NothingLeftAsync(mine);
    }

    /// <summary>A call of the peer, answered by mine. The tag is ours.</summary>
    private async Task<(ICall Call, string Tag)> AnsweredAsync(TestLine mine, SipPeer peer, string callId)
    {
        var calling = peer.CallAsync(mine.Port(), callId, Soon);
        var call = await mine.AnswerNextAsync(Soon);
        return (call, (await calling).To.Tag!);
    }

    /// <summary>The peer hangs up.</summary>
    private async Task ByeAsync(TestLine mine, SipPeer peer, string callId, string tag, ICall call)
    {
        await peer.RequestAsync(mine.Port(), "BYE", callId, 90, tag);
        Assert.Equal(200, (await peer.FinalAsync(callId, 90, Soon)).StatusCode);
        var end = await call.EndAsync(Soon);
        Assert.Equal((CallEndCause.HungUp, EndedBy.Caller), (end.Cause, end.By));
    }
}
