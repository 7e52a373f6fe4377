using System.Net;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Telephony.Rtp;
using Xunit;

namespace PhoneAgent.Tests.Telephony.Rtp;

/// <summary>Whose packets are the call's, and where ours go.</summary>
public sealed class RtpSourceTests
{
    private static readonly IPEndPoint Stranger = new(IPAddress.Parse("203.0.113.9"), 6666);

    [Fact]
    public void AStrangerCannotTakeTheCallOver()
    {
        var rig = new MediaRig();
        for (var i = 0; i < 50; i++)
        {
            rig.Feed(i);
            if (i > 10)
                rig.Feed(i, ssrc: 5, from: Stranger, level: 30000);
            if (i > 10 && i % 3 == 0)
                rig.Feed(i + 9000, ssrc: 6, level: 30000);
            rig.Tick();
        }
        Assert.All(rig.Rtp.Sent, s => Assert.Equal(MediaRig.Peer.Serialize(), s.To));
        Assert.All(rig.Heard, s => Assert.True(s < 2000));
        Assert.Equal(39 + 13, rig.Session.Statistics.PacketsRefused);
    }

    [Fact]
    public void AStrangerWhoWasFirstGivesWayToTheAddressOfTheDescription()
    {
        var rig = new MediaRig();
        for (var i = 0; i < 50; i++, rig.Tick())
        {
            rig.Feed(i, ssrc: 6, from: Stranger, level: 30000);
            if (i >= 20)
                rig.Feed(i);
        }
        Assert.Equal(MediaRig.Peer.Serialize(), rig.Rtp.Sent[^1].To);
        Assert.All(rig.Heard.TakeLast(20 * 320), s => Assert.True(s < 2000));
    }

    [Fact]
    public void FollowsAReInviteAtOnceAlthoughTheOldPeerStillSends()
    {
        var rig = new MediaRig();
        for (var i = 0; i < 20; i++, rig.Tick())
            rig.Feed(i);
        rig.Agree("m=audio 5000 RTP/AVP 0\r\n");
        var moved = new IPEndPoint(MediaRig.Peer.Address, 5000);
        for (var i = 20; i < 50; i++, rig.Tick())
        {
            rig.Feed(i);
            if (i >= 30)
                rig.Feed(i, ssrc: 9, from: moved, level: 4000);
        }
        Assert.Equal(moved.Serialize(), rig.Rtp.Sent[^1].To);
        Assert.InRange(rig.Heard[^1], 3800, 4200);
    }

    [Fact]
    public void AfterAnOldStyleHoldStillSendsToWhereThePeerReallyIs()
    {
        var behindNat = new IPEndPoint(IPAddress.Parse("198.51.100.7"), 31000);
        var rig = new MediaRig();
        for (var i = 0; i < 20; i++, rig.Tick())
            rig.Feed(i, from: behindNat);
        rig.Agree("c=IN IP4 0.0.0.0\r\nm=audio 4000 RTP/AVP 0\r\n");
        rig.Tick(20);
        rig.Agree("m=audio 4000 RTP/AVP 0\r\n");
        rig.Rtp.Sent.Clear();
        rig.Tick();
        Assert.Equal(behindNat.Serialize(), Assert.Single(rig.Rtp.Sent).To);
    }

    [Fact]
    public void SendsToWhereThePeerReallyIs()
    {
        var behindNat = new IPEndPoint(IPAddress.Parse("198.51.100.7"), 31000);
        var rig = new MediaRig();
        for (var i = 0; i < 20; i++)
        {
            rig.Feed(i, from: behindNat);
            rig.Tick();
        }
        Assert.Equal(behindNat.Serialize(), rig.Rtp.Sent[^1].To);
        Assert.Equal(MediaRig.Peer.Serialize(), rig.Rtp.Sent[0].To);
    }

    [Fact]
    public void FollowsANewSourceWhenTheOldOneIsSilent()
    {
        var rig = new MediaRig();
        for (var i = 0; i < 20; i++, rig.Tick())
            rig.Feed(i);
        rig.Tick(120);
        for (var i = 0; i < 20; i++, rig.Tick())
            rig.Feed(i, ssrc: 9, from: Stranger, level: 4000);
        Assert.Equal(Stranger.Serialize(), rig.Rtp.Sent[^1].To);
        Assert.InRange(rig.Heard[^1], 3800, 4200);
    }

    [Fact]
    public void FollowsANewSsrcAndAnotherCodecInMidCall()
    {
        var rig = new MediaRig();
        for (var i = 0; i < 20; i++, rig.Tick())
            rig.Feed(i);
        for (var i = 0; i < 20; i++, rig.Tick())
            rig.Feed(i, ssrc: 1234, firstSequence: 40000, firstTimestamp: 99, level: 5000, payloadType: 8);
        Assert.InRange(rig.Heard[^1], 4800, 5200);
        Assert.Equal(FrameOrigin.Received, rig.Origins[^1]);
    }
}
