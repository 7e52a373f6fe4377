using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Speaking;
using PhoneAgent.Conversation.Transfer;
using PhoneAgent.Server.Options;

namespace PhoneAgent.Server.Handover;

/// <summary>What callers hear who wait, as the configuration wants it; made beside the start. Thread-safe.</summary>
internal sealed partial class HoldSound : IAsyncDisposable
{
    private readonly LoadedConfig _config;
    private readonly ILogger<HoldSound> _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lazy<WaitingSound> _sound;

    /// <param name="engines">Asked for the voice, not here.</param>
    public HoldSound(LoadedConfig config, Lazy<CallEngines> engines, ILogger<HoldSound> logger)
    {
        (_config, _logger) = (config, logger);
        _sound = new Lazy<WaitingSound>(Create);
        Prepared = Task.Run(() => PrepareAsync(engines));
    }

    /// <summary>Ends when nobody waits for music or words any more.</summary>
    internal Task Prepared { get; }

    /// <summary>For one who begins to wait.</summary>
    public IAudioPeer Play() => _sound.Value.Play();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await Prepared.ConfigureAwait(false);
        _stop.Dispose();
    }

    private WaitingSound Create()
    {
        HandoverOptions options = _config.Options.Transfer;
        if (WaitingSound.TryCreate(options.HoldMusic, options.HoldWordsEvery, out WaitingSound? sound, out string? error))
            return sound;
        Log.NoFile(_logger, options.HoldMusic, error);
        WaitingSound.TryCreate("music", options.HoldWordsEvery, out sound, out _);
        return sound!;
    }

    private async Task PrepareAsync(Lazy<CallEngines> engines)
    {
        _sound.Value.Prepare();
        if (_config.Options.Transfer.HoldWords is not { Length: > 0 } words)
            return;
        try
        {
            SpeakerOptions speaker = _config.Options.Session.Speaker;
            var samples = new List<short>();
            var request = new SynthesisRequest(words, speaker.Voice, speaker.Rate, speaker.GainDb) { Language = speaker.Language };
            await foreach (SynthesizedAudio chunk in engines.Value.Synthesizer.SynthesizeAsync(request, _stop.Token).ConfigureAwait(false))
                samples.AddRange(chunk.Samples.Span);
            _sound.Value.Say([.. samples]);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The program ends.
        }
        catch (Exception e)
        {
            Log.NoWords(_logger, e.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "transfer.hold_music: {Path} cannot be played: {Reason}. Callers who wait hear the built-in music.")]
        public static partial void NoFile(ILogger logger, string path, string reason);

        [LoggerMessage(Level = LogLevel.Warning, Message = "transfer.hold_words cannot be said: {Reason}. Callers who wait hear the music alone.")]
        public static partial void NoWords(ILogger logger, string reason);
    }
}
