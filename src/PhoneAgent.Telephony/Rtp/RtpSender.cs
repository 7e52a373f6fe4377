using PhoneAgent.Audio;
using PhoneAgent.Telephony.Codecs;

namespace PhoneAgent.Telephony.Rtp;

/// <summary>
/// Our stream: sequence numbers, timestamps, packets of the agreed length out of 20 ms frames, and key events between
/// them. The timestamp follows media time, sent or not. Used by the media thread only; does not allocate.
/// </summary>
internal sealed class RtpSender(uint ssrc, ushort firstSequence, uint firstTimestamp, Func<ReadOnlySpan<byte>, bool> send)
{
    private const int MaxPtimeMs = 60;
    private const int MaxFrame = 960;
    private readonly short[] _pcm = new short[MaxFrame + (48 * MaxPtimeMs)];
    private readonly byte[] _packet = new byte[RtpPacket.HeaderBytes + 1500];
    private ushort _sequence = firstSequence;
    private uint _timestamp = firstTimestamp;
    private IAudioCodec? _codec;
    private int _held;
    private uint _heldUnits;
    private bool _pauseBefore = true;
    private uint _eventTimestamp;

    public uint Ssrc => ssrc;

    /// <summary>Of the next sample.</summary>
    public uint Timestamp => _timestamp + _heldUnits;

    public uint PacketCount { get; private set; }

    public uint OctetCount { get; private set; }

    /// <summary>Takes one frame at the codec's rate; sends whenever a packet is full. Without <paramref name="sending"/> only time passes.</summary>
    public void Push(ReadOnlySpan<short> frame, IAudioCodec codec, IAudioEncoder encoder, byte payloadType, int ptimeMs, bool sending)
    {
        if (!ReferenceEquals(codec, _codec))
        {
            // What is left of a packet of the codec before is at its rate.
            Pass(0);
            _codec = codec;
        }
        var frameUnits = (uint)((long)frame.Length * codec.ClockRate / codec.SampleRate);
        if (!sending)
        {
            Pass(frameUnits);
            return;
        }
        frame.CopyTo(_pcm.AsSpan(_held));
        _held += frame.Length;
        _heldUnits += frameUnits;
        var samples = codec.SampleRate / 1000 * ptimeMs;
        var units = (uint)(codec.ClockRate / 1000 * ptimeMs);
        var taken = 0;
        for (; _held - taken >= samples; taken += samples)
        {
            var length = encoder.Encode(_pcm.AsSpan(taken, samples), _packet.AsSpan(RtpPacket.HeaderBytes));
            if (length > 0)
                Send(payloadType, _pauseBefore, _timestamp, length);
            _pauseBefore = length == 0;
            _timestamp += units;
            _heldUnits -= units;
        }
        if (taken > 0)
        {
            _held -= taken;
            _pcm.AsSpan(taken, _held).CopyTo(_pcm);
        }
    }

    /// <summary>Media time passes without audio of ours, that of an unfinished packet included; the next packet begins a talk spurt.</summary>
    public void Pass(uint units)
    {
        _timestamp += _heldUnits + units;
        (_held, _heldUnits) = (0, 0);
        _pauseBefore = true;
    }

    /// <summary>A key begins: all of its packets carry the timestamp of now (RFC 4733 §2.5.1.2).</summary>
    public void BeginEvent()
    {
        Pass(0);
        _eventTimestamp = _timestamp;
    }

    public void SendEvent(byte payloadType, byte code, bool first, bool end, ushort duration)
    {
        const byte Volume = 10;
        var payload = _packet.AsSpan(RtpPacket.HeaderBytes);
        payload[0] = code;
        payload[1] = (byte)((end ? 0x80 : 0) | Volume);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(payload[2..], duration);
        Send(payloadType, first, _eventTimestamp, 4);
    }

    private void Send(byte payloadType, bool marker, uint timestamp, int length)
    {
        RtpPacket.Write(_packet, payloadType, marker, _sequence++, timestamp, ssrc, _packet.AsSpan(RtpPacket.HeaderBytes, length));
        if (!send(_packet.AsSpan(0, RtpPacket.HeaderBytes + length)))
            return;
        PacketCount++;
        OctetCount += (uint)length;
    }
}
