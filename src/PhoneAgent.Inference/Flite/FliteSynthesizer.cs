using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Speaking;

namespace PhoneAgent.Inference.Flite;

/// <summary>
/// The embedded voices: flite, in this process, streaming. Texts of any kind are accepted; what cannot be spoken (emoji,
/// control characters) is left out. The pause before the first sound is cut to 10 ms. Thread-safe.
/// </summary>
public sealed partial class FliteSynthesizer : ISpeechSynthesizer
{
    /// <summary>100 ms each: far more than the longest text gives at half speed.</summary>
    private const int MaxChunks = 16_384;

    private readonly FliteLibrary flite;
    private readonly FliteOptions options;
    private readonly ILogger logger;
    private readonly SpeechSlots slots;

    /// <exception cref="EngineException">flite or the default voice is not installed.</exception>
    public FliteSynthesizer(FliteOptions options, ILogger<FliteSynthesizer>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        this.options = options;
        this.logger = logger ?? NullLogger<FliteSynthesizer>.Instance;
        var first = Find(options.Voice);
        Voices = [first.ToInfo(), .. FliteVoice.All.Where(v => v != first).Select(v => v.ToInfo())];
        flite = FliteLibrary.Load();
        LoadDefault(first);
        slots = new SpeechSlots(options.MaxConcurrent, MaxChunks);
    }

    public string Name => "flite";

    public IReadOnlyList<VoiceInfo> Voices { get; }

    public async IAsyncEnumerable<SynthesizedAudio> SynthesizeAsync(
        SynthesisRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var voice = Find(request.Voice ?? options.Voice);
        if (request.Text.Length > options.MaxCharacters)
            Log.Truncated(logger, request.Text.Length, options.MaxCharacters);
        await foreach (var chunk in slots.SpeakAsync((output, stop) => ComputeAsync(request, voice, output, stop), cancellationToken).ConfigureAwait(false))
            yield return chunk;
    }

    /// <summary>Stops what is being spoken and waits for it.</summary>
    public ValueTask DisposeAsync() => slots.DisposeAsync();

    private unsafe Task ComputeAsync(SynthesisRequest request, FliteVoice voice, ChannelWriter<SynthesizedAudio> output, CancellationToken stop)
    {
        var text = FliteText.Clean(request.Text, options.MaxCharacters);
        var rate = Math.Clamp(request.Rate, 0.5, 2);
        new FliteRequest(flite, flite.LoadVoice(voice), text, rate, request.GainDb, output, stop).Run();
        return Task.CompletedTask;
    }

    private unsafe void LoadDefault(FliteVoice voice) => flite.LoadVoice(voice);

    private static FliteVoice Find(string id) =>
        FliteVoice.All.FirstOrDefault(v => v.Id == id)
        ?? throw new EngineException($"flite has no voice '{id}': choose one of {string.Join(", ", FliteVoice.All.Select(v => v.Id))}.");

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "A text of {Length} characters is spoken only up to character {Limit}")]
        public static partial void Truncated(ILogger logger, int length, int limit);
    }
}
