namespace PhoneAgent.Audio;

/// <summary>Which digit a window of samples holds. Immutable tables, one set a sample rate.</summary>
internal sealed class DtmfAnalysis
{
    private const double WindowSeconds = 0.016;
    // About −33 dBm0 for both tones together.
    private const float MinRms = 330;
    private const float MinFirstFraction = 0.5f;
    // Tones tuned in: what remains is noise (10 dB below) or speech.
    private const float MinFraction = 0.82f;
    private const float MinOverOtherTones = 4;
    // Q.24: the high tone may be 4 dB above or 8 dB below the low one; networks add a little.
    private const float MaxHighOverLow = 4;
    private const float MaxLowOverHigh = 8;
    private const float MaxHarmonic = 0.08f;
    // Receivers must accept ±1.5 %: the energy is taken where the tone really is.
    private const double Tuning = 0.012;
    // … and reject ±3.5 %: a tone that is stronger there is another sound.
    private const double Guard = 0.035;

    private static readonly DtmfAnalysis At8 = new(8000);
    private static readonly DtmfAnalysis At16 = new(16000);

    private readonly Tone[] _low;
    private readonly Tone[] _high;

    private DtmfAnalysis(int sampleRate)
    {
        WindowSamples = (int)(WindowSeconds * sampleRate);
        _low = MakeTones(Dtmf.LowHz, sampleRate);
        _high = MakeTones(Dtmf.HighHz, sampleRate);
    }

    public int WindowSamples { get; }

    public static DtmfAnalysis For(int sampleRate) => sampleRate switch
    {
        8000 => At8,
        16000 => At16,
        _ => throw new ArgumentOutOfRangeException(nameof(sampleRate), sampleRate, "DTMF is looked for at 8000 or 16000 Hz."),
    };

    public char? Classify(ReadOnlySpan<float> window)
    {
        float energy = VectorMath.Dot(window, window);
        if (energy < MinRms * MinRms * window.Length)
            return null;
        int row = Strongest(_low, window, out float low);
        int column = Strongest(_high, window, out float high);
        if (row < 0 || column < 0 || low + high < MinFirstFraction * energy)
            return null;

        float tunedLow = _low[row].Tuned(window, low);
        float tunedHigh = _high[column].Tuned(window, high);
        bool isPure = tunedLow + tunedHigh >= MinFraction * energy;
        bool isBalanced = tunedHigh <= tunedLow * MaxHighOverLow && tunedLow <= tunedHigh * MaxLowOverHigh;
        if (!isPure || !isBalanced)
            return null;
        // Twice the low tone lies among the high ones, so only the high tone's harmonic tells anything.
        bool isOther = _low[row].Beside(window) > tunedLow || _high[column].Beside(window) > tunedHigh
            || _high[column].Harmonic(window) > tunedHigh * MaxHarmonic;
        return isOther ? null : Dtmf.DigitAt(row, column);
    }

    private static int Strongest(Tone[] tones, ReadOnlySpan<float> window, out float energy)
    {
        int best = 0;
        energy = 0;
        float second = 0;
        for (int i = 0; i < tones.Length; i++)
        {
            float at = tones[i].Energy(window);
            if (at > energy)
                (best, energy, second) = (i, at, energy);
            else
                second = Math.Max(second, at);
        }
        return energy > second * MinOverOtherTones ? best : -1;
    }

    private Tone[] MakeTones(ReadOnlySpan<float> frequencies, int sampleRate)
    {
        var tones = new Tone[frequencies.Length];
        for (int i = 0; i < tones.Length; i++)
            tones[i] = new Tone(frequencies[i], sampleRate, WindowSamples);
        return tones;
    }

    /// <summary>Correlation with sine and cosine at a frequency, a little and a lot beside it, and at twice of it.</summary>
    private sealed class Tone
    {
        private readonly float[][] _tables;
        private readonly float _scale;

        public Tone(double hz, int sampleRate, int length)
        {
            double[] frequencies = [hz, hz * (1 - Tuning), hz * (1 + Tuning), hz * (1 - Guard), hz * (1 + Guard), 2 * hz];
            _tables = new float[frequencies.Length * 2][];
            for (int f = 0; f < frequencies.Length; f++)
            {
                _tables[2 * f] = new float[length];
                _tables[2 * f + 1] = new float[length];
                for (int i = 0; i < length; i++)
                    (_tables[2 * f][i], _tables[2 * f + 1][i]) = Pair(2 * Math.PI * frequencies[f] * i / sampleRate);
            }
            // The energy of a sine of amplitude A is A²N/2, its correlation AN/2.
            _scale = 2f / length;
        }

        public float Energy(ReadOnlySpan<float> window) => At(0, window);

        public float Tuned(ReadOnlySpan<float> window, float untuned) => Math.Max(untuned, Math.Max(At(1, window), At(2, window)));

        public float Beside(ReadOnlySpan<float> window) => Math.Max(At(3, window), At(4, window));

        public float Harmonic(ReadOnlySpan<float> window) => At(5, window);

        private float At(int frequency, ReadOnlySpan<float> window)
        {
            float cosine = VectorMath.Dot(_tables[2 * frequency], window);
            float sine = VectorMath.Dot(_tables[2 * frequency + 1], window);
            return (cosine * cosine + sine * sine) * _scale;
        }

        private static (float Cosine, float Sine) Pair(double angle) => ((float)Math.Cos(angle), (float)Math.Sin(angle));
    }
}
