using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using PhoneAgent.Audio.Features;
using PhoneAgent.Inference.Onnx;
using PhoneAgent.Testing.Contracts;
using Xunit;

namespace PhoneAgent.ModelTests.Emotion;

/// <summary>The weights of <c>models/emotion</c> fit their description, and give here what they gave where they were trained.</summary>
[RequiresOnnxLibrary]
public sealed class ShippedEmotionModelTests
{
    private const int Channels = MelSpectrogram.Bands + 2;

    private static readonly string Folder = Path.Combine(Repository.Root, "models", "emotion");
    internal static readonly string ModelPath = Path.Combine(Folder, "emotion.onnx");

    private static readonly JsonElement Description = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "emotion.json"))).RootElement;

    [ContractFact]
    public void TheDescriptionIsOfTheseWeights()
    {
        byte[] weights = File.ReadAllBytes(ModelPath);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(weights)), Description.GetProperty("sha256").GetString());
        // They are in the repository, thus in every clone.
        Assert.InRange(weights.Length, 1, 1_500_000);
    }

    [ContractFact]
    public void TheDescriptionIsOfOurFeatures()
    {
        JsonElement input = Description.GetProperty("input");
        Assert.Equal("log-mel", input.GetProperty("kind").GetString());
        Assert.Equal(FeatureFrames.SampleRate, input.GetProperty("sample_rate").GetInt32());
        Assert.Equal(MelSpectrogram.Bands, input.GetProperty("bands").GetInt32());
        Assert.Equal(FeatureFrames.Hop.TotalMilliseconds, input.GetProperty("frame_hop_ms").GetDouble());
        Assert.Equal(["log_mel", "pitch_hz", "pitch_clarity"], input.GetProperty("channels").EnumerateArray().Select(c => c.GetString()));
        Assert.InRange(Description.GetProperty("thresholds").GetProperty("frustrated").GetDouble(), 0.2, 1);
        Assert.InRange(Description.GetProperty("temperature").GetDouble(), 0.2, 5);
    }

    [ContractFact]
    public void EachLabelHasALogit()
    {
        using IOnnxRuntime runtime = OnnxServices.CreateRuntime(new OnnxOptions());
        using IOnnxModel model = runtime.Load(ModelPath);
        Assert.Equal($"features: F32[1×?×{Channels}]", Assert.Single(model.Inputs).ToString());
        Assert.Equal("logits", Assert.Single(model.Outputs).Name);
        JsonElement input = Description.GetProperty("input");
        foreach (string bound in (string[])["min_frames", "max_frames"])
            Assert.Equal(Description.GetProperty("labels").GetArrayLength(), Run(model, Features(input.GetProperty(bound).GetInt32(), 3)).Length);
    }

    [ContractFact]
    public void LogitsAreThoseOfTheTraining()
    {
        using IOnnxRuntime runtime = OnnxServices.CreateRuntime(new OnnxOptions());
        using IOnnxModel model = runtime.Load(ModelPath);
        foreach (string line in File.ReadLines(Path.Combine(Repository.Root, "tests", "PhoneAgent.ModelTests", "Emotion", "logits.csv")))
        {
            double[] row = [.. line.Split(',').Select(value => double.Parse(value, CultureInfo.InvariantCulture))];
            float[] logits = Run(model, Features(frames: (int)row[1], seed: (int)row[0]));
            Assert.Equal(row.Length - 2, logits.Length);
            for (int i = 0; i < logits.Length; i++)
                Assert.Equal(row[i + 2], logits[i], 1e-3);
        }
    }

    [ContractFact]
    public void SilenceAndExtremesGiveNumbers()
    {
        using IOnnxRuntime runtime = OnnxServices.CreateRuntime(new OnnxOptions());
        using IOnnxModel model = runtime.Load(ModelPath);
        foreach (float level in (float[])[-23.02585f, 0, 10])
        {
            var features = new float[100 * Channels];
            for (int i = 0; i < features.Length; i++)
                features[i] = i % Channels < MelSpectrogram.Bands ? level : 0;
            Assert.All(Run(model, features), logit => Assert.True(float.IsFinite(logit), $"{logit} at level {level}"));
        }
    }

    private static float[] Run(IOnnxModel model, float[] features) =>
        model.Run("logits", [OnnxInput.Of("features", features, 1, features.Length / Channels, Channels)], CancellationToken.None);

    /// <summary>As <c>synthetic</c> of <c>tools/train-emotion/export.py</c> makes them.</summary>
    private static float[] Features(int frames, int seed)
    {
        var features = new float[frames * Channels];
        for (int i = 0; i < features.Length; i++)
        {
            double value = ((long)i * 7919 + (long)seed * 104729) % 1009 / 1009.0;
            features[i] = (i % Channels) switch
            {
                < MelSpectrogram.Bands => (float)(value * 12 - 14),
                MelSpectrogram.Bands => (i / Channels / 20 + seed) % 2 == 0 ? (float)(90 + 200 * value) : 0,
                _ => (float)value,
            };
        }
        return features;
    }
}
