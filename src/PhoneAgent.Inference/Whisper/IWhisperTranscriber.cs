using PhoneAgent.Conversation;

namespace PhoneAgent.Inference.Whisper;

/// <summary>
/// A Whisper model that turns a stretch of audio into text, all at once. <see cref="WhisperRecognizer"/> makes a streaming
/// recogniser of it. Thread-safe; one model serves all calls.
/// </summary>
public interface IWhisperTranscriber : IAsyncDisposable
{
    /// <summary>For messages, e.g. "ggml-base.en.bin".</summary>
    string Name { get; }

    /// <summary>False for a model of English only.</summary>
    bool IsMultilingual { get; }

    /// <summary>Transcribes. Cancelling stops the model as soon as it can.</summary>
    /// <param name="samples">16 kHz mono, −1…1, at most 30 s; not changed meanwhile by its owner.</param>
    /// <exception cref="EngineException">The model failed.</exception>
    ValueTask<Transcript> TranscribeAsync(ReadOnlyMemory<float> samples, TranscriptQuery query, CancellationToken cancellationToken);
}

/// <param name="Languages">ISO 639-1 codes. One: it is that language. Several: the model finds out which of them.</param>
/// <param name="Prompt">Text that could have come before, to make its words and its style likely; may be empty.</param>
public sealed record TranscriptQuery(IReadOnlyList<string> Languages, string Prompt);

/// <param name="Language">ISO 639-1 code of what was spoken, when the model was to find out.</param>
public sealed record Transcript(IReadOnlyList<TranscriptSegment> Segments, string? Language)
{
    public static readonly Transcript Nothing = new([], null);
}

/// <param name="Tokens">Text tokens only, in order.</param>
/// <param name="NoSpeechProbability">What the model gives its "no speech" token, 0–1.</param>
public sealed record TranscriptSegment(IReadOnlyList<TranscriptToken> Tokens, double NoSpeechProbability)
{
    /// <summary>Mean natural logarithm of the tokens' probabilities; 0 without tokens.</summary>
    public double MeanLogProbability => Tokens.Count == 0 ? 0 : Tokens.Average(token => Math.Log(Math.Max(token.Probability, 1e-6)));
}

/// <param name="Text">As the model writes it: a new word begins with a space.</param>
/// <param name="Start">From the first sample of the stretch.</param>
/// <param name="Probability">0–1.</param>
public readonly record struct TranscriptToken(string Text, TimeSpan Start, TimeSpan End, double Probability);
