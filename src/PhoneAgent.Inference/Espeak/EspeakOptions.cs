namespace PhoneAgent.Inference.Espeak;

public sealed record EspeakOptions
{
    /// <summary>The program; found on the PATH when it is a bare name.</summary>
    public string Program { get; init; } = "espeak-ng";

    /// <summary>A language of `espeak-ng --voices`, e.g. en-us, de, fr.</summary>
    public string Voice { get; init; } = "en-us";

    /// <summary>Longer texts are spoken up to here.</summary>
    public int MaxCharacters { get; init; } = 4_000;

    /// <summary>Processes at the same time; further requests wait.</summary>
    public int MaxProcesses { get; init; } = Math.Max(2, Environment.ProcessorCount);
}
