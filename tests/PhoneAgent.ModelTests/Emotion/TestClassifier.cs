using PhoneAgent.Audio.Features;
using PhoneAgent.ModelTests.Onnx;

namespace PhoneAgent.ModelTests.Emotion;

/// <summary>Small networks with known weights, and their descriptions, in a folder of their own.</summary>
internal sealed class TestClassifier : IDisposable
{
    /// <summary>Of <see cref="Pitched"/>: log-mel, pitch in Hz, clarity.</summary>
    private const int Values = MelSpectrogram.Bands + 2;

    private readonly string _folder = Directory.CreateTempSubdirectory("phoneagent-emotion-").FullName;

    public string ModelPath => Path.Combine(_folder, "test.onnx");

    public string DescriptionPath => Path.Combine(_folder, "test.json");

    /// <summary>Higher than 90 Hz on average, unvoiced frames counted as 0, is frustrated, lower is calm; a third class is unlikely.</summary>
    public static TestClassifier Pitched(string more = "", string labels = "[\"frustrated\", \"calm\", \"sad\"]") => new(
        MeanOf(Values).Constant("weights", Weights(Values, 3, (MelSpectrogram.Bands, 0, 0.1f)), Values, 3)
            .Node("MatMul", ["mean", "weights"], "product").Constant("bias", [-9f, 0, -5], 3).Node("Add", ["product", "bias"], "logits").ToModel(),
        $$"""
        {"name": "test", "version": "1", "labels": {{labels}},
         "input": {"kind": "log-mel", "channels": ["log_mel", "pitch_hz", "pitch_clarity"], "min_frames": 40, "max_frames": 300}{{more}}
        }
        """);

    /// <summary>Wants the mean square of its samples: 1 after normalisation, far less before.</summary>
    public static TestClassifier Waveform(bool normalize) => new(
        new OnnxWriter().Input("input_values", OnnxWriter.F32, 1, -1).Output("logits", OnnxWriter.F32, 1, 2)
            .Node("Mul", ["input_values", "input_values"], "squares").Mean("squares", "power", 1, stays: true)
            .Constant("weights", [10f, 0], 1, 2).Node("MatMul", ["power", "weights"], "product")
            .Constant("bias", [-8f, 0], 2).Node("Add", ["product", "bias"], "logits").ToModel(),
        $$"""
        {"name": "test-waveform", "labels": ["ang", "neu"], "label_map": {"ang": "frustrated", "neu": "neutral"},
         "input": {"kind": "waveform", "sample_rate": 16000, "normalize": {{(normalize ? "true" : "false")}}, "min_frames": 40, "max_frames": 300}
        }
        """);

    /// <summary>Gives no numbers: the logarithm of −1.</summary>
    public static TestClassifier Broken() => new(
        MeanOf(Values).Constant("weights", new float[Values * 3], Values, 3).Node("MatMul", ["mean", "weights"], "product")
            .Constant("bias", [-1f, -1, -1], 3).Node("Add", ["product", "bias"], "negative").Node("Log", ["negative"], "logits").ToModel(),
        """
        {"name": "broken", "labels": ["frustrated", "calm", "sad"],
         "input": {"kind": "log-mel", "channels": ["log_mel", "pitch_hz", "pitch_clarity"], "min_frames": 40, "max_frames": 300}}
        """);

    private TestClassifier(byte[] model, string description)
    {
        File.WriteAllBytes(ModelPath, model);
        File.WriteAllText(DescriptionPath, description);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static OnnxWriter MeanOf(int values) =>
        new OnnxWriter().Input("features", OnnxWriter.F32, 1, -1, values).Output("logits", OnnxWriter.F32, 1, 3).Mean("features", "mean", 1, stays: false);

    private static float[] Weights(int inputs, int outputs, params (int Input, int Output, float Weight)[] set)
    {
        var weights = new float[inputs * outputs];
        foreach ((int input, int output, float weight) in set)
            weights[input * outputs + output] = weight;
        return weights;
    }
}
