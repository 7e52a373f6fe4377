using System.Buffers.Binary;

namespace PhoneAgent.Server.BrowserVoice.Wire;

/// <summary>
/// A binary message of the voice protocol (PROTOCOL.md, "Audio"): 16 bytes of header, then 16-bit little-endian PCM. A view,
/// valid as long as the bytes it was parsed from.
/// </summary>
internal readonly ref struct VoiceFrame
{
    public const int HeaderBytes = 16;
    public const int MaxDurationMs = 40;
    /// <summary>40 ms at the highest rate.</summary>
    public const int MaxBytes = HeaderBytes + (48_000 / 1000 * MaxDurationMs * sizeof(short));

    private const byte Pcm16 = 1;
    private const byte SpurtFlag = 1;
    private const int StepMs = 10;

    /// <summary>Counts frames; wraps.</summary>
    public uint Sequence { get; private init; }
    /// <summary>In Hz.</summary>
    public int SampleRate { get; private init; }
    /// <summary>Time of the first sample, counted in samples of the sender's clock; wraps.</summary>
    public uint Timestamp { get; private init; }
    /// <summary>The first frame after a pause in which nothing was sent.</summary>
    public bool StartsSpurt { get; private init; }
    /// <summary>Samples as bytes.</summary>
    public ReadOnlySpan<byte> Payload { get; private init; }
    public int DurationMs => Payload.Length / sizeof(short) * 1000 / SampleRate;

    public static bool IsRate(int rate) => rate is 8_000 or 16_000 or 24_000 or 48_000;

    /// <param name="rate">What was agreed.</param>
    public static bool TryParse(ReadOnlySpan<byte> message, int rate, out VoiceFrame frame, out VoiceFrameError error)
    {
        frame = default;
        error = VoiceFrameError.None;
        if (message.Length <= HeaderBytes)
            error = VoiceFrameError.TooShort;
        else if (message[0] != Pcm16)
            error = VoiceFrameError.Format;
        else if (BinaryPrimitives.ReadUInt32LittleEndian(message[8..]) != rate)
            error = VoiceFrameError.Rate;
        else if (!IsLength(message.Length - HeaderBytes, rate))
            error = VoiceFrameError.Length;
        if (error != VoiceFrameError.None)
            return false;
        frame = new VoiceFrame
        {
            StartsSpurt = (message[1] & SpurtFlag) != 0,
            Sequence = BinaryPrimitives.ReadUInt32LittleEndian(message[4..]),
            SampleRate = rate,
            Timestamp = BinaryPrimitives.ReadUInt32LittleEndian(message[12..]),
            Payload = message[HeaderBytes..],
        };
        return true;
    }

    /// <summary>Writes a frame of 16 kHz; returns its length.</summary>
    public static int Write(Span<byte> target, uint sequence, uint timestamp, bool startsSpurt, int sampleRate, ReadOnlySpan<short> samples)
    {
        target[..4].Clear();
        target[0] = Pcm16;
        target[1] = startsSpurt ? SpurtFlag : (byte)0;
        BinaryPrimitives.WriteUInt32LittleEndian(target[4..], sequence);
        BinaryPrimitives.WriteUInt32LittleEndian(target[8..], (uint)sampleRate);
        BinaryPrimitives.WriteUInt32LittleEndian(target[12..], timestamp);
        for (int i = 0; i < samples.Length; i++)
            BinaryPrimitives.WriteInt16LittleEndian(target[(HeaderBytes + (2 * i))..], samples[i]);
        return HeaderBytes + (samples.Length * sizeof(short));
    }

    private static bool IsLength(int bytes, int rate) =>
        bytes % (rate / 1000 * StepMs * sizeof(short)) == 0 && bytes <= rate / 1000 * MaxDurationMs * sizeof(short);
}

internal enum VoiceFrameError
{
    None,
    TooShort,
    Format,
    Rate,
    Length,
}
