namespace PhoneAgent.Audio;

/// <summary>
/// Music for somebody who waits, composed and played by this file: a soft broken chord over a pad, eight bars that run into
/// their own beginning. Made for a telephone: nothing below 250 Hz or above 3.2 kHz matters in it, no drums, nothing that
/// resembles a voice. The same samples each time; nobody's rights but ours.
/// </summary>
public static class HoldMusic
{
    private const double BeatSeconds = 0.375;
    private const int BeatsPerBar = 8;
    private const double HighestHz = 3_200;

    /// <summary>MIDI notes of the pad, the lowest first: Cmaj7, Am7, Fmaj7, G6, Em7, Am7, Dm7, Gsus4.</summary>
    private static readonly int[][] Chords =
    [
        [60, 64, 67, 71], [60, 64, 67, 69], [60, 65, 69, 72], [62, 64, 67, 71],
        [62, 64, 67, 71], [60, 64, 67, 69], [60, 62, 65, 69], [60, 62, 67, 71],
    ];

    /// <summary>Which note of the chord each beat plucks, an octave up from 4 on; −1 rests.</summary>
    private static readonly int[][] Figures =
    [
        [0, 2, 4, 5, 6, 5, 4, 2], [0, 2, 4, 7, 6, -1, 4, 2], [1, 2, 4, 5, 6, 5, 4, -1], [0, 2, 5, 4, 6, 4, 2, -1],
    ];

    /// <param name="sampleRate">In Hz.</param>
    /// <param name="levelDb">RMS of the whole, dBFS.</param>
    /// <returns>24 seconds that can be played in a loop.</returns>
    public static short[] Render(int sampleRate, double levelDb)
    {
        int beat = (int)(BeatSeconds * sampleRate);
        var mix = new double[Chords.Length * BeatsPerBar * beat];
        for (int bar = 0; bar < Chords.Length; bar++)
        {
            int at = bar * BeatsPerBar * beat;
            foreach (int note in Chords[bar])
                AddPad(mix, at, BeatsPerBar * beat, sampleRate, Hertz(note));
            int[] figure = Figures[bar % Figures.Length];
            for (int i = 0; i < figure.Length; i++)
                if (figure[i] >= 0)
                    AddPluck(mix, at + i * beat, sampleRate, Hertz(Chords[bar][figure[i] % 4] + 12 * (figure[i] / 4)), i == 0 ? 1 : 0.7);
        }
        double power = mix.Sum(sample => sample * sample) / mix.Length;
        double gain = 32768 * Math.Pow(10, levelDb / 20) / Math.Sqrt(power);
        return Array.ConvertAll(mix, sample => (short)Math.Clamp(Math.Round(sample * gain), short.MinValue, short.MaxValue));
    }

    /// <summary>A soft string: each partial dies away, the higher the faster.</summary>
    private static void AddPluck(double[] mix, int at, int sampleRate, double hz, double strength)
    {
        for (int partial = 1; partial <= 3 && hz * partial < HighestHz; partial++)
        {
            double decay = Math.Exp(-partial * 2.2 / sampleRate);
            Add(mix, at, (int)(1.8 * sampleRate), sampleRate, hz * partial, strength / (partial * partial), decay, 0.006, 0.2);
        }
    }

    /// <summary>Two sines a shade apart, swelling in and dying into the next bar.</summary>
    private static void AddPad(double[] mix, int at, int length, int sampleRate, double hz)
    {
        foreach (double detune in (ReadOnlySpan<double>)[0.9985, 1.0015])
            Add(mix, at, length + sampleRate / 2, sampleRate, hz * detune, 0.14, 1, 0.6, 0.6);
    }

    /// <summary>A sine with soft edges. What lies behind the end sounds at the beginning: that is what makes the loop seamless.</summary>
    private static void Add(double[] mix, int at, int length, int sampleRate, double hz, double amplitude, double decay, double attackSeconds, double releaseSeconds)
    {
        double step = 2 * Math.PI * hz / sampleRate;
        double twoCos = 2 * Math.Cos(step), previous = -Math.Sin(step), now = 0;
        int attack = (int)(attackSeconds * sampleRate), release = (int)(releaseSeconds * sampleRate);
        int place = at % mix.Length;
        for (int i = 0; i < length; i++)
        {
            double edge = Math.Min(1, Math.Min(i / (double)attack, (length - i) / (double)release));
            mix[place] += now * amplitude * edge;
            (previous, now) = (now, twoCos * now - previous);
            amplitude *= decay;
            place = place + 1 == mix.Length ? 0 : place + 1;
        }
    }

    private static double Hertz(int note) => 440 * Math.Pow(2, (note - 69) / 12.0);
}
