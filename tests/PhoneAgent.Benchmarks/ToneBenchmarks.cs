using BenchmarkDotNet.Attributes;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Conversation.Listening;
using PhoneAgent.Inference.Emotion;
using PhoneAgent.Inference.Onnx;
using PhoneAgent.Inference.Silero;
using PhoneAgent.Testing;

namespace PhoneAgent.Benchmarks;

/// <summary>
/// What the tone of one second of a caller's speech costs: its frames, and its two interim readings in the middle of an utterance of
/// four seconds, the longest that is looked at. Beside it voice detection of the same second in the same run.
/// </summary>
[MemoryDiagnoser]
public class ToneBenchmarks : IDisposable
{
    private const int Frame = AudioFormat.FrameSamples;

    private readonly short[] _second = Voice(1);
    private readonly IOnnxRuntime _runtime = OnnxServices.CreateRuntime(new OnnxOptions());
    private EmotionClassifier _classifier = null!;
    private SileroVoiceDetector _detector = null!;
    private IEmotionStream _tone = null!;
    private IVoiceStream _voice = null!;
    private long _position;

    [GlobalSetup]
    public void Prepare()
    {
        _classifier = new EmotionClassifier(_runtime, new EmotionModelOptions { ModelPath = Path.Combine(Root, "models", "emotion", "emotion.onnx") });
        _detector = new SileroVoiceDetector(_runtime, new SileroOptions { ModelPath = SharedData.Require("models/silero/silero_vad.onnx"), Batch = false });
        _voice = _detector.Open(static _ => { });
        _tone = _classifier.Open("en-US");
        Push(Voice(4));
        if (ReadAsync().GetAwaiter().GetResult() is { Reason: not ("no tone is likely enough" or null) and var reason })
            throw new InvalidOperationException($"The voice is not judged: {reason}.");
    }

    [Benchmark(Baseline = true)]
    public void VoiceDetectionOfASecond()
    {
        for (int at = 0; at < _second.Length; at += Frame, _position += Frame)
            _voice.Push(_position, _second.AsSpan(at, Frame));
    }

    /// <summary>On the lane, beside the session loop.</summary>
    [Benchmark]
    public void FramesOfASecond() => Push(_second);

    [Benchmark]
    public Task<EmotionReading?> OneReadingOfFourSeconds() => ReadAsync();

    [Benchmark]
    public async Task<EmotionReading?> EmotionOfASecond()
    {
        Push(_second.AsSpan(0, _second.Length / 2));
        await ReadAsync();
        Push(_second.AsSpan(_second.Length / 2));
        return await ReadAsync();
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _tone.Dispose();
        _voice.Dispose();
        _classifier.Dispose();
        _detector.Dispose();
        _runtime.Dispose();
        GC.SuppressFinalize(this);
    }

    private static string Root
    {
        get
        {
            DirectoryInfo? folder = new(AppContext.BaseDirectory);
            while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "PhoneAgent.sln")))
                folder = folder.Parent;
            return folder?.FullName ?? throw new DirectoryNotFoundException("PhoneAgent.sln is not above the program's folder.");
        }
    }

    private Task<EmotionReading?> ReadAsync() => _tone.InterimAsync(CancellationToken.None).AsTask();

    private void Push(ReadOnlySpan<short> audio)
    {
        for (int at = 0; at + Frame <= audio.Length; at += Frame)
            _tone.Push(audio.Slice(at, Frame));
    }

    /// <summary>Syllables with a melody.</summary>
    private static short[] Voice(int seconds)
    {
        var voice = new short[seconds * AudioFormat.SampleRate];
        double phase = 0, first = 0, second = 0;
        for (int i = 0; i < voice.Length; i++)
        {
            double at = i / (double)AudioFormat.SampleRate;
            phase += 150 * (1 + 0.15 * Math.Sin(2 * Math.PI * 1.3 * at)) / AudioFormat.SampleRate;
            double y = (phase >= 1 ? 4000 : 0) + 1.85 * first - 0.93 * second;
            phase %= 1;
            (second, first) = (first, y);
            voice[i] = (short)Math.Clamp(y * (at % 0.25 < 0.19 ? 1 : 0.01), short.MinValue, short.MaxValue);
        }
        return voice;
    }
}
