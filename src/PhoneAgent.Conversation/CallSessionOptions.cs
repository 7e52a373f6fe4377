using PhoneAgent.Conversation.Answering;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue.LanguageModel;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Conversation.Listening;
using PhoneAgent.Conversation.Speaking;
using PhoneAgent.Conversation.Transfer;

namespace PhoneAgent.Conversation;

/// <summary>The numbers of a call's turn-taking.</summary>
public sealed record CallSessionOptions
{
    public string Language { get; init; } = "en-US";
    public SpeechDetectionOptions SpeechDetection { get; init; } = new();
    public EndpointingOptions Endpointing { get; init; } = new();
    public BargeInOptions BargeIn { get; init; } = new();

    /// <summary>Of calls that we place.</summary>
    public AnswerDetectionOptions AnswerDetection { get; init; } = new();

    public SpeakerOptions Speaker { get; init; } = new();

    /// <summary>How long the caller may say nothing before he is asked.</summary>
    public TimeSpan SilenceTimeout { get; init; } = TimeSpan.FromSeconds(7);

    /// <summary>From the agent's last sample to a hang-up or transfer: the network and the caller's jitter buffer still hold his last word.</summary>
    public TimeSpan LastWordDelay { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// A reply that is silent for this long gets a filler, a second one after twice as much. A voice that has not brought
    /// out the filler after twice as much has failed.
    /// </summary>
    public TimeSpan FillerAfter { get; init; } = TimeSpan.FromMilliseconds(1500);

    /// <summary>A dialogue from which nothing has come for this long has failed.</summary>
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

/// <summary>What the session itself says when the dialogue or the voice cannot.</summary>
public sealed record SpokenErrors
{
    /// <summary>Bridge a wait, one after the other.</summary>
    public IReadOnlyList<string> Fillers { get; init; } = ["One moment, please."];
    public string Failed { get; init; } = "I'm sorry, something went wrong on my side. Could you say that again?";
    public string GivingUp { get; init; } = "I'm sorry, I can't help you at the moment. Please call again later. Goodbye.";
    public string HandingOver { get; init; } = "I'm sorry, something is wrong on my side. I'll connect you to a colleague.";

    /// <summary>A WAV file with these words (of the fillers: the first), heard also when the voice is what failed; null: they are synthesised.</summary>
    public string? FillerPrompt { get; init; }
    public string? FailedPrompt { get; init; }
    public string? GivingUpPrompt { get; init; }
    public string? HandingOverPrompt { get; init; }

    /// <summary>The prompts that are there, each with its key in a configuration.</summary>
    public IEnumerable<(string Key, string Path)> Prompts =>
        new[] { ("filler_prompt", FillerPrompt), ("failed_prompt", FailedPrompt), ("giving_up_prompt", GivingUpPrompt), ("handing_over_prompt", HandingOverPrompt) }
            .Where(prompt => prompt.Item2 is not null).Select(prompt => (prompt.Item1, prompt.Item2!));

    /// <summary>With the prompts' paths changed, e.g. made absolute.</summary>
    public SpokenErrors WithPrompts(Func<string, string> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        return this with
        {
            FillerPrompt = FillerPrompt is null ? null : change(FillerPrompt),
            FailedPrompt = FailedPrompt is null ? null : change(FailedPrompt),
            GivingUpPrompt = GivingUpPrompt is null ? null : change(GivingUpPrompt),
            HandingOverPrompt = HandingOverPrompt is null ? null : change(HandingOverPrompt),
        };
    }
}

/// <summary>The engines of a call; shared by all calls.</summary>
public sealed record CallEngines(IVoiceDetector VoiceDetector, ISpeechRecognizer Recognizer, ISpeechSynthesizer Synthesizer)
{
    /// <summary>What their latencies are measured with, and how long the end of a call waits for them.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Who hears the tone of voice; null: callers are judged by words and behaviour.</summary>
    public ToneHearing? Tone { get; init; }

    /// <summary>What transfers to humans need; each agent adds its own.</summary>
    public TransferSetup Transfers { get; init; } = new();

    /// <summary>What agents think with; null: their scripts answer.</summary>
    public ModelServices? Model { get; init; }
}
