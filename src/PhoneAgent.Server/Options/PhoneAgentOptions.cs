using Microsoft.Extensions.Logging;
using PhoneAgent.Campaigns.Dialing;
using PhoneAgent.Conversation.Providers;
using PhoneAgent.Inference.Mcp;
using PhoneAgent.Inference.SpeechCache;
using PhoneAgent.Server.BrowserVoice;
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

    public StorageOptions Storage { get; init; } = new();

    public EngineOptions Engines { get; init; } = new();

    /// <summary>Name → an engine or a service with settings of its own; used by naming it in a chain of <see cref="Engines"/>.</summary>
    public IReadOnlyDictionary<string, ProviderOptions> Providers { get; init; } = new Dictionary<string, ProviderOptions>();

    public EmotionOptions Emotion { get; init; } = new();

    public AgentsOptions Agents { get; init; } = new();

    /// <summary>Servers whose tools agents may use.</summary>
    public IReadOnlyList<McpServerDefinition> Mcp { get; init; } = [];

    /// <summary>Pages and API.</summary>
    public HttpServerOptions Http { get; init; } = new();

    /// <summary>Calls over WebSockets.</summary>
    public BrowserVoiceOptions Talk { get; init; } = new();

    /// <summary>How callers are handed to humans; an agent's file may say another mode and ring time.</summary>
    public HandoverOptions Transfer { get; init; } = new();

    /// <summary>What programs may ask.</summary>
    public ApiOptions Api { get; init; } = new();

    /// <summary>Who is told of what happens to calls.</summary>
    public IReadOnlyList<WebhookOptions> Webhooks { get; init; } = [];

    /// <summary>Whom this server may call.</summary>
    public OutboundOptions Outbound { get; init; } = new();

    /// <summary>How this server dials campaigns.</summary>
    public DialerOptions Campaigns { get; init; } = new();

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

    /// <summary>The folder of recordings, and of the timelines of earlier versions.</summary>
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

    /// <summary>Recognisers, the preferred first: providers, kinds that need no settings, "auto".</summary>
    public IReadOnlyList<string> Stt { get; init; } = [EngineNames.Auto];

    /// <summary>Voices, the preferred first: providers, kinds that need no settings, "auto".</summary>
    public IReadOnlyList<string> Tts { get; init; } = [EngineNames.Auto];

    /// <summary>Language models, the preferred first: providers; "script" at the end: the agent's script goes on when all fail.</summary>
    public IReadOnlyList<string> Llm { get; init; } = [EngineNames.Script];

    /// <summary>How long the stages wait for a provider before the next one of its chain is asked.</summary>
    public ChainOptions Limits { get; init; } = new();

    /// <summary>When a provider that fails is left out, and for how long.</summary>
    public CircuitOptions Circuit { get; init; } = new();

    /// <summary>A provider behind a network that nobody has asked for so long is tried; 0: never.</summary>
    public TimeSpan CheckIdleAfter { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Keeps what voices make of the agents' fixed texts. Filled with the warm-up, so it needs <see cref="WarmUp"/>.</summary>
    public SpeechCacheOptions TtsCache { get; init; } = new();

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

    /// <summary>How long the model may take to write down a call that is over; then the rules do.</summary>
    public TimeSpan AfterCallTimeout { get; init; } = TimeSpan.FromSeconds(30);
}

public sealed record LogOptions
{
    /// <summary>Callers' words and numbers appear at trace only.</summary>
    public LogLevel Level { get; init; } = LogLevel.Information;
}
