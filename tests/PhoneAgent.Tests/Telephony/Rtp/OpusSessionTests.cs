using PhoneAgent.Audio;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Telephony.Codecs;
using PhoneAgent.Telephony.Codecs.Opus;
using PhoneAgent.Testing;
using PhoneAgent.Tests.Telephony.Codecs.Opus;
using Xunit;

namespace PhoneAgent.Tests.Telephony.Rtp;

/// <summary>Opus through the whole media of a call, ticks driven by hand.</summary>
public sealed class OpusSessionTests
{
    private const string Line = "m=audio 4000 RTP/AVP 96 0 101\r\na=rtpmap:96 opus/48000/2\r\n";
    private static readonly double SourceDb = Level.RmsDb(VoicelikeTone.Of(seconds: 1, 16000));
    private const string Fmtp = "a=fmtp:96 useinbandfec=1;usedtx=1\r\n";

    [OpusTheory]
    [InlineData(10)]
    [InlineData(20)]
    [InlineData(40)]
    [InlineData(60)]
    public void CarriesEveryPacketTimeBothWays(int ptime)
    {
        var rig = Rig(Line + Fmtp + $"a=ptime:{ptime}\r\n");
        var peer = new Peer(rig, ptime);
        for (var tick = 0; tick < 60; tick++)
        {
            peer.SendUntil((tick + 1) * 20);
            rig.Tick();
        }
        var sent = rig.Rtp.SentRtp().ToList();
        Assert.Equal(60 * 20 / ptime, sent.Count);
        Assert.All(sent, p => Assert.Equal((96, ptime * 48), (p.Type, OpusPacket.DurationOf(p.Payload))));
        Assert.Equal(sent.Select((_, i) => unchecked(0xFFFFFF00u + (uint)(i * ptime * 48))), sent.Select(p => p.Timestamp));
        Assert.All(rig.Origins.Skip(10), o => Assert.Equal(FrameOrigin.Received, o));
        Assert.InRange(Level.RmsDb(rig.Heard.Skip(20 * 320).ToArray()), SourceDb - 3, SourceDb + 3);
        Assert.Equal(0, rig.Session.Statistics.FramesConcealed);
        Assert.Equal("opus", rig.Session.Statistics.Codec);
    }

    [OpusFact]
    public void WhatIsLostComesFromThePacketBehindIt()
    {
        var rig = Rig(Line + Fmtp);
        var peer = new Peer(rig, 20) { Loses = number => number % 8 == 7 };
        for (var tick = 0; tick < 200; tick++)
        {
            peer.SendUntil((tick + 1) * 20);
            rig.Tick();
        }
        var statistics = rig.Session.Statistics;
        Assert.Equal(25, peer.Lost);
        Assert.InRange(peer.Recoverable, 15, 24);
        Assert.Equal(peer.Recoverable, statistics.PacketsRecovered);
        Assert.Equal(24 - peer.Recoverable, statistics.FramesConcealed);
    }

    [OpusFact]
    public void WhereTheNextIsLostTooTheCodecConcealsIt()
    {
        var rig = Rig(Line + Fmtp);
        var peer = new Peer(rig, 20) { Loses = number => number is 50 or 51 or 52 };
        for (var tick = 0; tick < 100; tick++)
        {
            peer.SendUntil((tick + 1) * 20);
            rig.Tick();
        }
        Assert.InRange(rig.Session.Statistics.PacketsRecovered, 0, 1);
        Assert.InRange(rig.Session.Statistics.FramesConcealed, 2, 3);
        Assert.Contains(FrameOrigin.Concealed, rig.Origins);
    }

    [OpusTheory]
    [InlineData(0, false)]
    [InlineData(64, true)]
    public void WhatThePeerReportsAsLostIsSentTwice(byte fractionLost, bool isTwice)
    {
        var rig = Rig(Line + Fmtp, new OpusOptions { ExpectedLoss = 0, BitRate = 32_000 });
        var peer = new Peer(rig, 20);
        for (var tick = 0; tick < 100; tick++)
        {
            peer.SendUntil((tick + 1) * 20);
            if (tick == 50)
                rig.Rtcp.Incoming.Enqueue((ReportOf(fractionLost), MediaRig.Peer.Serialize()));
            rig.Tick();
        }
        var sent = rig.Rtp.SentRtp().Select(p => OpusPacket.HoldsPrevious(p.Payload)).ToList();
        Assert.DoesNotContain(true, sent.Take(50));
        Assert.InRange(sent.Skip(50).Count(twice => twice), isTwice ? 25 : 0, isTwice ? 50 : 0);

        static byte[] ReportOf(byte fractionLost)
        {
            var report = new byte[32];
            PhoneAgent.Audio.Rtcp.WriteReceiverReport(report, 5, [new RtcpReportBlock(77, fractionLost, 1, 1, 0, 0, 0)]);
            return report;
        }
    }

    [OpusFact]
    public void SilenceIsNotSentToWhoAsksAndTimeGoesOn()
    {
        var rig = Rig(Line + Fmtp, new OpusOptions { Dtx = true });
        var speaking = true;
        rig.Says = position => speaking ? Voice(position) : (short)0;
        rig.Tick(50);
        var before = rig.Rtp.Sent.Count;
        speaking = false;
        rig.Tick(200);
        var during = rig.Rtp.Sent.Count - before;
        speaking = true;
        rig.Tick(50);
        var sent = rig.Rtp.SentRtp().ToList();
        Assert.Equal(50, before);
        Assert.InRange(during, 1, 60);
        Assert.All(sent, p => Assert.Equal(0u, unchecked(p.Timestamp - 0xFFFFFF00u) % 960));
        Assert.All(sent.Zip(sent.Skip(1)), pair => Assert.Equal(pair.Second.Timestamp - pair.First.Timestamp > 960, pair.Second.Marker));
        Assert.Equal(unchecked(0xFFFFFF00u + (299u * 960)), sent[^1].Timestamp);
    }

    [OpusFact]
    public void ThePeerMayChangeBetweenCodecsOfDifferentClocks()
    {
        var rig = Rig(Line + Fmtp);
        var peer = new Peer(rig, 20);
        for (var tick = 0; tick < 150; tick++)
        {
            if (tick is >= 50 and < 100)
                rig.FeedRaw(0, false, (ushort)tick, (uint)(tick * 160), MuLaw(tick));
            else
                peer.SendOne(tick);
            rig.Tick();
        }
        foreach (var stretch in new[] { 20..48, 60..98, 110..148 })
        {
            Assert.All(rig.Origins.Take(stretch), o => Assert.Equal(FrameOrigin.Received, o));
            Assert.InRange(Level.RmsDb(rig.Heard.Skip(stretch.Start.Value * 320).Take(20 * 320).ToArray()), SourceDb - 3, SourceDb + 3);
        }
        Assert.All(rig.Rtp.SentRtp(), p => Assert.Equal(96, p.Type));
    }

    [OpusTheory]
    [InlineData(48000)]
    [InlineData(8000)]
    public async Task KeysCountByTheClockThatWasAgreed(int clockRate)
    {
        var rig = Rig(Line + Fmtp + $"a=rtpmap:101 telephone-event/{clockRate}\r\n");
        rig.Tick(5);
        var sending = rig.Session.Keys.Enqueue("5", CancellationToken.None);
        rig.Tick(15);
        await sending;
        var events = rig.Rtp.SentRtp().Where(p => p.Type == 101).ToList();
        Assert.Equal(clockRate * 120 / 1000, (events[^1].Payload[2] << 8) | events[^1].Payload[3]);

        rig.FeedEvent(1, 48000, 7, clockRate / 10, end: true, marker: true);
        rig.Tick();
        Assert.Equal('7', rig.Keys.Single().Key.Digit);
        Assert.Equal(TimeSpan.FromMilliseconds(100), rig.Keys.Single().Key.Duration);
    }

    [OpusFact]
    public void PayloadsThatAreNoOpusHarmNobody()
    {
        var rig = Rig(Line + Fmtp);
        var peer = new Peer(rig, 20);
        var random = new Random(3);
        for (var tick = 0; tick < 300; tick++)
        {
            if (tick % 3 == 1)
            {
                var noise = new byte[random.Next(0, 1400)];
                random.NextBytes(noise);
                rig.FeedRaw(96, false, (ushort)tick, (uint)(tick * 960), noise);
            }
            else
            {
                peer.SendOne(tick);
            }
            rig.Tick();
        }
        Assert.Equal(300, rig.Origins.Count);
    }

    private static MediaRig Rig(string media, OpusOptions? options = null) =>
        new(media, codecs: [new OpusCodec(OpusLibraries.Present[0], options), G711Codec.Pcmu]) { Says = Voice };

    private static short Voice(long position) => VoicelikeTone.At(position, 16000);

    private static byte[] MuLaw(int number)
    {
        var pcm = new short[160];
        for (var i = 0; i < pcm.Length; i++)
            pcm[i] = VoicelikeTone.At((number * 160) + i, 8000);
        var payload = new byte[160];
        G711.MuLawEncode(pcm, payload);
        return payload;
    }

    /// <summary>The other side: the same voice, its packets numbered from 0.</summary>
    private sealed class Peer(MediaRig rig, int ptime)
    {
        private readonly IAudioEncoder _encoder =
            new OpusCodec(OpusLibraries.Present[0], new OpusOptions { ExpectedLoss = 20, BitRate = 32_000 }).CreateEncoder("useinbandfec=1");
        private readonly byte[] _packet = new byte[1500];
        private int _next;

        public Func<int, bool> Loses { get; init; } = _ => false;

        public int Lost { get; private set; }

        /// <summary>Lost ones that the packet behind them, which came, holds once more.</summary>
        public int Recoverable { get; private set; }

        /// <summary>All packets whose last sample is spoken by then.</summary>
        public void SendUntil(int milliseconds)
        {
            for (; (_next + 1) * ptime <= milliseconds; _next++)
                SendOne(_next);
        }

        public void SendOne(int number)
        {
            var pcm = new short[16 * ptime];
            for (var i = 0; i < pcm.Length; i++)
                pcm[i] = Voice((number * pcm.Length) + i);
            var length = _encoder.Encode(pcm, _packet);
            if (Loses(number))
            {
                Lost++;
                return;
            }
            if (number > 0 && Loses(number - 1) && OpusPacket.HoldsPrevious(_packet.AsSpan(0, length)))
                Recoverable++;
            rig.FeedRaw(96, number == 0, (ushort)number, (uint)(number * ptime * 48), _packet.AsSpan(0, length));
        }
    }
}
