using PhoneAgent.Conversation.Providers;

namespace PhoneAgent.Conversation.Hearing;

/// <summary>Turns an utterance into words while it is being spoken. One recogniser serves all calls; thread-safe.</summary>
public interface ISpeechRecognizer : IAsyncDisposable
{
    string Name { get; }

    /// <summary>True when it only understands what the <see cref="Expectation"/> lists.</summary>
    bool NeedsExpectation { get; }

    /// <summary>
    /// Checks that everything in the request can be understood (e.g. that all words have a pronunciation) and prepares
    /// it, so that <see cref="Open"/> is quick. Returns what is wrong, each problem a sentence naming the word; empty when all is well.
    /// </summary>
    ValueTask<IReadOnlyList<string>> PrepareAsync(RecognitionRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// Begins an utterance. <paramref name="onResult"/> gets any number of interim results and, after
    /// <see cref="IRecognitionStream.Finish"/>, exactly one final one, also when the engine fails
    /// (<see cref="RecognitionOutcome.Failed"/>). It may be called on any thread, also inside Push, Probe and Finish.
    /// Never throws for a failing engine.
    /// </summary>
    IRecognitionStream Open(RecognitionRequest request, Action<RecognitionResult> onResult);
}

/// <summary>
/// One utterance. Called by one thread at a time, never by the media thread or the session loop: an embedded engine may
/// compute inside these calls. Dispose at any time cancels; no result follows.
/// </summary>
public interface IRecognitionStream : IDisposable
{
    /// <summary>Takes one frame of 320 samples at 16 kHz.</summary>
    void Push(ReadOnlySpan<short> frame);

    /// <summary>
    /// The caller paused: asks for an interim result as good as a final one would be now
    /// (<see cref="RecognitionResult.IsProbe"/>), for speculation. The utterance may go on afterwards.
    /// </summary>
    void Probe();

    /// <summary>The utterance is over. The final result follows.</summary>
    void Finish();
}

/// <param name="Expectation">What the dialogue expects to hear now.</param>
/// <param name="Language">BCP 47 tag, e.g. "en-US".</param>
public sealed record RecognitionRequest(Expectation Expectation, string Language = "en-US")
{
    /// <summary>Takes events for the call's timeline (a provider failed, what a stage cost); stamped by the session. Any thread, never blocks; null when nobody asks.</summary>
    public Action<TimelineEvent>? Report { get; init; }
}

public enum RecognitionOutcome
{
    Recognized,
    /// <summary>Speech, but nothing that was expected (out of grammar).</summary>
    Rejected,
    /// <summary>No words in it: noise, breath, silence.</summary>
    Empty,
    /// <summary>The engine failed; <see cref="RecognitionResult.Error"/> says why.</summary>
    Failed,
}

/// <summary>Words of an utterance, interim or final.</summary>
public sealed record RecognitionResult
{
    public required bool IsFinal { get; init; }
    public bool IsProbe { get; init; }
    public RecognitionOutcome Outcome { get; init; }
    /// <summary>Lower-case words as spoken ("four two"), without fillers. Personal data.</summary>
    public string Text { get; init; } = "";
    /// <summary>Calibrated probability that <see cref="Text"/> is what was said, 0–1.</summary>
    public double Confidence { get; init; }
    /// <summary>The <see cref="ExpectedAnswer.Tag"/> of the expected answer that it matches, when the engine knows.</summary>
    public string? Tag { get; init; }
    /// <summary>The words are a complete expected answer: the turn may end early.</summary>
    public bool IsCompleteAnswer { get; init; }
    public IReadOnlyList<RecognizedWord> Words { get; init; } = [];
    /// <summary>BCP 47 tag of the language that was spoken, when the engine can tell; else null.</summary>
    public string? Language { get; init; }
    public string? Error { get; init; }
    /// <summary>What kind of failure it was, when a provider behind a network failed: a chain decides by it.</summary>
    public ProviderException? Failure { get; init; }
}

/// <param name="Start">From the beginning of the utterance's first pushed frame.</param>
/// <param name="Confidence">Posterior of the word, 0–1; 1 when the engine has none.</param>
public sealed record RecognizedWord(string Text, TimeSpan Start, TimeSpan End, double Confidence);
