namespace PhoneAgent.Audio;

/// <summary>Bounds of a <see cref="JitterBuffer"/>. All delays count on top of the quickest packet of the last seconds.</summary>
public sealed record JitterBufferOptions
{
    /// <summary>RTP clock rate in Hz; 8000 for G.711.</summary>
    public int ClockRate { get; init; } = 8000;

    public TimeSpan MinDelay { get; init; } = TimeSpan.FromMilliseconds(20);

    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The delay before anything is known about the network.</summary>
    public TimeSpan InitialDelay { get; init; } = TimeSpan.FromMilliseconds(40);

    /// <summary>Packets held at most. 40 packets of 10 ms are 400 ms.</summary>
    public int Slots { get; init; } = 40;

    /// <summary>Longer payloads are refused. 640 bytes are 80 ms of G.711.</summary>
    public int MaxPayloadBytes { get; init; } = 640;

    internal int ToUnits(TimeSpan time) => (int)(time.Ticks * ClockRate / TimeSpan.TicksPerSecond);
}

/// <summary>What became of a packet.</summary>
public enum JitterPut
{
    Stored,
    /// <summary>Stored as the first of a new stream: another SSRC, or numbers that jumped.</summary>
    Restarted,
    Duplicate,
    /// <summary>Its time has passed.</summary>
    Late,
    /// <summary>Too long, or a number far from the stream's that no second packet has confirmed.</summary>
    Refused,
}

/// <summary>What the next stretch of media is.</summary>
public enum JitterGet
{
    /// <summary>A packet to decode. Its duration may be 0 (an event, comfort noise): then ask again.</summary>
    Packet,
    /// <summary>A packet that did not come, or not yet: conceal <see cref="JitterFrame.Duration"/>.</summary>
    Lost,
    /// <summary>The stream runs but nothing has come: conceal; a concealment fades by itself.</summary>
    Underrun,
    /// <summary>The sender is silent between two talk spurts: comfort noise or silence.</summary>
    Silence,
    /// <summary>No stream yet, or it is being filled up.</summary>
    Waiting,
}

/// <summary>A stretch of media. The payload is valid until the next call on the buffer.</summary>
public readonly ref struct JitterFrame
{
    public byte PayloadType { get; init; }
    public bool Marker { get; init; }
    public uint Timestamp { get; init; }
    /// <summary>In clock units.</summary>
    public int Duration { get; init; }
    public ReadOnlySpan<byte> Payload { get; init; }
    /// <summary>With <see cref="JitterGet.Lost"/>: the packet behind the one that was given up, which FEC may look into; empty when it is not here.</summary>
    public ReadOnlySpan<byte> Following { get; init; }
}

/// <summary>Packets since construction. <c>Received = Played + Discarded + Held + Duplicate + Late + Refused</c>.</summary>
public record struct JitterStatistics
{
    public long Received { get; internal set; }
    /// <summary>Handed out by <see cref="JitterBuffer.Get"/>.</summary>
    public long Played { get; internal set; }
    /// <summary>Thrown away to keep the delay within its bounds, or by a restart.</summary>
    public long Discarded { get; internal set; }
    public long Duplicate { get; internal set; }
    public long Late { get; internal set; }
    public long Refused { get; internal set; }
    /// <summary>Sequence numbers that playout passed without having them. One that came too late is also in <see cref="Late"/>.</summary>
    public long Lost { get; internal set; }
    /// <summary>Calls answered with <see cref="JitterGet.Underrun"/>.</summary>
    public long Underruns { get; internal set; }
    public long Restarts { get; internal set; }

    public static JitterStatistics operator +(JitterStatistics a, JitterStatistics b) => new()
    {
        Received = a.Received + b.Received,
        Played = a.Played + b.Played,
        Discarded = a.Discarded + b.Discarded,
        Duplicate = a.Duplicate + b.Duplicate,
        Late = a.Late + b.Late,
        Refused = a.Refused + b.Refused,
        Lost = a.Lost + b.Lost,
        Underruns = a.Underruns + b.Underruns,
        Restarts = a.Restarts + b.Restarts,
    };
}
