using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Inference.PocketSphinx.Native;

namespace PhoneAgent.Inference.PocketSphinx;

/// <summary>
/// The embedded recogniser: PocketSphinx, in this process, searching a grammar of what the step expects and refusing what
/// is not in it. English only. Thread-safe; each utterance has a decoder of its own out of a pool.
/// </summary>
public sealed partial class PocketSphinxRecognizer : ISpeechRecognizer
{
    private readonly PocketSphinxOptions options;
    private readonly ILogger logger;
    private readonly GrammarCache grammars;
    private readonly DecoderPool pool;

    /// <exception cref="EngineException">The library or the model is not installed.</exception>
    public PocketSphinxRecognizer(PocketSphinxOptions options, ILogger<PocketSphinxRecognizer>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        this.options = options;
        this.logger = logger ?? NullLogger<PocketSphinxRecognizer>.Instance;
        SphinxNative.Load();
        grammars = new GrammarCache(PronouncingDictionary.Load(options.ModelFolder), LetterToSound.TryLoad());
        pool = new DecoderPool(options);
        Warm();
    }

    public string Name => "pocketsphinx";

    public bool NeedsExpectation => true;

    public ValueTask<IReadOnlyList<string>> PrepareAsync(RecognitionRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();
        return new(request.Language.StartsWith("en", StringComparison.OrdinalIgnoreCase)
            ? grammars.Get(request.Expectation).Problems
            : [$"The embedded recogniser understands English only, not '{request.Language}'."]);
    }

    public IRecognitionStream Open(RecognitionRequest request, Action<RecognitionResult> onResult)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(onResult);
        return new PocketSphinxStream(request, onResult, grammars, pool, options, e => Log.Failed(logger, e));
    }

    /// <summary>Utterances still open end without a result of their own making; their decoders are freed as they close.</summary>
    public ValueTask DisposeAsync()
    {
        pool.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Warm()
    {
        var warm = new List<PooledDecoder>();
        for (var i = 0; i < Math.Clamp(options.WarmDecoders, 1, options.MaxDecoders); i++)
            if (pool.TryRent() is { } decoder)
                warm.Add(decoder);
        warm.ForEach(pool.Return);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "PocketSphinx failed in an utterance")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
