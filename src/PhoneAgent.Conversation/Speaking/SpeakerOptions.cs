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
}
