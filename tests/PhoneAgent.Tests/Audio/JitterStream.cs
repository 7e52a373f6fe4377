using System.Buffers.Binary;
using PhoneAgent.Audio;
using Xunit;

namespace PhoneAgent.Tests.Audio;

/// <summary>Sends packets into a jitter buffer at chosen times and plays them out, all in clock units.</summary>
internal sealed class JitterStream(JitterBufferOptions options)
{
    private readonly PriorityQueue<(byte[] Bytes, int Duration), (long At, int Order)> _onTheWay = new();
    private readonly byte[] _scratch = new byte[700];
    private int _order;
    private long _now;
    // Where playout stands: the next Get comes when what was got has been played.
    private long _nextGet;

    public JitterBuffer Buffer { get; } = new(options);
    public int FrameUnits { get; init; } = 160;
    public int FirstSequence { get; init; } = 1000;
    public uint FirstTimestamp { get; init; } = 5000;

    /// <summary>Each packet holds the one before it once more.</summary>
    public bool HoldsPrevious { get; init; }

    /// <summary>Plays up to 20 units a frame shorter or longer, as <see cref="JitterBuffer.TimingError"/> asks.</summary>
    public bool FollowTiming { get; set; }

    public List<int> Played { get; } = [];
    public List<long> PlayedAt { get; } = [];
    public int Lost { get; private set; }
    public int Concealed { get; private set; }

    /// <summary>Frames of silence between two packets.</summary>
    public int Silent { get; private set; }

    /// <summary>Packets that were shown behind a lost one, for FEC.</summary>
    public List<int> Shown { get; } = [];

    public int MaxHeld { get; private set; }
    public long FirstPlayedAt => PlayedAt[0];

    public void Arrives(int index, long at, uint ssrc = 7, ushort? sequence = null, int timestampShift = 0, int? duration = null)
    {
        var payload = new byte[Math.Min(FrameUnits, 600)];
        BinaryPrimitives.WriteInt32BigEndian(payload, index);
        uint timestamp = unchecked(FirstTimestamp + (uint)(index * FrameUnits) + (uint)timestampShift);
        int length = RtpPacket.Write(_scratch, 0, false, sequence ?? unchecked((ushort)(FirstSequence + index)), timestamp, ssrc, payload);
        _onTheWay.Enqueue((_scratch[..length], duration ?? FrameUnits), (at, _order++));
    }

    public void PlayUntil(long end)
    {
        // Half a millisecond at 8 kHz is fine enough.
        for (; _now < end; _now += 4)
        {
            while (_onTheWay.TryPeek(out _, out var due) && due.At <= _now)
            {
                (byte[] bytes, int duration) = _onTheWay.Dequeue();
                Assert.True(RtpPacket.TryParse(bytes, out RtpPacket packet));
                Buffer.Put(packet, duration, _now, HoldsPrevious);
                MaxHeld = Math.Max(MaxHeld, Buffer.Held);
            }
            while (_nextGet <= _now)
                Get();
        }
    }

    public void AssertConsistent()
    {
        JitterStatistics s = Buffer.Statistics;
        Assert.Equal(s.Received, s.Played + s.Discarded + Buffer.Held + s.Duplicate + s.Late + s.Refused);
        Assert.Equal(Played.Count, s.Played);
    }

    private void Get()
    {
        JitterGet got = Buffer.Get(_now, out JitterFrame frame);
        int change = FollowTiming ? Math.Clamp(Buffer.TimingError, -20, 20) : 0;
        switch (got)
        {
            case JitterGet.Packet:
                Played.Add(BinaryPrimitives.ReadInt32BigEndian(frame.Payload));
                PlayedAt.Add(_now);
                _nextGet += frame.Duration == 0 ? 0 : frame.Duration - change;
                return;
            case JitterGet.Lost:
                Lost++;
                Concealed++;
                if (!frame.Following.IsEmpty)
                    Shown.Add(BinaryPrimitives.ReadInt32BigEndian(frame.Following));
                break;
            case JitterGet.Silence:
                Silent++;
                break;
            case JitterGet.Underrun:
                Concealed += Played.Count > 0 ? 1 : 0;
                break;
        }
        _nextGet += frame.Duration;
    }
}
