using PhoneAgent.Audio;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Telephony.Rtp;
using Xunit;

namespace PhoneAgent.Tests.Telephony.Rtp;

public sealed class KeyTests
{
    [Theory]
    [InlineData(true, 3)]
    [InlineData(false, 3)]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    public void AKeyIsReportedOnceWhateverIsLost(bool marker, int ends)
    {
        var rig = new MediaRig();
        ushort sequence = 0;
        for (var i = 1; i <= 5; i++, rig.Tick())
            rig.FeedEvent(sequence++, 1000, 5, i * 160, marker: marker && i == 1);
        for (var i = 0; i < ends; i++)
            rig.FeedEvent(sequence++, 1000, 5, 800, end: true);
        rig.Tick(20);
        var (key, source) = Assert.Single(rig.Keys);
        Assert.Equal(('5', TimeSpan.FromMilliseconds(100), DtmfSource.Rtp), (key.Digit, key.Duration, source));
    }

    [Fact]
    public void TheSameKeyTwiceIsTwoKeysAndLostEndsDoNotJoinThem()
    {
        var rig = new MediaRig();
        rig.FeedEvent(0, 1000, 1, 160);
        rig.Tick();
        rig.FeedEvent(5, 3000, 1, 160);
        rig.Tick();
        rig.FeedEvent(7, 5000, 11, 160, end: true);
        rig.Tick(20);
        Assert.Equal("11#", string.Concat(rig.Keys.Select(k => k.Key.Digit)));
    }

    [Fact]
    public void ALongKeyInSegmentsIsOneKey()
    {
        var rig = new MediaRig();
        ushort sequence = 0;
        uint start = 100;
        rig.FeedEvent(sequence++, start, 0, 0xFF00);
        rig.Tick();
        rig.FeedEvent(sequence++, start, 0, 0xFFFF);
        rig.Tick();
        rig.FeedEvent(sequence++, start + 0xFFFF, 0, 160);
        rig.Tick();
        rig.FeedEvent(sequence++, start + 0xFFFF, 0, 320, end: true);
        rig.Tick(20);
        var (key, _) = Assert.Single(rig.Keys);
        Assert.Equal(TimeSpan.FromSeconds((0xFFFF + 320) / 8000.0), key.Duration);
    }

    [Fact]
    public void EventsThatAreNoKeysAndLatePacketsOfOldKeysAreIgnored()
    {
        var rig = new MediaRig();
        rig.FeedEvent(0, 1000, 16, 160, end: true);
        rig.FeedRaw(101, false, 1, 1000, [1]);
        rig.FeedEvent(2, 5000, 2, 160, end: true);
        rig.FeedEvent(3, 4000, 3, 160, end: true);
        rig.FeedEvent(4, 5000, 2, 160, end: true);
        rig.Tick(20);
        Assert.Equal("2", string.Concat(rig.Keys.Select(k => k.Key.Digit)));
    }

    [Theory]
    [InlineData(6u)]   // another SSRC
    [InlineData(5u)]   // the same one, begun anew
    public void KeysOfAStreamWithOlderTimestampsCount(uint ssrc)
    {
        var rig = new MediaRig();
        for (var i = 0; i < 10; i++, rig.Tick())
            rig.Feed(i, firstTimestamp: 0x70000000);
        rig.FeedEvent(10, 0x70000640, 1, 800, end: true);
        rig.Tick(100);
        for (var i = 0; i < 10; i++, rig.Tick())
            rig.Feed(i, ssrc: ssrc, firstSequence: 5000, firstTimestamp: 90);
        rig.FeedRaw(101, false, 5010, 2000, [2, 0x8A, 3, 0x20], ssrc);
        rig.Tick(20);
        Assert.Equal("12", string.Concat(rig.Keys.Select(k => k.Key.Digit)));
    }

    [Fact]
    public async Task SendsKeysAsEvents()
    {
        var rig = new MediaRig();
        rig.Tick(5);
        var done = rig.Session.Keys.Enqueue("5#", CancellationToken.None);
        rig.Tick(15);
        Assert.False(done.IsCompleted);
        rig.Tick(10);
        await done;
        var events = rig.Rtp.SentRtp().Where(p => p.Type == 101).ToList();
        Assert.Equal(2, events.Select(e => e.Timestamp).Distinct().Count());
        Assert.Equal([5, 11], events.GroupBy(e => e.Timestamp).Select(g => (int)g.First().Payload[0]));
        foreach (var key in events.GroupBy(e => e.Timestamp))
        {
            Assert.Equal([160, 320, 480, 640, 800, 960, 960, 960], key.Select(e => (e.Payload[2] << 8) | e.Payload[3]));
            Assert.Equal([0, 0, 0, 0, 0, 1, 1, 1], key.Select(e => e.Payload[1] >> 7));
            Assert.Equal([true, false, false, false, false, false, false, false], key.Select(e => e.Marker));
        }
        var all = rig.Rtp.SentRtp().ToList();
        Assert.Equal(Enumerable.Range(0, all.Count).Select(i => unchecked((ushort)(65530 + i))), all.Select(p => p.Sequence));
        Assert.Equal(unchecked(0xFFFFFF00u + (29 * 160)), all[^1].Timestamp);
    }

    [Theory]
    [InlineData(30)]
    [InlineData(40)]
    [InlineData(60)]
    public void AKeyInTheMiddleOfAPacketMovesNoTimestamp(int ptime)
    {
        var rig = new MediaRig($"m=audio 4000 RTP/AVP 0 101\r\na=rtpmap:101 telephone-event/8000\r\na=ptime:{ptime}\r\n");
        rig.Tick(4);
        _ = rig.Session.Keys.Enqueue("5", CancellationToken.None);
        rig.Tick(40);
        var start = rig.Rtp.SentRtp().First(p => p.Type == 101).Timestamp;
        Assert.Equal(unchecked(0xFFFFFF00u + (4 * 160)), start);
        var last = rig.Rtp.SentRtp().Last();
        var end = last.Timestamp + (uint)last.Payload.Length;
        Assert.InRange(unchecked(0xFFFFFF00u + (44 * 160)) - end, 0u, (uint)(ptime * 8) - 1);
    }

    [Fact]
    public async Task KeysAskedForAfterTheEndAreCancelled()
    {
        var rig = new MediaRig();
        rig.Session.End(rig.NowNs);
        var late = rig.Session.Keys.Enqueue("5", CancellationToken.None);
        Assert.True(late.IsCompleted);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => late);
    }

    [Fact]
    public void WhatWeSendAsEventsTheOtherSideReads()
    {
        var a = new MediaRig();
        var b = new MediaRig();
        _ = a.Session.Keys.Enqueue("0123456789*#ABCD", CancellationToken.None);
        for (var i = 0; i < 200; i++)
            Carry(a, b);
        Assert.Equal("0123456789*#ABCD", string.Concat(b.Keys.Select(k => k.Key.Digit)));
        Assert.All(b.Keys, k => Assert.Equal(DtmfSource.Rtp, k.Source));
    }

    [Fact]
    public void WithoutTelephoneEventKeysGoAndComeInBand()
    {
        var a = new MediaRig("m=audio 4000 RTP/AVP 0\r\n");
        var b = new MediaRig("m=audio 4000 RTP/AVP 0\r\n");
        _ = a.Session.Keys.Enqueue("159D*", CancellationToken.None);
        for (var i = 0; i < 100; i++)
            Carry(a, b);
        Assert.Equal("159D*", string.Concat(b.Keys.Select(k => k.Key.Digit)));
        Assert.All(b.Keys, k => Assert.Equal(DtmfSource.InBand, k.Source));
        Assert.All(b.Keys, k => Assert.InRange(k.Key.Duration.TotalMilliseconds, 80, 160));
    }

    private static void Carry(MediaRig a, MediaRig b)
    {
        a.Tick();
        foreach (var (datagram, _) in a.Rtp.Sent)
            b.Rtp.Incoming.Enqueue((datagram, MediaRig.Peer.Serialize()));
        a.Rtp.Sent.Clear();
        b.Tick();
    }
}
