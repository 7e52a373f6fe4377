using PhoneAgent.Audio;

namespace PhoneAgent.EvalAmd;

/// <summary>What is heard of one call from the answer on, piece by piece; then a level, noise and G.711.</summary>
internal sealed class Line
{
    private const int Rate = 16_000;
    private readonly List<short> _samples = [];

    public TimeSpan Now => TimeSpan.FromSeconds(_samples.Count / (double)Rate);

    public Line Silence(double seconds)
    {
        _samples.AddRange(new short[(int)(seconds * Rate)]);
        return this;
    }

    public Line Voice(short[] speech, double levelDb = -22)
    {
        float gain = Level.FromDb((float)levelDb) / Math.Max(1, Level.Rms(speech));
        _samples.AddRange(speech.Select(sample => (short)Math.Clamp(sample * gain, -32_000, 32_000)));
        return this;
    }

    public Line Tone(double seconds, double hz, double hz2 = 0, double levelDb = -18)
    {
        var tone = new ToneGenerator(Rate);
        if (hz2 == 0)
            tone.Start((float)hz, (float)levelDb, TimeSpan.FromSeconds(seconds));
        else
            tone.Start((float)hz, (float)levelDb - 6, (float)hz2, (float)levelDb - 6, TimeSpan.FromSeconds(seconds));
        var samples = new short[(int)(seconds * Rate)];
        tone.Fill(samples);
        _samples.AddRange(samples);
        return this;
    }

    /// <summary>Through the telephone: a gain of −12 to +6 dB, noise behind it in every second call, G.711.</summary>
    public short[] ToCall(Random random, Func<Random, short[]> noise)
    {
        short[] wide = [.. _samples];
        if (random.Next(2) == 0)
        {
            short[] behind = noise(random);
            float gain = Level.FromDb(-22 - 12 - random.Next(18)) / Math.Max(1, Level.Rms(behind));
            int at = random.Next(behind.Length);
            for (int i = 0; i < wide.Length; i++, at++)
                wide[i] = (short)Math.Clamp(wide[i] + behind[at % behind.Length] * gain, short.MinValue, short.MaxValue);
        }
        float level = MathF.Pow(10, (float)(random.NextDouble() * 18 - 12) / 20);
        short[] narrow = Resampler.Convert([.. wide.Select(sample => (short)Math.Clamp(sample * level, short.MinValue, short.MaxValue))], Rate, 8_000);
        var wire = new byte[narrow.Length];
        if (random.Next(2) == 0)
        {
            G711.ALawEncode(narrow, wire);
            G711.ALawDecode(wire, narrow);
        }
        else
        {
            G711.MuLawEncode(narrow, wire);
            G711.MuLawDecode(wire, narrow);
        }
        return Resampler.Convert(narrow, 8_000, Rate);
    }
}
