namespace PhoneAgent.Audio.Tones;

/// <summary>Finds the one sine that a frame consists of.</summary>
public static class PureTone
{
    // What a telephone carries lies below 4 kHz: at this rate its noise is white, and white noise does not move the estimate.
    private const int LineRate = 8_000;

    /// <summary>The pitch in Hz of a frame of which nearly all power is one sine, else 0. Allocates nothing.</summary>
    /// <param name="frame">Some 20 ms.</param>
    /// <param name="sampleRate">In Hz, a multiple of 8000.</param>
    /// <param name="purity">The least share of the power, 0–1.</param>
    public static double PitchOf(ReadOnlySpan<short> frame, int sampleRate, double purity)
    {
        int stride = Math.Max(1, sampleRate / LineRate);
        // A sine obeys x[n] + x[n-2] = 2 cos(w) x[n-1]. Least squares alone lean towards higher pitches in noise; constrained
        // as Pisarenko's method is they do not (So and Chan, "Reformulation of Pisarenko harmonic decomposition", 2004).
        double cross = 0, balance = 0;
        for (int i = 2 * stride; i < frame.Length; i += stride)
        {
            double outer = frame[i] + frame[i - 2 * stride], middle = frame[i - stride];
            cross += middle * outer;
            balance += outer * outer - 2 * middle * middle;
        }
        double cosine = cross == 0 ? 0 : (balance + Math.Sqrt(balance * balance + 8 * cross * cross)) / (4 * cross);
        double step = Math.Acos(Math.Clamp(cosine, -1, 1));
        return IsPure(frame, stride, step, purity) ? step * sampleRate / stride / (2 * Math.PI) : 0;
    }

    private static bool IsPure(ReadOnlySpan<short> frame, int stride, double step, double purity)
    {
        double re = 0, im = 0, power = 0, turnRe = Math.Cos(step), turnIm = Math.Sin(step), cosine = 1, sine = 0;
        int count = 0;
        for (int i = 0; i < frame.Length; i += stride, count++)
        {
            double sample = frame[i];
            re += sample * cosine;
            im += sample * sine;
            power += sample * sample;
            (cosine, sine) = (cosine * turnRe - sine * turnIm, cosine * turnIm + sine * turnRe);
        }
        return power > 0 && 2 * (re * re + im * im) / count > purity * power;
    }
}
