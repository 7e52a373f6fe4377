namespace PhoneAgent.Audio;

/// <summary>Arithmetic on RTP's wrapping numbers (RFC 3550 §A.1): a difference is the shorter way round the circle.</summary>
public static class RtpSequence
{
    /// <summary>How far <paramref name="later"/> is ahead of <paramref name="earlier"/>, −32768 to 32767.</summary>
    public static int Difference(ushort later, ushort earlier) => (short)(ushort)(later - earlier);

    /// <summary>How far <paramref name="later"/> is ahead of <paramref name="earlier"/> in clock units.</summary>
    public static int TimestampDifference(uint later, uint earlier) => unchecked((int)(later - earlier));

    /// <summary>The unwrapped number nearest to <paramref name="reference"/> whose low 16 bits are <paramref name="sequenceNumber"/>.</summary>
    public static long Extend(ushort sequenceNumber, long reference) =>
        reference + Difference(sequenceNumber, unchecked((ushort)reference));

    /// <summary>The unwrapped timestamp nearest to <paramref name="reference"/> whose low 32 bits are <paramref name="timestamp"/>.</summary>
    public static long ExtendTimestamp(uint timestamp, long reference) =>
        reference + TimestampDifference(timestamp, unchecked((uint)reference));
}
