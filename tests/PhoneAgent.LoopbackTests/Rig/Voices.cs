using PhoneAgent.Audio;
using PhoneAgent.Conversation.Speaking;
using PhoneAgent.Inference.Flite;

namespace PhoneAgent.LoopbackTests.Rig;

/// <summary>Speech for the callers of the rig, and what the agent's speech must sound like.</summary>
internal static class Voices
{
    /// <summary>Speaks a text into a 16 kHz mono WAV file, with 100 ms of silence before and after.</summary>
    public static async Task<string> SpeakAsync(string folder, string voice, string text)
    {
        string path = Path.Combine(folder, $"{voice}-{Guid.NewGuid():N}.wav");
        await using var flite = new FliteSynthesizer(new FliteOptions());
        await using FileStream file = File.Create(path);
        using var wav = new WavWriter(file, 16_000, 1);
        wav.Write(new short[1600]);
        await foreach (SynthesizedAudio audio in flite.SynthesizeAsync(new SynthesisRequest(text, voice), CancellationToken.None))
            wav.Write(audio.Samples.Span);
        wav.Write(new short[1600]);
        return path;
    }

    /// <summary>
    /// How well the loudness curve (20 ms windows, every 10 ms) of a reference fits its best place in a recording, from
    /// -1 to 1, and that place.
    /// </summary>
    public static (double Correlation, TimeSpan At) Match(ReadOnlySpan<short> reference, ReadOnlySpan<short> recording, int rate)
    {
        double[] a = Envelope(reference, rate), b = Envelope(recording, rate);
        double meanA = a.Average();
        double[] da = [.. a.Select(x => x - meanA)];
        double normA = Math.Sqrt(da.Sum(x => x * x));
        (double Correlation, int At) best = (-1, 0);
        for (int lag = 0; lag + a.Length <= b.Length; lag++)
        {
            ReadOnlySpan<double> part = b.AsSpan(lag, a.Length);
            double mean = 0, product = 0, square = 0;
            foreach (double x in part)
                mean += x / a.Length;
            for (int i = 0; i < a.Length; i++)
            {
                product += da[i] * (part[i] - mean);
                square += (part[i] - mean) * (part[i] - mean);
            }
            double correlation = product / (normA * Math.Sqrt(square) + 1e-9);
            if (correlation > best.Correlation)
                best = (correlation, lag);
        }
        return (best.Correlation, TimeSpan.FromMilliseconds(best.At * 10));
    }

    private static double[] Envelope(ReadOnlySpan<short> samples, int rate)
    {
        int step = rate / 100;
        double[] curve = new double[Math.Max(0, samples.Length / step - 1)];
        for (int i = 0; i < curve.Length; i++)
        {
            double power = 0;
            foreach (short sample in samples.Slice(i * step, 2 * step))
                power += (double)sample * sample;
            curve[i] = Math.Sqrt(power / (2 * step));
        }
        return curve;
    }
}
