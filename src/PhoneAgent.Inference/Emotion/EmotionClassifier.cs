using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using PhoneAgent.Audio.Features;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Inference.Onnx;

namespace PhoneAgent.Inference.Emotion;

/// <summary>
/// A network that hears emotion: ours over log-mel frames and pitch, or one over samples such as a wav2vec2. Loaded once for
/// all calls; so many runs at the same time as it has places. When a run fails, the reading is "unknown", and the first
/// failure is logged.
/// </summary>
public sealed partial class EmotionClassifier : IEmotionClassifier
{
    private readonly IOnnxModel _model;
    private readonly string _input;
    private readonly string _output;
    private readonly SemaphoreSlim _places;
    // Of utterances that are over: their buffers serve the next ones.
    private readonly ConcurrentBag<UtteranceTone> _spare = [];
    private readonly ILogger _logger;
    private volatile bool _failed;

    /// <summary>Also tries the network, so that the first caller waits for nothing.</summary>
    /// <exception cref="EngineException">The network or its description is missing or wrong, or they do not fit each other; says what to do.</exception>
    public EmotionClassifier(IOnnxRuntime runtime, EmotionModelOptions options, ILogger<EmotionClassifier>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(runtime);
        ArgumentNullException.ThrowIfNull(options);
        _logger = logger ?? NullLogger<EmotionClassifier>.Instance;
        Description = EmotionDescription.Load(Path.ChangeExtension(options.ModelPath, ".json"));
        CheckHash(options.ModelPath, Description.Sha256);
        _model = runtime.Load(options.ModelPath);
        try
        {
            (_input, _output) = EmotionShapes.Find(_model);
            foreach (int frames in new[] { Description.LeastFrames, Description.MostFrames }.Distinct())
                EmotionShapes.Try(frames, () => Run(new float[frames * RowLength], frames), _model.Path, Description);
        }
        catch
        {
            _model.Dispose();
            throw;
        }
        _places = new SemaphoreSlim(options.Places, options.Places);
    }

    public string Name => Description.Name;

    internal EmotionDescription Description { get; }

    private int RowLength => Description.Kind == EmotionInputKind.LogMel ? Description.ValuesPerFrame : FeatureFrames.HopSamples;

    public IEmotionStream Open(string language) =>
        new Stream(this, _spare.TryTake(out UtteranceTone? spare) ? spare : new UtteranceTone(Description), Speaks(language));

    /// <summary>Streams must be disposed before.</summary>
    public void Dispose()
    {
        _places.Dispose();
        _model.Dispose();
    }

    private bool Speaks(string language) =>
        Description.Languages.Count == 0 || Description.Languages.Contains(language.Split('-')[0], StringComparer.OrdinalIgnoreCase);

    private EmotionReading Read(UtteranceTone tone)
    {
        try
        {
            using IOnnxBinding binding = Bind(tone.Kept);
            tone.CopyTo(binding.Tensor<float>(_input).Values);
            binding.Run();
            _failed = false;
            return EmotionScores.Read(binding.Tensor<float>(_output).Values, Description);
        }
        catch (EngineException e)
        {
            if (!_failed)
                Log.RunFailed(_logger, e);
            _failed = true;
            return EmotionReading.Unknown("the classifier failed");
        }
    }

    private float[] Run(float[] values, int frames)
    {
        using IOnnxBinding binding = Bind(frames);
        values.CopyTo(binding.Tensor<float>(_input).Values);
        binding.Run();
        return binding.Tensor<float>(_output).Values.ToArray();
    }

    private IOnnxBinding Bind(int frames) => _model.Bind(
        Description.Kind == EmotionInputKind.LogMel ? new OnnxShape(_input, 1, frames, RowLength) : new OnnxShape(_input, 1, frames * RowLength),
        new OnnxShape(_output, 1, Description.Labels.Count));

    private static void CheckHash(string path, string? expected)
    {
        if (expected is null || !File.Exists(path))
            return; // that it is missing says the runtime
        string found;
        try
        {
            using FileStream file = File.OpenRead(path);
            found = Convert.ToHexStringLower(SHA256.HashData(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"The classifier {path} cannot be read: {e.Message}", e);
        }
        if (!found.Equals(expected, StringComparison.OrdinalIgnoreCase))
            throw new EngineException($"{path} is not the file that its description is of (sha256 {found}, not {expected}): take both files of the same version.");
    }

    private sealed class Stream(EmotionClassifier owner, UtteranceTone tone, bool isOurLanguage) : IEmotionStream
    {
        private UtteranceTone? _tone = tone;

        public void Push(ReadOnlySpan<short> frame) => _tone?.Push(frame);

        public ValueTask<EmotionReading?> InterimAsync(CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Refuse() is { } unknown)
                return new(unknown);
            return owner._places.Wait(0, CancellationToken.None) ? new(ReadAndRelease()) : default;
        }

        public async ValueTask<EmotionReading> FinishAsync(CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Refuse() is { } unknown)
                return unknown;
            await owner._places.WaitAsync(cancellationToken).ConfigureAwait(false);
            return ReadAndRelease();
        }

        public void Dispose()
        {
            if (_tone is not { } spare)
                return;
            _tone = null;
            spare.Reset();
            owner._spare.Add(spare);
        }

        private EmotionReading? Refuse()
        {
            if (_tone is null)
                return EmotionReading.Unknown("the utterance is over");
            if (!isOurLanguage)
                return EmotionReading.Unknown("another language");
            return VoiceGate.Refuse(_tone.Frames, owner.Description.LeastFrames, _tone.Signs) is { } reason ? EmotionReading.Unknown(reason) : null;
        }

        private EmotionReading ReadAndRelease()
        {
            try
            {
                return owner.Read(_tone!);
            }
            finally
            {
                owner._places.Release();
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "The emotion classifier failed; callers are judged by words and behaviour until it works again")]
        public static partial void RunFailed(ILogger logger, Exception exception);
    }
}
