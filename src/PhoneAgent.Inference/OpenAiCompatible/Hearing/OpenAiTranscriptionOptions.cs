namespace PhoneAgent.Inference.OpenAiCompatible.Hearing;

public enum TranscriptFormat
{
    /// <summary>With the model's own doubts: Whisper on any server.</summary>
    VerboseJson,
    /// <summary>Text only; models that are not Whisper.</summary>
    Json,
}

/// <summary>A recogniser on an OpenAI-compatible server.</summary>
/// <param name="Model">As the server calls it.</param>
public sealed record OpenAiTranscriptionOptions(OpenAiServer Server, string Model)
{
    /// <summary>Below the server's root. whisper.cpp's own server has <c>inference</c>.</summary>
    public string Path { get; init; } = "audio/transcriptions";

    /// <summary>Null: plain JSON for OpenAI's gpt-4o family, which has no other, and verbose JSON for all else.</summary>
    public TranscriptFormat? Format { get; init; }

    /// <summary>Asks the server to send the text while it is made.</summary>
    public bool Streams { get; init; }

    /// <summary>
    /// While the caller speaks, what he said so far is sent so often; less often when the server is slow. Zero: only at pauses,
    /// for a server that costs money or can do but one thing at a time.
    /// </summary>
    public TimeSpan InterimEvery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>What is expected goes along as a prompt. Off for models that take it for an order.</summary>
    public bool SendsPrompt { get; init; } = true;

    /// <summary>Lets the server find out the language instead of telling it.</summary>
    public bool DetectsLanguage { get; init; }

    /// <summary>0–1; for results of a server that tells no doubts.</summary>
    public double UsualConfidence { get; init; } = 0.8;

    /// <summary>Words that are less sure are refused, 0–1.</summary>
    public double RejectBelow { get; init; } = 0.3;

    /// <summary>What is said beyond is not heard.</summary>
    public TimeSpan MaxUtterance { get; init; } = TimeSpan.FromSeconds(60);

    internal bool IsGpt => Model.StartsWith("gpt-", StringComparison.OrdinalIgnoreCase);

    internal TranscriptFormat UsedFormat => Format ?? (IsGpt ? TranscriptFormat.Json : TranscriptFormat.VerboseJson);
}
