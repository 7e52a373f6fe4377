using System.Text.Json;
using PhoneAgent.Conversation;

namespace PhoneAgent.Inference.Piper;

/// <summary>What a voice's NAME.onnx.json says of it.</summary>
internal sealed record PiperVoiceConfig
{
    private const long MaxFileBytes = 4 << 20;

    public required int SampleRate { get; init; }
    public required string EspeakVoice { get; init; }
    public required PiperPhonemeIds Phonemes { get; init; }
    public string Language { get; init; } = "";
    public float NoiseScale { get; init; } = 0.667f;
    public float LengthScale { get; init; } = 1;
    public float NoiseW { get; init; } = 0.8f;
    public int Speakers { get; init; } = 1;
    public int DefaultSpeaker { get; init; }
    public IReadOnlyDictionary<string, int> SpeakerIds { get; init; } = new Dictionary<string, int>();

    /// <exception cref="EngineException">The file is missing, no JSON, or no voice that can be spoken with; names the file and the key.</exception>
    public static PiperVoiceConfig Load(string path)
    {
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists)
                throw new EngineException($"The voice's description {path} is missing: a Piper voice is two files, NAME.onnx and NAME.onnx.json.");
            if (file.Length > MaxFileBytes)
                throw new EngineException($"{path} is larger than {MaxFileBytes} bytes: it is no voice's description.");
            return Parse(File.ReadAllBytes(path), path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"The voice's description {path} cannot be read: {e.Message}", e);
        }
    }

    /// <exception cref="EngineException">As <see cref="Load"/>.</exception>
    public static PiperVoiceConfig Parse(ReadOnlyMemory<byte> json, string source)
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

    private static PiperVoiceConfig Read(JsonPlace root)
    {
        var type = root.Text("phoneme_type") ?? "espeak";
        if (type is not "espeak")
            throw root.Wrong("phoneme_type", $"'{type}' is not supported; only voices whose phonemes come from eSpeak NG are");
        var inference = root.Section("inference");
        var config = new PiperVoiceConfig
        {
            SampleRate = root.Section("audio")?.Number("sample_rate", 8_000, 48_000) ?? throw root.Wrong("audio.sample_rate", "is missing"),
            EspeakVoice = root.Section("espeak")?.Text("voice") ?? throw root.Wrong("espeak.voice", "is missing"),
            Phonemes = PiperPhonemeIds.Read(root),
            Language = root.Section("language")?.Text("code")?.Replace('_', '-') ?? "",
            NoiseScale = inference?.Fraction("noise_scale") ?? 0.667f,
            LengthScale = inference?.Fraction("length_scale") ?? 1,
            NoiseW = inference?.Fraction("noise_w") ?? 0.8f,
            Speakers = root.Number("num_speakers", 1, 10_000) ?? 1,
            DefaultSpeaker = root.Number("default_speaker_id", 0, 9_999) ?? 0,
            SpeakerIds = root.Section("speaker_id_map")?.Numbers(0, 9_999) ?? [],
        };
        if (config.LengthScale <= 0)
            throw root.Wrong("inference.length_scale", "must be above 0");
        return config;
    }
}
