using Microsoft.Extensions.Logging;
using PhoneAgent.Telephony.Sip;

namespace PhoneAgent.Server.Options;

/// <summary>Everything that <c>config/phoneagent.yaml</c> can say. The sections of telephony and conversation are their own option records.</summary>
public sealed record PhoneAgentOptions
{
    public SipOptions Sip { get; init; } = new();

    public MediaOptions Media { get; init; } = new();

    /// <summary>The numbers of turn-taking; what an agent's file says about its language, voice and colleagues goes over it.</summary>
    public CallSessionOptions Session { get; init; } = new();

    public RecordingOptions Recording { get; init; } = new();

    public TimelineOptions Timeline { get; init; } = new();

    public EngineOptions Engines { get; init; } = new();

    public AgentsOptions Agents { get; init; } = new();

    public LimitOptions Limits { get; init; } = new();

    public LogOptions Log { get; init; } = new();
}

public sealed record RecordingOptions
{
    /// <summary>Off by default: recording a call needs the caller's consent in most countries.</summary>
    public bool Enabled { get; init; }

    /// <summary>Where WAV files go, in a folder a day. The timeline's folder when absent.</summary>
    public string? Folder { get; init; }
}

public sealed record TimelineOptions
{
    public bool Enabled { get; init; } = true;

    /// <summary>Where timelines and summaries go, in a folder a day.</summary>
    public string Folder { get; init; } = "calls";

    /// <summary>What is taken out of timelines and summaries. Recordings are not changed.</summary>
    public RedactionChoice Redact { get; init; }

    /// <summary>Words that count as profanity besides our own short list.</summary>
    public IReadOnlyList<string> RedactWords { get; init; } = [];
}

public enum RedactionChoice
{
    None,
    /// <summary>Telephone and card numbers, every number of six digits or more, written or spoken, keys pressed, and e-mail addresses.</summary>
    Numbers,
    Profanity,
    NumbersAndProfanity,
}

public sealed record EngineOptions
{
    public VoiceDetectorChoice Vad { get; init; }

    public RecognizerChoice Stt { get; init; }

    public SynthesizerChoice Tts { get; init; }

    /// <summary>Folder that holds what <c>phoneagent models pull</c> fetches.</summary>
    public string ModelFolder { get; init; } = "models";

    /// <summary>Engines are used once at start, so that the first caller does not wait for them to load.</summary>
    public bool WarmUp { get; init; } = true;
}

public enum VoiceDetectorChoice
{
    /// <summary>Silero where its runtime and model are there, else energy.</summary>
    Auto,
    Silero,
    Energy,
}

public enum RecognizerChoice
{
    Auto,
    PocketSphinx,
}

public enum SynthesizerChoice
{
    /// <summary>Flite where it is there, else eSpeak NG.</summary>
    Auto,
    Flite,
    Espeak,
}

public sealed record AgentsOptions
{
    /// <summary>Folder of the agents' files.</summary>
    public string Folder { get; init; } = "config/agents";

    /// <summary>Who answers when no route matches: the name of a file in the folder, without .yaml, or "echo".</summary>
    public string Default { get; init; } = "front-desk";

    /// <summary>The first that holds decides.</summary>
    public IReadOnlyList<AgentRoute> Routes { get; init; } = [];

    /// <summary>The same options of the line, with the headers kept that routes look at.</summary>
    public SipOptions WithHeaders(SipOptions sip) => sip with
    {
        KeepHeaders = [.. sip.KeepHeaders.Union(Routes.Select(r => r.Header).OfType<string>(), StringComparer.OrdinalIgnoreCase)],
    };
}

public sealed record LimitOptions
{
    /// <summary>A call is ended after this much.</summary>
    public TimeSpan MaxCallDuration { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long running calls may go on after the server was told to stop.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(30);
}

public sealed record LogOptions
{
    /// <summary>Callers' words and numbers appear at trace only.</summary>
    public LogLevel Level { get; init; } = LogLevel.Information;
}
