using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Inference.Whisper;
using Whisper.net;

namespace PhoneAgent.Inference.WhisperNet;

/// <summary>
/// whisper.cpp through the package Whisper.net. The model is loaded once; each transcription has a state of its own. The
/// package's own language detection is not used: in 1.9.0 it gives native code a buffer that is one number too short.
/// </summary>
public sealed class WhisperNetTranscriber : IWhisperTranscriber
{
    /// <summary>whisper.cpp refuses less than a second.</summary>
    private const int LeastSamples = AudioFormat.SampleRate * 11 / 10;

    /// <summary>The encoder's positions for 30 s, and in a second.</summary>
    private const int FullContext = 1_500;
    private const int ContextPerSecond = 50;

    private readonly WhisperFactory factory;
    private readonly WhisperOptions options;
    private readonly int threads;

    private WhisperNetTranscriber(WhisperFactory factory, GgmlModelFile model, WhisperOptions options)
    {
        this.factory = factory;
        this.options = options;
        Name = Path.GetFileName(model.Path);
        IsMultilingual = model.IsMultilingual;
        threads = options.Threads > 0 ? options.Threads : Math.Max(1, Environment.ProcessorCount / options.Parallel);
    }

    public string Name { get; }

    public bool IsMultilingual { get; }

    /// <param name="withoutWeights">A file for tests, without weights, is taken too.</param>
    /// <exception cref="EngineException">The model is missing or damaged, or the native library cannot be loaded.</exception>
    internal static WhisperNetTranscriber Load(string path, WhisperOptions options, bool withoutWeights = false)
    {
        var model = GgmlModelFile.Inspect(path);
        if (!model.HasWeights && !withoutWeights)
            throw new EngineException($"The Whisper model {path} has no weights: it is a file for tests. Run `phoneagent models pull whisper-base.en`.");
        try
        {
            var factory = WhisperFactory.FromPath(path, new WhisperFactoryOptions { UseGpu = options.Gpu });
            try
            {
                factory.CreateBuilder(); // says when the model was not loaded
            }
            catch
            {
                factory.Dispose();
                throw;
            }
            return new WhisperNetTranscriber(factory, model, options);
        }
        catch (WhisperModelLoadException e)
        {
            throw new EngineException($"whisper.cpp refuses the model {path}: {e.Message} Fetch it again with `phoneagent models pull`.", e);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The package throws whatever its loader meets: FileNotFoundException, PlatformNotSupportedException, TypeInitializationException ...
            throw new EngineException($"The native library of Whisper.net cannot be loaded: {e.Message} Is the package Whisper.net.Runtime for this system part of the build?", e);
        }
    }

    public async ValueTask<Transcript> TranscribeAsync(ReadOnlyMemory<float> samples, TranscriptQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        var detect = query.Languages.Count != 1;
        var transcript = await RunAsync(samples, detect ? null : query.Languages[0], query.Prompt, cancellationToken).ConfigureAwait(false);
        if (!detect || query.Languages.Count == 0 || transcript.Language is null || query.Languages.Contains(transcript.Language))
            return detect ? transcript : transcript with { Language = null };
        // Whisper knows a hundred languages; those that nobody speaks here are mistakes.
        var again = await RunAsync(samples, query.Languages[0], query.Prompt, cancellationToken).ConfigureAwait(false);
        return again with { Language = query.Languages[0] };
    }

    public ValueTask DisposeAsync()
    {
        factory.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<Transcript> RunAsync(ReadOnlyMemory<float> samples, string? language, string prompt, CancellationToken cancellationToken)
    {
        var segments = new List<TranscriptSegment>();
        string? spoken = null;
        try
        {
            var processor = Build(samples.Length, language, prompt);
            await using (processor.ConfigureAwait(false))
            {
                await foreach (var segment in processor.ProcessAsync(AtLeast(samples), cancellationToken).ConfigureAwait(false))
                {
                    segments.Add(Map(segment));
                    spoken ??= segment.Language;
                }
            }
        }
        catch (WhisperProcessingException e)
        {
            cancellationToken.ThrowIfCancellationRequested(); // how it ends where it was told to
            throw new EngineException($"whisper.cpp failed with {Name}: {e.Message}", e);
        }
        catch (WhisperModelLoadException e)
        {
            throw new EngineException($"whisper.cpp cannot use {Name}: {e.Message}", e);
        }
        return new Transcript(segments, spoken);
    }

    private WhisperProcessor Build(int samples, string? language, string prompt)
    {
        var builder = factory.CreateBuilder()
            .WithThreads(threads)
            .WithNoContext()
            .WithTokenTimestamps()
            .WithTemperatureInc(0.4f); // at most two further tries when it is unsure: a caller waits
        builder = language is null ? builder.WithLanguageDetection() : builder.WithLanguage(language);
        if (prompt.Length > 0)
            builder = builder.WithPrompt(prompt);
        if (options.ShortContext)
            builder = builder.WithAudioContextSize(Math.Min(FullContext, samples * ContextPerSecond / AudioFormat.SampleRate / 64 * 64 + 128));
        return builder.Build();
    }

    private static ReadOnlyMemory<float> AtLeast(ReadOnlyMemory<float> samples)
    {
        if (samples.Length >= LeastSamples)
            return samples;
        var padded = new float[LeastSamples];
        samples.CopyTo(padded);
        return padded;
    }

    private static TranscriptSegment Map(SegmentData segment)
    {
        var tokens = segment.Tokens
            .Where(token => token.Text is { Length: > 0 } text && !text.StartsWith("[_", StringComparison.Ordinal) && !text.StartsWith("<|", StringComparison.Ordinal))
            .Select(token => new TranscriptToken(token.Text!, Time(token.Start), Time(token.End), Math.Clamp(token.Probability, 0, 1)))
            .ToList();
        return new TranscriptSegment(TranscriptTokens.Of(segment.Text, tokens, segment.Start, segment.End), segment.NoSpeechProbability);
    }

    /// <summary>Hundredths of a second.</summary>
    private static TimeSpan Time(long centiseconds) => TimeSpan.FromMilliseconds(Math.Max(0, centiseconds) * 10);
}
