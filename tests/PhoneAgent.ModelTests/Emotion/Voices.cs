using PhoneAgent.Audio;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Testing;

namespace PhoneAgent.ModelTests.Emotion;

/// <summary>Sounds as they come over a telephone line, 16 kHz.</summary>
internal static class Voices
{
    /// <summary>Two seconds of syllables whose melody falls and rises by a third around a pitch.</summary>
    public static short[] Made(double hz)
    {
        var voice = new short[AudioFormat.FrameSamples * 100];
        double phase = 0, first = 0, second = 0;
        for (int i = 0; i < voice.Length; i++)
        {
            double seconds = i / (double)AudioFormat.SampleRate;
            phase += hz * (1 + 0.15 * Math.Sin(2 * Math.PI * 1.3 * seconds)) / AudioFormat.SampleRate;
            double pulse = phase >= 1 ? 4000 : 0;
            phase %= 1;
            // A formant at 700 Hz, and a syllable every quarter of a second.
            double y = pulse + 1.85 * first - 0.93 * second;
            (second, first) = (first, y);
            voice[i] = (short)Math.Clamp(y * (seconds % 0.25 < 0.19 ? 1 : 0.01), short.MinValue, short.MaxValue);
        }
        return voice;
    }

    /// <summary>Chords of three plucked strings, four a second.</summary>
    public static short[] Music()
    {
        double[][] chords = [[196, 246.9, 293.7], [220, 261.6, 329.6], [174.6, 220, 261.6], [146.8, 220, 293.7]];
        var music = new short[AudioFormat.SampleRate * 4];
        for (int i = 0; i < music.Length; i++)
        {
            double seconds = i / (double)AudioFormat.SampleRate, since = seconds % 0.25;
            foreach (double hz in chords[(int)(seconds / 0.5) % chords.Length])
                for (int k = 1; k <= 6; k++)
                    music[i] += (short)(2500 / k * Math.Exp(-3 * since * k) * Math.Sin(2 * Math.PI * hz * k * seconds));
        }
        return music;
    }

    /// <summary>A recording of the test data without its padding, through G.711, as loud as asked, five seconds at most.</summary>
    public static short[] Recorded(string sharedPath, double gain = 1)
    {
        using FileStream stream = File.OpenRead(SharedData.Require(sharedPath));
        if (!WavFile.TryRead(stream, out WavFile? wav, out string? error))
            throw new InvalidDataException($"{sharedPath}: {error}");
        short[] line = Resampler.Convert(wav!.ToMono().AsSpan().Trim((short)0).ToArray(), wav.SampleRate, 8000);
        line = Array.ConvertAll(line[..Math.Min(line.Length, 40_000)], sample => (short)Math.Clamp(sample * gain, short.MinValue, short.MaxValue));
        var codes = new byte[line.Length];
        G711.MuLawEncode(line, codes);
        G711.MuLawDecode(codes, line);
        return Resampler.Convert(line, 8000, AudioFormat.SampleRate);
    }
}
