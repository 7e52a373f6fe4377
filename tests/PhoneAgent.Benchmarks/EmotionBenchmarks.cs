using BenchmarkDotNet.Attributes;
using PhoneAgent.Audio.Features;
using PhoneAgent.Inference.Onnx;

namespace PhoneAgent.Benchmarks;

/// <summary>
/// What one reading of the tone of voice costs: a run of the shipped classifier over the features of so many seconds. The features
/// themselves are <see cref="AudioBenchmarks.FeaturesOfASecond"/>.
/// </summary>
[MemoryDiagnoser]
public class EmotionBenchmarks
{
    private const int Channels = MelSpectrogram.Bands + 2;

    private IOnnxRuntime? _runtime;
    private IOnnxModel? _model;
    private IOnnxBinding? _binding;

    [Params(1, 2, 5)]
    public int Seconds { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        DirectoryInfo? root = new(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "PhoneAgent.sln")))
            root = root.Parent;
        _runtime = OnnxServices.CreateRuntime(new OnnxOptions());
        _model = _runtime.Load(Path.Combine(root?.FullName ?? ".", "models", "emotion", "emotion.onnx"));
        int frames = (int)(TimeSpan.FromSeconds(Seconds) / FeatureFrames.Hop);
        _binding = _model.Bind(new OnnxShape("features", 1, frames, Channels), new OnnxShape("logits", 1, 5));
        var random = new Random(1);
        foreach (ref float value in _binding.Tensor<float>("features").Values)
            value = random.NextSingle() * 12 - 14;
    }

    [Benchmark]
    public void EmotionOf() => _binding!.Run();

    [GlobalCleanup]
    public void CleanUp()
    {
        _binding?.Dispose();
        _model?.Dispose();
        _runtime?.Dispose();
    }
}
