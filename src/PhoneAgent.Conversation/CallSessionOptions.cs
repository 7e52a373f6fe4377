using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Conversation.Listening;
using PhoneAgent.Conversation.Speaking;

namespace PhoneAgent.Conversation;

/// <summary>The numbers of a call's turn-taking.</summary>
public sealed record CallSessionOptions
{
    public string Language { get; init; } = "en-US";
    public SpeechDetectionOptions SpeechDetection { get; init; } = new();
    public EndpointingOptions Endpointing { get; init; } = new();
    public BargeInOptions BargeIn { get; init; } = new();
    public SpeakerOptions Speaker { get; init; } = new();

    /// <summary>How long the caller may say nothing before he is asked.</summary>
    public TimeSpan SilenceTimeout { get; init; } = TimeSpan.FromSeconds(7);

    /// <summary>From the agent's last sample to a hang-up or transfer: the network and the caller's jitter buffer still hold his last word.</summary>
    public TimeSpan LastWordDelay { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>A reply of which nothing is audible by then gets a filler first.</summary>
    public TimeSpan FillerAfter { get; init; } = TimeSpan.FromMilliseconds(1500);

    /// <summary>A reply of which nothing has come by then has failed.</summary>
    public TimeSpan ReplyTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A final result that has not come by then has failed.</summary>
    public TimeSpan FinalTimeout { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>How long the end of a call waits for its engines, all together, and then for its dialogue; what hangs longer is left behind and logged.</summary>
    public TimeSpan ReleaseTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Speech shorter than this, without words, is a noise that needs no answer.</summary>
    public TimeSpan NoiseUpTo { get; init; } = TimeSpan.FromMilliseconds(350);

    /// <summary>Where a call goes that the dialogue cannot go on with; null: it ends with an apology.</summary>
    public string? HumanTarget { get; init; }

    public SpokenErrors SpokenErrors { get; init; } = new();
}

/// <summary>What the session itself says when the dialogue cannot.</summary>
public sealed record SpokenErrors
{
    public string Filler { get; init; } = "One moment, please.";
    public string Failed { get; init; } = "I'm sorry, something went wrong on my side. Could you say that again?";
    public string GivingUp { get; init; } = "I'm sorry, I can't help you at the moment. Please call again later. Goodbye.";
    public string HandingOver { get; init; } = "I'm sorry, something is wrong on my side. I'll connect you to a colleague.";
}

/// <summary>The engines of a call; shared by all calls.</summary>
public sealed record CallEngines(IVoiceDetector VoiceDetector, ISpeechRecognizer Recognizer, ISpeechSynthesizer Synthesizer)
{
    /// <summary>What their latencies are measured with.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
