namespace PhoneAgent.Conversation.Hearing;

/// <summary>
/// Hears how a caller speaks, beside what he says. One classifier serves all calls, with its model loaded once; thread-safe.
/// Dispose it after its streams.
/// </summary>
public interface IEmotionClassifier : IDisposable
{
    string Name { get; }

    /// <summary>Begins an utterance. Never throws for audio or an engine that cannot be judged: its readings are "unknown" then.</summary>
    /// <param name="language">BCP 47 tag of what is spoken.</param>
    IEmotionStream Open(string language);
}

/// <summary>
/// One utterance. Called by one thread at a time, never by the media thread or the session loop: features are computed in
/// <see cref="Push"/>. Dispose at any time.
/// </summary>
public interface IEmotionStream : IDisposable
{
    /// <summary>Takes one frame of 320 samples at 16 kHz. Allocates nothing.</summary>
    void Push(ReadOnlySpan<short> frame);

    /// <summary>
    /// How the utterance sounds so far, as good as if it ended here. Null when the classifier has no place free at the moment:
    /// under load interim readings are the first to go.
    /// </summary>
    ValueTask<EmotionReading?> InterimAsync(CancellationToken cancellationToken);

    /// <summary>How the whole utterance sounds. Waits for a place.</summary>
    ValueTask<EmotionReading> FinishAsync(CancellationToken cancellationToken);
}

/// <summary>Who hears the tone of voice in a call, and when.</summary>
/// <param name="Classifier">Shared by all calls.</param>
public sealed record ToneHearing(IEmotionClassifier Classifier)
{
    /// <summary>An interim reading after each so much speech.</summary>
    public TimeSpan InterimEvery { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long words that are ready wait for the tone of the same utterance; after it they go on without. Media time.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMilliseconds(40);
}
