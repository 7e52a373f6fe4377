namespace PhoneAgent.Inference.Models;

public sealed record ModelDownloadOptions
{
    /// <summary>Tries of one model, the first included. A try that got further does not count.</summary>
    public int Attempts { get; init; } = 4;

    /// <summary>Wait before the second try; doubles with each.</summary>
    public TimeSpan FirstWait { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A connection that says nothing for so long is given up.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(30);
}

/// <param name="Received">Bytes that are here, those of an earlier run included.</param>
public readonly record struct ModelProgress(string Name, long Received, long Total);
