using PhoneAgent.Conversation;

namespace PhoneAgent.Inference.AzureSpeech;

/// <summary>The part of the SDK that hears. Thread-safe.</summary>
internal interface IAzureHearing : IAsyncDisposable
{
    /// <summary>Begins to listen; the connection is made meanwhile. Never throws for a failing service: the listener is told.</summary>
    /// <param name="languages">BCP 47 tags, the agent's first; with several the service finds out which.</param>
    /// <param name="phrases">Words and sentences that are likely.</param>
    IAzureListening Listen(IReadOnlyList<string> languages, IReadOnlyList<string> phrases, IAzureListener listener);
}

/// <summary>One utterance. Called by one thread at a time; disposing stops it without waiting.</summary>
internal interface IAzureListening : IDisposable
{
    /// <param name="samples">16 kHz mono.</param>
    void Write(ReadOnlySpan<short> samples);

    /// <summary>No more audio comes; <see cref="IAzureListener.OnEnd"/> follows.</summary>
    void End();
}

/// <summary>What comes back, on the SDK's threads.</summary>
internal interface IAzureListener
{
    void OnInterim(AzurePhrase phrase);

    void OnPhrase(AzurePhrase phrase);

    /// <summary>All that was written is understood.</summary>
    void OnEnd();

    void OnFailure(AzureFailure failure);
}

/// <summary>The part of the SDK that speaks. Thread-safe.</summary>
internal interface IAzureSpeaking : IAsyncDisposable
{
    /// <exception cref="EngineException">The service refuses.</exception>
    Task<IAzureSpeech> SpeakAsync(string ssml, CancellationToken cancellationToken);
}

/// <summary>Speech that is being made. Disposing stops it.</summary>
internal interface IAzureSpeech : IDisposable
{
    /// <summary>Waits for audio, 16 kHz mono, and gives as much as there is; 0 at the end. Blocks: the SDK has no other way.</summary>
    /// <exception cref="EngineException">The service failed.</exception>
    int Read(Span<short> samples);

    /// <summary>Words whose place in the audio is known since the last call, in order.</summary>
    IReadOnlyList<(string Word, TimeSpan At)> TakeWords();
}
