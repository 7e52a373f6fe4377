namespace PhoneAgent.TrainEmotion;

/// <summary>What happens to a voice between mouth and agent. Drawn at random for training, fixed for evaluation.</summary>
internal sealed record LineConditions
{
    /// <summary>1 leaves the voice; 1.1 is 10 % higher, formants too.</summary>
    public double Pitch { get; init; } = 1;

    /// <summary>1 leaves the pace; 1.1 is 10 % quicker.</summary>
    public double Tempo { get; init; } = 1;

    /// <summary>Of the line before and after the speech, as a voice detector leaves it.</summary>
    public double LeadSeconds { get; init; } = 0.1;

    /// <inheritdoc cref="LeadSeconds"/>
    public double TrailSeconds { get; init; } = 0.2;

    /// <summary>Impulse response of a room at 8 kHz, or null.</summary>
    public short[]? Room { get; init; }

    /// <summary>First-order tilt of the handset's response, −0.5 (dull) to 0.5 (shrill).</summary>
    public double Tilt { get; init; }

    /// <summary>Edges of the telephone's band; 0 and 4000 for none.</summary>
    public double LowestHz { get; init; } = 300;

    /// <inheritdoc cref="LowestHz"/>
    public double HighestHz { get; init; } = 3400;

    /// <summary>RMS of the speech in dBFS.</summary>
    public double LevelDb { get; init; } = -23;

    /// <summary>Gain before the microphone's limit, taken off behind it; 0 clips nothing that has not been clipped.</summary>
    public double OverdriveDb { get; init; }

    /// <summary>At 8 kHz, or null.</summary>
    public short[]? Noise { get; init; }

    public double NoiseDb { get; init; } = double.NegativeInfinity;

    /// <summary>RMS of white noise that every line has.</summary>
    public double HissDb { get; init; } = -75;

    public bool ALaw { get; init; }

    /// <summary>Share of lost packets of 20 ms, 0 to 1, and the chance that the one behind a lost one is lost as well.</summary>
    public double Loss { get; init; }

    /// <inheritdoc cref="Loss"/>
    public double LossGoesOn { get; init; }

    /// <summary>Draws the conditions of a call. Ranges after ITU-T G.712 (band), P.56 (level) and what mobile networks lose.</summary>
    public static LineConditions Draw(Random random, List<short[]> noises, List<short[]> rooms)
    {
        double level = Between(random, -36, -14);
        return new LineConditions
        {
            Pitch = Math.Pow(2, Between(random, -2, 2) / 12),
            Tempo = Between(random, 0.88, 1.14),
            LeadSeconds = Between(random, 0, 0.3),
            TrailSeconds = Between(random, 0, 0.5),
            Room = Chance(random, 0.15) ? rooms[random.Next(rooms.Count)] : null,
            Tilt = Chance(random, 0.5) ? Between(random, -0.5, 0.5) : 0,
            LowestHz = Chance(random, 0.2) ? 0 : Between(random, 150, 400),
            HighestHz = Chance(random, 0.2) ? 4000 : Between(random, 3000, 3700),
            LevelDb = level,
            OverdriveDb = Chance(random, 0.12) ? Between(random, 6, 15) : 0,
            Noise = Chance(random, 0.7) ? noises[random.Next(noises.Count)] : null,
            NoiseDb = level - Between(random, 5, 35),
            HissDb = Between(random, -80, -50),
            ALaw = Chance(random, 0.5),
            Loss = Chance(random, 0.3) ? Between(random, 0.01, 0.08) : 0,
            LossGoesOn = Between(random, 0, 0.5),
        };
    }

    private static bool Chance(Random random, double share) => random.NextDouble() < share;

    private static double Between(Random random, double least, double most) => least + random.NextDouble() * (most - least);
}
