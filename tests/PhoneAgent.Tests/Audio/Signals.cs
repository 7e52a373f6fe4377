namespace PhoneAgent.Tests.Audio;

/// <summary>Signals to measure with, and the measuring.</summary>
internal static class Signals
{
    public static short[] Sine(double hz, int rate, int samples, double amplitude = 16000, double phase = 0)
    {
        var signal = new short[samples];
        for (int i = 0; i < samples; i++)
            signal[i] = (short)Math.Round(amplitude * Math.Sin(2 * Math.PI * hz * i / rate + phase));
        return signal;
    }

    /// <summary>Amplitude of the component at a frequency, by a Hann-windowed correlation.</summary>
    public static double AmplitudeAt(ReadOnlySpan<short> signal, double hz, int rate)
    {
        double cosine = 0, sine = 0, weights = 0;
        for (int i = 0; i < signal.Length; i++)
        {
            double window = 0.5 - 0.5 * Math.Cos(2 * Math.PI * (i + 0.5) / signal.Length);
            double angle = 2 * Math.PI * hz * i / rate;
            cosine += signal[i] * window * Math.Cos(angle);
            sine += signal[i] * window * Math.Sin(angle);
            weights += window;
        }
        return 2 * Math.Sqrt(cosine * cosine + sine * sine) / weights;
    }

    public static double Db(double ratio) => 20 * Math.Log10(Math.Max(ratio, 1e-9));

    public static short[] Noise(Random random, int samples, double rms)
    {
        var noise = new short[samples];
        for (int i = 0; i < samples; i++)
        {
            double gauss = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            noise[i] = (short)Math.Clamp(gauss * rms, short.MinValue, short.MaxValue);
        }
        return noise;
    }

    public static short[] Mix(ReadOnlySpan<short> a, ReadOnlySpan<short> b)
    {
        var sum = new short[Math.Min(a.Length, b.Length)];
        for (int i = 0; i < sum.Length; i++)
            sum[i] = (short)Math.Clamp(a[i] + b[i], short.MinValue, short.MaxValue);
        return sum;
    }

    /// <summary>A voiced sound: pulses of 110 Hz through a resonance, changing slowly.</summary>
    public static short[] Voiced(int rate, int samples, double pitchHz = 110)
    {
        var signal = new short[samples];
        for (int i = 0; i < samples; i++)
        {
            double sum = 0;
            for (int k = 1; k * pitchHz < rate * 0.45 && k <= 25; k++)
                sum += Math.Sin(2 * Math.PI * k * pitchHz * i / rate + k * k) / k;
            signal[i] = (short)(5000 * sum);
        }
        return signal;
    }
}
