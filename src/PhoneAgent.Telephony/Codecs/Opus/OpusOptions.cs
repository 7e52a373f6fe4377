namespace PhoneAgent.Telephony.Codecs.Opus;

public enum OpusLibraryName
{
    /// <summary>The first of the others that is here.</summary>
    Auto,
    /// <summary>The package: the same everywhere, but some 80 kB of garbage a packet.</summary>
    Concentus,
    /// <summary>The system's library: no garbage, less CPU.</summary>
    Libopus,
}

/// <summary>How Opus is spoken. Validated at start.</summary>
public sealed record OpusOptions
{
    public const int MinBitRate = 6000;
    public const int MaxBitRate = 64_000;
    public const int MaxExpectedLoss = 50;

    /// <summary>Who does the arithmetic.</summary>
    public OpusLibraryName Library { get; init; }

    /// <summary>16000: wideband, what recognisers and voices work at; 8000: telephone band for less bandwidth and CPU.</summary>
    public int SampleRate { get; init; } = 16000;

    /// <summary>Bits per second that we send at most.</summary>
    public int BitRate { get; init; } = 24_000;

    /// <summary>Ask for, and send to whoever asks, each packet once more in the next one.</summary>
    public bool Fec { get; init; } = true;

    /// <summary>Ask for pauses not to be sent, and do not send them to whoever asks.</summary>
    public bool Dtx { get; init; }

    /// <summary>Per cent of lost packets to be ready for when sending FEC, at least: what the peer reports raises it.</summary>
    public int ExpectedLoss { get; init; } = 10;

    /// <summary>0–10. Above 5 telephone speech gains little.</summary>
    public int Complexity { get; init; } = 5;

    /// <summary>All that is wrong, each with its key; empty when all is well.</summary>
    public IReadOnlyList<string> Validate()
    {
        var problems = new List<string>();
        if (SampleRate is not (8000 or 16000))
            problems.Add($"opus.sample_rate: {SampleRate} is not one of 8000, 16000.");
        if (BitRate is < MinBitRate or > MaxBitRate)
            problems.Add($"opus.bit_rate: {BitRate} is not from {MinBitRate} to {MaxBitRate}.");
        if (ExpectedLoss is < 0 or > MaxExpectedLoss)
            problems.Add($"opus.expected_loss: {ExpectedLoss} is not from 0 to {MaxExpectedLoss} (per cent).");
        if (Complexity is < 0 or > 10)
            problems.Add($"opus.complexity: {Complexity} is not from 0 to 10.");
        return problems;
    }
}
