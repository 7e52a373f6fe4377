using System.Text.Json;
using PhoneAgent.Audio.Features;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Hearing;

namespace PhoneAgent.Inference.Emotion;

internal enum EmotionInputKind
{
    /// <summary>Frames of features, every 10 ms: [1, frames, values].</summary>
    LogMel,
    /// <summary>Samples of −1 to 1 at 16 kHz: [1, samples].</summary>
    Waveform,
}

/// <summary>What the NAME.json beside a classifier's NAME.onnx says of it; <c>Emotion/README.md</c> lists the keys.</summary>
internal sealed record EmotionDescription
{
    private const long MaxFileBytes = 1 << 20;
    private const int MaxFrames = 6000; // a minute

    public required string Name { get; init; }
    public required EmotionInputKind Kind { get; init; }
    /// <summary>Of <see cref="EmotionInputKind.LogMel"/>: what each frame holds, in order.</summary>
    public required FeatureChannel[] Channels { get; init; }
    /// <summary>Of <see cref="EmotionInputKind.Waveform"/>: samples to mean 0 and variance 1.</summary>
    public bool Normalizes { get; init; }
    /// <summary>Less sound than so many frames of 10 ms is not judged; of more, the last so many are.</summary>
    public required int LeastFrames { get; init; }
    public required int MostFrames { get; init; }
    /// <summary>In the order of the logits, in our words.</summary>
    public required IReadOnlyList<string> Labels { get; init; }
    public float Temperature { get; init; } = 1;
    /// <summary>A label that is less likely than this is not said; the next one is.</summary>
    public IReadOnlyDictionary<string, float> Thresholds { get; init; } = new Dictionary<string, float>();
    public float UnknownBelow { get; init; }
    /// <summary>Languages (BCP 47, without region) that it was made for; empty: it is not said.</summary>
    public IReadOnlyList<string> Languages { get; init; } = [];
    /// <summary>Of the .onnx file, in hex; null: not checked.</summary>
    public string? Sha256 { get; init; }

    public int ValuesPerFrame => Channels.Sum(channel => channel.Width());

    /// <exception cref="EngineException">The file is missing or wrong; names the file, the key and what to do.</exception>
    public static EmotionDescription Load(string path)
    {
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists)
                throw new EngineException($"The classifier's description {path} is missing: an emotion classifier is two files, NAME.onnx and NAME.json.");
            if (file.Length > MaxFileBytes)
                throw new EngineException($"{path} is larger than {MaxFileBytes} bytes: it is no classifier's description.");
            return Parse(File.ReadAllBytes(path), path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"The classifier's description {path} cannot be read: {e.Message}", e);
        }
    }

    /// <exception cref="EngineException">As <see cref="Load"/>.</exception>
    public static EmotionDescription Parse(ReadOnlyMemory<byte> json, string source)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return Read(new JsonPlace(document.RootElement, source, ""));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // the latter for text that is half a surrogate pair
        {
            throw new EngineException($"{source} is no JSON: {e.Message}", e);
        }
    }

    private static EmotionDescription Read(JsonPlace root)
    {
        JsonPlace input = root.Section("input") ?? throw root.Wrong("input", "is missing");
        EmotionInputKind kind = input.Text("kind") switch
        {
            "log-mel" => EmotionInputKind.LogMel,
            "waveform" => EmotionInputKind.Waveform,
            _ => throw input.Wrong("kind", "must be log-mel or waveform"),
        };
        if ((input.Number("sample_rate", 1, 1_000_000) ?? 16_000) != FeatureFrames.SampleRate)
            throw input.Wrong("sample_rate", "must be 16000: a call has no other");
        if ((input.Number("frame_hop_ms", 1, 1000) ?? 10) != (int)FeatureFrames.Hop.TotalMilliseconds)
            throw input.Wrong("frame_hop_ms", "must be 10: features come every 10 ms, and a waveform's bounds are counted so");
        if ((input.Number("bands", 1, 1000) ?? MelSpectrogram.Bands) != MelSpectrogram.Bands)
            throw input.Wrong("bands", $"must be {MelSpectrogram.Bands}, as our log-mel features have them");
        int least = input.Number("min_frames", 1, MaxFrames) ?? throw input.Wrong("min_frames", "is missing");
        return new EmotionDescription
        {
            Name = $"{root.Text("name") ?? throw root.Wrong("name", "is missing")} {root.Text("version")}".TrimEnd(),
            Kind = kind,
            Channels = kind == EmotionInputKind.LogMel ? ReadChannels(input) : [],
            Normalizes = input.Flag("normalize") ?? false,
            LeastFrames = least,
            MostFrames = input.Number("max_frames", least, MaxFrames) ?? throw input.Wrong("max_frames", $"is missing; a whole number from min_frames ({least}) to {MaxFrames}"),
            Labels = ReadLabels(root),
            Temperature = root.Fraction("temperature") is not { } temperature ? 1 : temperature >= 0.01f ? temperature : throw root.Wrong("temperature", "must be 0.01 or more"),
            Thresholds = ReadThresholds(root),
            UnknownBelow = root.Fraction("unknown_below") ?? 0,
            Languages = root.Texts("languages"),
            Sha256 = root.Text("sha256"),
        };
    }

    private static FeatureChannel[] ReadChannels(JsonPlace input)
    {
        string[] names = input.Texts("channels");
        if (names.Length is 0 or > 16)
            throw input.Wrong("channels", $"must name 1 to 16 of {string.Join(", ", FeatureChannels.Names.Keys)}");
        return Array.ConvertAll(names, name => FeatureChannels.Names.TryGetValue(name, out FeatureChannel channel)
            ? channel
            : throw input.Wrong("channels", $"names '{name}', which we do not compute; there are {string.Join(", ", FeatureChannels.Names.Keys)}"));
    }

    private static string[] ReadLabels(JsonPlace root)
    {
        string[] labels = root.Texts("labels");
        if (labels.Length is < 2 or > 64)
            throw root.Wrong("labels", "must name 2 to 64 classes in the order of the logits");
        Dictionary<string, string> map = root.Section("label_map")?.AllTexts() ?? [];
        foreach (string strange in map.Keys.Except(labels))
            throw root.Wrong("label_map", $"names '{strange}', which is none of labels");
        return Array.ConvertAll(labels, label => map.GetValueOrDefault(label, label) is var ours && IsOurs(ours)
            ? ours
            : throw root.Wrong("labels", $"holds '{ours}', which is none of {string.Join(", ", EmotionLabels.Known)}: say in label_map which it is, e.g. {{\"{label}\": \"frustrated\"}}, or \"unknown\""));
    }

    private static Dictionary<string, float> ReadThresholds(JsonPlace root)
    {
        Dictionary<string, float> thresholds = root.Section("thresholds")?.Fractions() ?? [];
        foreach (string strange in thresholds.Keys.Where(label => !EmotionLabels.Known.Contains(label)))
            throw root.Wrong("thresholds", $"names '{strange}', which is none of {string.Join(", ", EmotionLabels.Known)}");
        return thresholds;
    }

    private static bool IsOurs(string label) => label == EmotionLabels.Unknown || EmotionLabels.Known.Contains(label);
}
