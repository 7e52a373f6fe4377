using System.Globalization;
using PhoneAgent.Telephony.Codecs;
using PhoneAgent.Telephony.Codecs.Opus;
using PhoneAgent.Telephony.Rtp;

namespace PhoneAgent.Server.Options;

/// <summary>How sound is carried.</summary>
public sealed record MediaOptions
{
    /// <summary>UDP ports for RTP and RTCP, e.g. 16384-32767; 0: the system chooses.</summary>
    public string Ports { get; init; } = "16384-32767";

    /// <summary>In order of preference.</summary>
    public IReadOnlyList<CodecName> Codecs { get; init; } = [CodecName.Pcmu, CodecName.Pcma];

    /// <summary>How Opus is spoken, where <see cref="Codecs"/> names it.</summary>
    public OpusOptions Opus { get; init; } = new();

    /// <summary>Sound in a packet when the peer does not say.</summary>
    public TimeSpan Ptime { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>DiffServ code point.</summary>
    public int Dscp { get; init; } = 46;

    /// <summary>A call without RTP for this long, and not on hold, is ended; 0 switches it off.</summary>
    public TimeSpan NoRtpTimeout { get; init; } = TimeSpan.FromSeconds(30);

    public JitterOptions Jitter { get; init; } = new();

    public bool Rtcp { get; init; } = true;

    public bool RtcpMux { get; init; } = true;

    /// <summary>Real-time scheduling for the media thread where the system allows it.</summary>
    public bool Realtime { get; init; } = true;

    /// <summary>Payload type to propose for telephone-event.</summary>
    public int TelephoneEvent { get; init; } = 101;

    internal RtpOptions ToRtp()
    {
        (int first, int last) = ParsePorts();
        return new RtpOptions
        {
            FirstPort = first,
            LastPort = last,
            Codecs = MakeCodecs(),
            PtimeMs = (int)Ptime.TotalMilliseconds,
            Dscp = Dscp,
            NoRtpTimeout = NoRtpTimeout,
            JitterMin = Jitter.Min,
            JitterMax = Jitter.Max,
            Rtcp = Rtcp,
            RtcpMux = RtcpMux,
            RealTime = Realtime,
            TelephoneEventPayloadType = TelephoneEvent,
        };
    }

    /// <summary>All that is wrong, each with its key.</summary>
    internal IEnumerable<string> Check()
    {
        foreach (string problem in ToRtp().Validate().Concat(Opus.Validate()))
            yield return problem;
        if (Codecs.Contains(CodecName.Opus) && OpusLibraries.Find(Opus.Library) is null)
            yield return Opus.Library == OpusLibraryName.Concentus
                ? "codecs: opus is to be spoken by Concentus, which this build does not have; set media.opus.library to libopus."
                : "codecs: opus needs libopus, which is not installed: apt-get install libopus0. Or take opus out of the list.";
    }

    private List<IAudioCodec> MakeCodecs()
    {
        var made = new List<IAudioCodec>();
        foreach (CodecName name in Codecs.Distinct())
        {
            if (name == CodecName.Opus)
            {
                // What is wrong with it is said by Check.
                if (Opus.Validate().Count == 0 && OpusLibraries.Find(Opus.Library) is { } library)
                    made.Add(new OpusCodec(library, Opus));
            }
            else
            {
                made.Add(name == CodecName.Pcmu ? G711Codec.Pcmu : G711Codec.Pcma);
            }
        }
        return made;
    }

    // (1, 1) is no range, which RtpOptions says in words.
    private (int First, int Last) ParsePorts()
    {
        if (Ports == "0")
            return (0, 0);
        string[] ends = Ports.Split('-', StringSplitOptions.TrimEntries);
        return ends.Length == 2
            && int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out int first)
            && int.TryParse(ends[1], NumberStyles.None, CultureInfo.InvariantCulture, out int last)
            ? (first, last) : (1, 1);
    }
}

public sealed record JitterOptions
{
    /// <summary>Packets are held back at least and at most so long; in between, as the network demands.</summary>
    public TimeSpan Min { get; init; } = TimeSpan.FromMilliseconds(20);

    public TimeSpan Max { get; init; } = TimeSpan.FromMilliseconds(200);
}

public enum CodecName
{
    Pcmu,
    Pcma,
    Opus,
}
