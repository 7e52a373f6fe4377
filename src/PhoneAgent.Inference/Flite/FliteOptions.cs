namespace PhoneAgent.Inference.Flite;

public sealed record FliteOptions
{
    /// <summary>slt, rms, awb or kal16.</summary>
    public string Voice { get; init; } = "slt";

    /// <summary>Longer texts are spoken up to here; keeps memory and time of one request bounded.</summary>
    public int MaxCharacters { get; init; } = 4_000;

    /// <summary>Requests that compute at the same time; the others wait. One is computed about 70 times faster than it is spoken.</summary>
    public int MaxConcurrent { get; init; } = Math.Max(2, Environment.ProcessorCount);
}
