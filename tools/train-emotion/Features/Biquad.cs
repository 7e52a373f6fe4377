namespace PhoneAgent.TrainEmotion;

/// <summary>A second-order Butterworth filter (R. Bristow-Johnson's cookbook), as one edge of a telephone's band.</summary>
internal static class Biquad
{
    public static void HighPass(float[] samples, double hz) => Apply(samples, hz, high: true);

    public static void LowPass(float[] samples, double hz) => Apply(samples, hz, high: false);

    private static void Apply(float[] samples, double hz, bool high)
    {
        double w = 2 * Math.PI * hz / TelephoneLine.SampleRate, cos = Math.Cos(w), alpha = Math.Sin(w) / Math.Sqrt(2), a0 = 1 + alpha;
        double b0 = (high ? 1 + cos : 1 - cos) / 2 / a0, b1 = (high ? -2 : 2) * b0;
        double a1 = -2 * cos / a0, a2 = (1 - alpha) / a0;
        double s1 = 0, s2 = 0;
        for (int i = 0; i < samples.Length; i++)
        {
            double x = samples[i], y = b0 * x + s1;
            s1 = b1 * x - a1 * y + s2;
            s2 = b0 * x - a2 * y;
            samples[i] = (float)y;
        }
    }
}
