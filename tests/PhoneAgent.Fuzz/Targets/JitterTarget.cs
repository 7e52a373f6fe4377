using System.Buffers.Binary;
using PhoneAgent.Audio;

namespace PhoneAgent.Fuzz.Targets;

/// <summary>
/// Storms of packets into one long-lived jitter buffer. An input is a list of eight bytes each: how far number and timestamp
/// are off, the time since the last packet, duration, source. Its counts add up at all times.
/// </summary>
internal sealed class JitterTarget : IFuzzTarget
{
    private const int StepBytes = 8;
    private static readonly byte[] Ordinary = [0, 1, 0, 160, 160, 1, 0, 0];

    private readonly JitterBuffer _buffer = new(new JitterBufferOptions());
    private readonly byte[] _datagram = new byte[RtpPacket.HeaderBytes + 700];
    private ushort _sequence;
    private uint _timestamp;
    private long _now;

    public string Name => "jitter";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        [.. Enumerable.Repeat(Ordinary, 20).SelectMany(s => s)],
        [0, 1, 0, 160, 160, 1, 0, 0, 0, 2, 1, 64, 255, 1, 0, 0, 255, 255, 255, 96, 1, 1, 0, 0, 0, 1, 0, 160, 40, 1, 3, 1],
    ];

    public bool Run(ReadOnlySpan<byte> input)
    {
        long played = _buffer.Statistics.Played;
        for (; input.Length >= StepBytes; input = input[StepBytes..])
            Step(input);
        return _buffer.Statistics.Played > played;
    }

    private void Step(ReadOnlySpan<byte> step)
    {
        _sequence += BinaryPrimitives.ReadUInt16BigEndian(step);
        // One step in 256 throws the timestamp anywhere.
        _timestamp += step[7] == 255 ? BinaryPrimitives.ReadUInt32BigEndian(step) : (uint)BinaryPrimitives.ReadInt16BigEndian(step[2..]);
        _now += step[4];
        int payload = step[6] * 3;
        int length = RtpPacket.Write(_datagram, (byte)(step[7] & 0x3F), false, _sequence, _timestamp, (uint)(step[7] >> 6), _datagram.AsSpan(RtpPacket.HeaderBytes, Math.Min(payload, 700)));
        if (RtpPacket.TryParse(_datagram.AsSpan(0, length), out RtpPacket packet))
            _buffer.Put(packet, (step[5] & 3) * 160, _now);
        if ((step[5] & 4) == 0)
            Get();
        JitterStatistics s = _buffer.Statistics;
        if (s.Received != s.Played + s.Discarded + s.Duplicate + s.Late + s.Refused + _buffer.Held || _buffer.Held is < 0 or > 40)
            throw new FuzzException($"counts do not add up: {s}, held {_buffer.Held}");
    }

    private void Get()
    {
        for (int i = 0; i <= 41; i++)
        {
            if (_buffer.Get(_now, out JitterFrame frame) != JitterGet.Packet || frame.Duration > 0)
                return;
        }
        throw new FuzzException("more packets without duration than slots");
    }
}
