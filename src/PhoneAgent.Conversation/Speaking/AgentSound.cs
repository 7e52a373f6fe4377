namespace PhoneAgent.Conversation.Speaking;

/// <summary>What makes an agent sound like himself, beside his voice. Immutable; serves all calls.</summary>
public sealed record AgentSound
{
    public Pronunciations Pronunciations { get; init; } = Pronunciations.None;

    /// <summary>What he says to bridge a wait, one after the other; empty: the session's.</summary>
    public IReadOnlyList<string> Fillers { get; init; } = [];

    /// <summary>The room he sits in; null for silence.</summary>
    public Ambience? Ambience { get; init; }

    /// <summary>How his manner follows the caller's mood: a label of <see cref="TimelineEvent.Emotion"/> → manner.</summary>
    public IReadOnlyDictionary<string, MoodManner> Moods { get; init; } = new Dictionary<string, MoodManner>();

    /// <summary>The voice as this agent uses it.</summary>
    public ISpeechSynthesizer Around(ISpeechSynthesizer voice) =>
        Pronunciations.IsEmpty ? voice : new PronouncingSynthesizer(voice, Pronunciations);
}
