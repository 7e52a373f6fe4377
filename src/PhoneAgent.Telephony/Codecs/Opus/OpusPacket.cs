namespace PhoneAgent.Telephony.Codecs.Opus;

/// <summary>What the first bytes of a packet tell (RFC 6716 §3.1, §3.2).</summary>
public static class OpusPacket
{
    /// <summary>RFC 6716 §3.2, requirement R2: no packet holds more than 120 ms.</summary>
    private const int MaxDuration = 5760;

    /// <summary>The longest packet there is (RFC 6716 §3.4, R2 with one frame).</summary>
    public const int MaxBytes = 1275;

    /// <summary>A pause: nothing but the header and what describes the noise (libopus calls such packets DTX).</summary>
    public const int MaxDtxBytes = 2;

    /// <summary>The sound's length in samples at 48 kHz; 0 for a packet that breaks the rules.</summary>
    public static int DurationOf(ReadOnlySpan<byte> packet)
    {
        if (packet.IsEmpty)
            return 0;
        var frames = (packet[0] & 3) switch
        {
            0 => 1,
            1 or 2 => 2,
            _ => packet.Length < 2 ? 0 : packet[1] & 0x3F,
        };
        var duration = frames * FrameOf(packet[0] >> 3);
        return duration <= MaxDuration ? duration : 0;
    }

    /// <summary>
    /// Whether the first frame holds the one before it (LBRR, RFC 6716 §4.2.4): known for packets of one frame, which is how
    /// speech is sent; false for all others.
    /// </summary>
    public static bool HoldsPrevious(ReadOnlySpan<byte> packet)
    {
        if (packet.Length < 2 || (packet[0] & 3) != 0 || packet[0] >> 3 >= 16)
            return false;
        // A SILK frame begins with a bit per 20 ms (voice or not) and then the LBRR bit, each of them as it is; for stereo twice.
        var blocks = Math.Max(1, FrameOf(packet[0] >> 3) / 960);
        var isStereo = (packet[0] & 4) != 0;
        return ((packet[1] >> (7 - blocks)) & 1) == 1 || (isStereo && ((packet[1] >> (6 - (2 * blocks))) & 1) == 1);
    }

    /// <summary>Samples at 48 kHz of one frame by the configuration number.</summary>
    private static int FrameOf(int configuration) => configuration switch
    {
        < 12 => (configuration & 3) switch { 0 => 480, 1 => 960, 2 => 1920, _ => 2880 },   // SILK: 10, 20, 40, 60 ms
        < 16 => (configuration & 1) == 0 ? 480 : 960,                                      // hybrid: 10, 20 ms
        _ => 120 << (configuration & 3),                                                   // CELT: 2.5, 5, 10, 20 ms
    };
}
