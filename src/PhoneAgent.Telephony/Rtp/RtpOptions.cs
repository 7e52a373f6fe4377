using PhoneAgent.Telephony.Codecs;

namespace PhoneAgent.Telephony.Rtp;

/// <summary>How media is carried. Validated at start.</summary>
public sealed record RtpOptions
{
    /// <summary>First port of the range; with <see cref="LastPort"/> 0 the system chooses.</summary>
    public int FirstPort { get; init; } = 16384;

    public int LastPort { get; init; } = 32767;

    /// <summary>In order of preference.</summary>
    public IReadOnlyList<IAudioCodec> Codecs { get; init; } = [G711Codec.Pcmu, G711Codec.Pcma];

    /// <summary>Milliseconds of audio per packet, when the peer does not say: 10–60, a multiple of 10.</summary>
    public int PtimeMs { get; init; } = 20;

    /// <summary>DiffServ code point, 46 is EF.</summary>
    public int Dscp { get; init; } = 46;

    /// <summary>A call without RTP for this long, and not on hold, is reported; zero switches it off.</summary>
    public TimeSpan NoRtpTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How far the jitter buffer holds packets back.</summary>
    public TimeSpan JitterMin { get; init; } = TimeSpan.FromMilliseconds(20);

    public TimeSpan JitterMax { get; init; } = TimeSpan.FromMilliseconds(200);

    public bool Rtcp { get; init; } = true;

    public bool RtcpMux { get; init; } = true;

    /// <summary>Real-time scheduling (SCHED_RR) for the media thread where the system allows it; else a nice value.</summary>
    public bool RealTime { get; init; } = true;

    /// <summary>Payload type to propose for telephone-event; null leaves DTMF in the sound.</summary>
    public int? TelephoneEventPayloadType { get; init; } = 101;

    /// <summary>All that is wrong, each with its key; empty when all is well.</summary>
    public IReadOnlyList<string> Validate()
    {
        var problems = new List<string>();
        if (LastPort != 0 && (FirstPort is < 1024 or > 65534 || LastPort > 65535 || LastPort <= FirstPort))
            problems.Add($"ports: {FirstPort}-{LastPort} is no range; give two numbers from 1024 to 65535, the smaller first.");
        if (Codecs.Count == 0)
            problems.Add("codecs: the list is empty; name at least one of pcmu, pcma, opus.");
        if (PtimeMs is < 10 or > 60 || PtimeMs % 10 != 0)
            problems.Add($"ptime: {PtimeMs} is not one of 10, 20, 30, 40, 50, 60.");
        if (Dscp is < 0 or > 63)
            problems.Add($"dscp: {Dscp} is not from 0 to 63.");
        if (NoRtpTimeout < TimeSpan.Zero)
            problems.Add("no_rtp_timeout: a negative time; give 0 to switch it off.");
        if (JitterMin < TimeSpan.Zero || JitterMax < JitterMin || JitterMax > TimeSpan.FromSeconds(1))
            problems.Add("jitter: the smallest delay must not be above the largest, and the largest is 1 s at most.");
        if (TelephoneEventPayloadType is < 96 or > 127)
            problems.Add($"telephone_event: {TelephoneEventPayloadType} is not from 96 to 127.");
        return problems;
    }
}
