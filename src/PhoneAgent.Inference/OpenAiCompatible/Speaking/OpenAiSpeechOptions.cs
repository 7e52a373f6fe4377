namespace PhoneAgent.Inference.OpenAiCompatible.Speaking;

public enum SpeechFormat
{
    /// <summary>Bare 16-bit samples: nothing to wait for.</summary>
    Pcm,
    /// <summary>For servers that know no <c>pcm</c>.</summary>
    Wav,
}

/// <summary>A voice on an OpenAI-compatible server.</summary>
/// <param name="Model">As the server calls it.</param>
/// <param name="Voice">The voice when none is asked for.</param>
public sealed record OpenAiSpeechOptions(OpenAiServer Server, string Model, string Voice)
{
    /// <summary>Other voices that may be asked for. Empty: any, and the server decides.</summary>
    public IReadOnlyList<string> Voices { get; init; } = [];

    /// <summary>BCP 47 tag of what the voices speak.</summary>
    public string Language { get; init; } = "en-US";

    public SpeechFormat Format { get; init; } = SpeechFormat.Pcm;

    /// <summary>In Hz, of bare samples; a WAV stream says it itself.</summary>
    public int SampleRate { get; init; } = 24_000;

    /// <summary>How the voice is to speak, for models that take instructions.</summary>
    public string? Instructions { get; init; }

    /// <summary>A style asked for becomes an instruction. Null: for OpenAI's gpt-4o family.</summary>
    public bool? TakesStyle { get; init; }

    /// <summary>More fields of every request, each value JSON or plain text.</summary>
    public IReadOnlyDictionary<string, string> Body { get; init; } = new Dictionary<string, string>();

    /// <summary>Longer texts are spoken up to here; OpenAI refuses more than 4,096.</summary>
    public int MaxCharacters { get; init; } = 4_000;
}
