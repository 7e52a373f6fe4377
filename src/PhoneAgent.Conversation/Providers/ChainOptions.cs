namespace PhoneAgent.Conversation.Providers;

/// <summary>How long each stage waits for a provider before the next one of its chain is asked. The last of a chain has no limit of ours: nobody is left.</summary>
public sealed record ChainOptions
{
    /// <summary>From the end of an utterance to its final result.</summary>
    public TimeSpan Final { get; init; } = TimeSpan.FromMilliseconds(1200);

    /// <summary>From the text of a sentence to its first audio.</summary>
    public TimeSpan FirstAudio { get; init; } = TimeSpan.FromMilliseconds(800);

    /// <summary>From the request to the first word of a language model.</summary>
    public TimeSpan FirstToken { get; init; } = TimeSpan.FromMilliseconds(1200);

    /// <summary>Between two words of a language model, or two pieces of audio when what came before has nearly been played.</summary>
    public TimeSpan Stall { get; init; } = TimeSpan.FromMilliseconds(1500);

    /// <summary>For a whole answer that no caller waits for (a summary after the call), and for a trial in the background.</summary>
    public TimeSpan Background { get; init; } = TimeSpan.FromSeconds(20);
}
