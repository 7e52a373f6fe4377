using PhoneAgent.Audio;

namespace PhoneAgent.Server.BrowserVoice.Media;

/// <summary>
/// Packets on their way from a socket's loop to the media thread: one reader, who never waits; slots allocated once. Writers
/// take turns, for a socket that is being replaced may have a frame in hand. What does not fit is dropped and counted.
/// </summary>
internal sealed class PacketRing
{
    /// <summary>640 ms of 20 ms frames; the media thread empties it every 20 ms.</summary>
    private const int Slots = 32;
    private const byte PayloadType = 96;

    /// <summary>40 ms at 16 kHz.</summary>
    public const int MaxPayload = 16 * VoiceFrameMs * sizeof(short);
    private const int VoiceFrameMs = Wire.VoiceFrame.MaxDurationMs;
    private const int SlotBytes = RtpPacket.HeaderBytes + MaxPayload;

    private readonly byte[] _bytes = new byte[Slots * SlotBytes];
    private readonly int[] _lengths = new int[Slots];
    private readonly Lock _writing = new();
    private long _written;
    private long _read;
    private long _dropped;

    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Writer: 16 kHz PCM as an RTP packet, which is what jitter buffers read.</summary>
    public void Write(ushort sequence, uint timestamp, bool marker, uint stream, ReadOnlySpan<byte> pcm)
    {
        lock (_writing)
        {
            long written = _written;
            if (written - Volatile.Read(ref _read) == Slots || pcm.Length > MaxPayload)
            {
                Volatile.Write(ref _dropped, _dropped + 1);
                return;
            }
            int slot = (int)(written % Slots);
            _lengths[slot] = RtpPacket.Write(_bytes.AsSpan(slot * SlotBytes, SlotBytes), PayloadType, marker, sequence, timestamp, stream, pcm);
            Volatile.Write(ref _written, written + 1);
        }
    }

    /// <summary>Reader: the oldest packet, valid until <see cref="Advance"/>.</summary>
    public bool TryPeek(out RtpPacket packet)
    {
        packet = default;
        if (Volatile.Read(ref _written) == _read)
            return false;
        int slot = (int)(_read % Slots);
        return RtpPacket.TryParse(_bytes.AsSpan(slot * SlotBytes, _lengths[slot]), out packet);
    }

    public void Advance() => Volatile.Write(ref _read, _read + 1);
}
