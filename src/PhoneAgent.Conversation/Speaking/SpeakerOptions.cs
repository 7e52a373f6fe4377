using PhoneAgent.Conversation.Dialogue;

namespace PhoneAgent.Conversation.Speaking;

/// <summary>How the agent sounds.</summary>
public sealed record SpeakerOptions
{
    /// <summary>A <see cref="VoiceInfo.Id"/>; null for the synthesiser's default.</summary>
    public string? Voice { get; init; }

    /// <summary>Speaking rate, 1 is the voice's own; 0.5–2.</summary>
    public double Rate { get; init; } = 1;

    /// <summary>Loudness change in dB.</summary>
    public double GainDb { get; init; }

    /// <summary>BCP 47 tag of what is spoken; null: the voice's own language.</summary>
    public string? Language { get; init; }

    /// <summary>Manner of speaking where the voice has it, e.g. "cheerful"; others ignore it.</summary>
    public string? Style { get; init; }

    /// <summary>Pronunciation, fillers and background of the agent who speaks; his file's, and no option.</summary>
    internal AgentSound Sound { get; init; } = new();

    /// <summary>Silence before each sentence of a reply but its first; follows the caller's mood, and is no option.</summary>
    internal TimeSpan Pause { get; init; }

    /// <summary>Sentences that are synthesised at the same time, ahead of what is heard; 1–8.</summary>
    public int SentencesAtOnce { get; init; } = 2;

    /// <summary>What is named in <paramref name="change"/> goes over this.</summary>
    public SpeakerOptions With(DialogueAction.UseVoice change)
    {
        ArgumentNullException.ThrowIfNull(change);
        return this with
        {
            Voice = change.Voice ?? Voice,
            Language = change.Language ?? Language,
            Rate = change.Rate ?? Rate,
            GainDb = change.GainDb ?? GainDb,
            Style = change.Style ?? Style,
            Sound = change.Sound ?? Sound,
        };
    }
}
