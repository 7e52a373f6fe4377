namespace PhoneAgent.Server.Options;

/// <summary>Whether, and by what, the tone of callers' voices is heard.</summary>
public sealed record EmotionOptions
{
    public bool Enabled { get; init; } = true;

    /// <summary>An .onnx file with its description, NAME.json, beside it; absent: the one that comes with the program.</summary>
    public string? Model { get; init; }

    /// <summary>A reading of what was said so far after each so much speech.</summary>
    public TimeSpan InterimEvery { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long words that are ready wait for the tone of the same utterance.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMilliseconds(40);

    /// <summary>Readings at the same time, of all calls; 0: half of the machine's processors.</summary>
    public int AtOnce { get; init; }
}
