namespace PhoneAgent.Conversation.Calls;

/// <summary>Where a received frame came from.</summary>
public enum FrameOrigin
{
    /// <summary>Decoded from packets that arrived in time.</summary>
    Received,

    /// <summary>Made up by packet-loss concealment.</summary>
    Concealed,

    /// <summary>Silence or comfort noise: nothing was sent, or the call is on hold.</summary>
    Silence,
}

/// <summary>
/// The audio of one call, whatever carries it: RTP, a browser's socket, a recording being replayed.
/// It owns the pace. Once started it calls its <see cref="IAudioPeer"/> once for every 20 ms of media time,
/// also while nothing arrives, so that frame number × 20 ms is the clock of the call.
/// </summary>
public interface ICallAudio
{
    /// <summary>
    /// Starts the exchange of frames; the peer is called until <see cref="Stop"/> returns. Early media may be started, and
    /// stopped at the answer: the call's own start begins at position 0 again.
    /// </summary>
    void Start(IAudioPeer peer);

    /// <summary>Ends the exchange. When it returns the peer is not called any more. Safe to call twice.</summary>
    void Stop();

    /// <summary>Counters of the media path so far. Safe from any thread.</summary>
    MediaStatistics Statistics { get; }
}

/// <summary>The agent's side of the audio: takes the caller's frame and gives the agent's in one step.</summary>
public interface IAudioPeer
{
    /// <summary>
    /// One tick of media time. Runs on the media thread: it must not block, allocate, log or throw.
    /// </summary>
    /// <param name="position">Sample position of the frame's first sample: 0, 320, 640 …</param>
    /// <param name="origin">How <paramref name="received"/> came about.</param>
    /// <param name="received">The caller's frame, <see cref="AudioFormat.FrameSamples"/> samples; valid during the call only.</param>
    /// <param name="toSend">The agent's frame of the same length, to be filled completely.</param>
    /// <returns>True when the agent's frame holds speech or other wanted sound; false when it is silence.</returns>
    bool Exchange(long position, FrameOrigin origin, ReadOnlySpan<short> received, Span<short> toSend);
}

/// <summary>What happened to a call's media. Counts are packets unless said otherwise.</summary>
public sealed record MediaStatistics
{
    public long PacketsReceived { get; init; }
    public long PacketsSent { get; init; }
    public long PacketsLost { get; init; }
    public long PacketsLate { get; init; }
    public long PacketsDuplicate { get; init; }
    /// <summary>Packets that were not RTP of this call: malformed, another payload, a stranger's source.</summary>
    public long PacketsRefused { get; init; }
    public long FramesConcealed { get; init; }
    /// <summary>Lost packets whose sound was in the next one (FEC).</summary>
    public long PacketsRecovered { get; init; }
    /// <summary>Interarrival jitter, RFC 3550 §6.4.1.</summary>
    public TimeSpan Jitter { get; init; }
    /// <summary>Round-trip time from RTCP, when the peer reports.</summary>
    public TimeSpan? RoundTrip { get; init; }
    /// <summary>Fraction of our packets that the peer's last report says were lost, 0–1.</summary>
    public double? RemoteLossFraction { get; init; }
    public string? Codec { get; init; }
}
