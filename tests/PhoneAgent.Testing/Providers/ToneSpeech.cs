using System.Buffers.Binary;
using PhoneAgent.Conversation.Calls;

namespace PhoneAgent.Testing.Providers;

/// <summary>
/// Speech that a test can write and a fake recogniser can read: each word of a vocabulary is a tone of its own. A tone survives
/// resampling, gain and files.
/// </summary>
public static class ToneSpeech
{
    private const double FirstHz = 300, StepHz = 150;
    private const int WordSamples = AudioFormat.SampleRate / 4;
    private const int Amplitude = 6_000;

    public static readonly IReadOnlyList<string> Vocabulary = ["yes", "no", "that's", "right", "four", "two", "zero", "seven", "please"];

    /// <summary>A tone of 250 ms for each word, 16 kHz; 40 ms of silence around it.</summary>
    public static short[] Speak(string words)
    {
        var samples = new List<short>();
        foreach (string word in words.Split(' '))
        {
            double hertz = FirstHz + StepHz * Vocabulary.ToList().IndexOf(word);
            samples.AddRange(new short[AudioFormat.FrameSamples * 2]);
            for (int i = 0; i < WordSamples; i++)
                samples.Add((short)(Amplitude * Math.Sin(2 * Math.PI * hertz * i / AudioFormat.SampleRate)));
        }
        samples.AddRange(new short[AudioFormat.FrameSamples * 2]);
        return [.. samples];
    }

    /// <summary>The words in a 16 kHz WAV file, as a server gets it; parts of words count from 100 ms on.</summary>
    public static string Hear(ReadOnlySpan<byte> wav)
    {
        var words = new List<string>();
        var samples = new short[(wav.Length - 44) / 2];
        for (int i = 0; i < samples.Length; i++)
            samples[i] = BinaryPrimitives.ReadInt16LittleEndian(wav[(44 + 2 * i)..]);
        for (int at = 0; at < samples.Length;)
        {
            int end = EndOfTone(samples, at);
            if (end - at >= AudioFormat.SampleRate / 10 && Word(samples.AsSpan(at, end - at)) is { } word)
                words.Add(word);
            at = Math.Max(end, at + 1);
        }
        return string.Join(' ', words);
    }

    /// <summary>Where 10 ms of silence begin.</summary>
    private static int EndOfTone(short[] samples, int from)
    {
        int quiet = 0;
        for (int i = from; i < samples.Length; i++)
        {
            quiet = Math.Abs((int)samples[i]) < 50 ? quiet + 1 : 0;
            if (quiet == AudioFormat.SampleRate / 100)
                return i + 1 - quiet;
        }
        return samples.Length;
    }

    private static string? Word(ReadOnlySpan<short> tone)
    {
        int crossings = 0;
        for (int i = 1; i < tone.Length; i++)
            crossings += tone[i - 1] < 0 && tone[i] >= 0 ? 1 : 0;
        double hertz = crossings * (double)AudioFormat.SampleRate / tone.Length;
        int index = (int)Math.Round((hertz - FirstHz) / StepHz);
        return index >= 0 && index < Vocabulary.Count && Math.Abs(FirstHz + index * StepHz - hertz) < StepHz / 2 ? Vocabulary[index] : null;
    }
}
