using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Hearing;

namespace PhoneAgent.Inference.Whisper;

/// <summary>
/// Whisper as a streaming recogniser with an open vocabulary: interims by local agreement over a sliding window, probes and
/// finals from what is already known where nothing was spoken since. All calls share the model's few places. Thread-safe.
/// </summary>
public sealed class WhisperRecognizer : ISpeechRecognizer
{
    private readonly WhisperEngine engine;
    private readonly Lazy<Task> warm;

    /// <param name="transcriber">Disposed with the recogniser.</param>
    /// <exception cref="EngineException">The options are wrong.</exception>
    public WhisperRecognizer(IWhisperTranscriber transcriber, WhisperOptions options, ILogger<WhisperRecognizer>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(transcriber);
        ArgumentNullException.ThrowIfNull(options);
        if (options.Problems().ToList() is { Count: > 0 } problems)
            throw new EngineException(string.Join(Environment.NewLine, problems.Select(problem => $"Whisper: {problem}")));
        engine = new WhisperEngine(transcriber, options, logger ?? NullLogger<WhisperRecognizer>.Instance);
        warm = new Lazy<Task>(WarmAsync);
    }

    public string Name => "whisper";

    public bool NeedsExpectation => false;

    /// <summary>Transcriptions that were left out because more important ones waited: interims, probes, finals.</summary>
    public (long Interims, long Probes, long Finals) Dropped =>
        (engine.Pool.Dropped(TranscriptionKind.Interim), engine.Pool.Dropped(TranscriptionKind.Probe), engine.Pool.Dropped(TranscriptionKind.Final));

    /// <summary>The first call also runs the model once, so that the first utterance is as quick as the tenth.</summary>
    public async ValueTask<IReadOnlyList<string>> PrepareAsync(RecognitionRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        await warm.Value.WaitAsync(cancellationToken).ConfigureAwait(false);
        var problems = new List<string>(new AnswerMatcher(request.Expectation).Problems);
        if (!engine.Transcriber.IsMultilingual && WhisperEngine.CodeOf(request.Language) != "en")
            problems.Add($"The model {engine.Transcriber.Name} understands English only, not '{request.Language}': choose one without '.en' in its name.");
        return problems;
    }

    public IRecognitionStream Open(RecognitionRequest request, Action<RecognitionResult> onResult)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(onResult);
        return new WhisperStream(engine, request, onResult);
    }

    /// <summary>Nothing is being transcribed and nothing waits.</summary>
    internal Task IdleAsync() => engine.Pool.IdleAsync();

    /// <summary>Stops what is being transcribed; utterances still open get no result any more.</summary>
    public async ValueTask DisposeAsync()
    {
        await engine.Pool.DisposeAsync().ConfigureAwait(false);
        await engine.Transcriber.DisposeAsync().ConfigureAwait(false);
    }

    private async Task WarmAsync()
    {
        try
        {
            await engine.Transcriber.TranscribeAsync(new float[AudioFormat.SampleRate], new TranscriptQuery(["en"], ""), CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            engine.OnFailure(e); // the first utterance will say so again, to somebody who can act on it
        }
    }
}
