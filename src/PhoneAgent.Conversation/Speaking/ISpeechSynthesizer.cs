namespace PhoneAgent.Conversation.Speaking;

/// <summary>Turns text into speech, streaming. One synthesiser serves all calls; thread-safe.</summary>
public interface ISpeechSynthesizer : IAsyncDisposable
{
    string Name { get; }

    /// <summary>Voices that can be asked for; the first is the default.</summary>
    IReadOnlyList<VoiceInfo> Voices { get; }

    /// <summary>
    /// Speaks one sentence or clause. Chunks come in order as soon as they exist, 16 kHz mono, any length. Cancelling
    /// stops the engine within a chunk.
    /// </summary>
    /// <exception cref="EngineException">The engine failed; what came before may be played.</exception>
    IAsyncEnumerable<SynthesizedAudio> SynthesizeAsync(SynthesisRequest request, CancellationToken cancellationToken);
}

public sealed record VoiceInfo(string Id, string Language, string Description);

/// <param name="Voice">A <see cref="VoiceInfo.Id"/>; null for the default.</param>
/// <param name="Rate">Speaking rate, 1 is the voice's own; 0.5–2.</param>
/// <param name="GainDb">Loudness change in dB.</param>
public sealed record SynthesisRequest(string Text, string? Voice = null, double Rate = 1, double GainDb = 0)
{
    /// <summary>BCP 47 tag of the text; null: the voice's own.</summary>
    public string? Language { get; init; }

    /// <summary>Manner of speaking where the engine has it, e.g. "cheerful", "empathetic"; others ignore it.</summary>
    public string? Style { get; init; }

    /// <summary>Takes events for the call's timeline; stamped by the session. Any thread, never blocks; null when nobody asks.</summary>
    public Action<TimelineEvent>? Report { get; init; }
}

/// <param name="Samples">16 kHz mono; owned by the receiver.</param>
/// <param name="Words">Where words that begin in this or an earlier chunk start, when the engine knows; empty otherwise.</param>
public readonly record struct SynthesizedAudio(ReadOnlyMemory<short> Samples, IReadOnlyList<WordMark> Words)
{
    public SynthesizedAudio(ReadOnlyMemory<short> samples) : this(samples, []) { }

    /// <summary>It was made earlier and kept: it says nothing about how well the engine is now.</summary>
    public bool IsStored { get; init; }
}

/// <param name="TextOffset">Index of the word's first character in the request's text.</param>
/// <param name="SampleOffset">Its first sample, counted from the first sample of the request.</param>
public readonly record struct WordMark(int TextOffset, long SampleOffset);
