using PhoneAgent.Conversation.Calls;

namespace PhoneAgent.Tests.Inference.Whisper;

/// <summary>A language of tones: each word is a sine of its own for 240 ms and 60 ms of silence. What speaks it and what hears it need no model.</summary>
internal static class ToneSpeech
{
    public const int WordFrames = 12;
    private const int GapFrames = 3;

    /// <summary>A word's place is its frequency, 100 Hz apart: whole bins of a frame.</summary>
    public static readonly string[] Vocabulary =
    [
        "yes", "no", "that's", "right", "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "when", "are", "you",
        "open", "on", "sunday", "thanks", "for", "watching", "thank", "repeat", "please", "my", "order", "is", "wet", "um", "hallo", "ja",
    ];

    /// <param name="words">Words of the vocabulary; "..." is 400 ms of silence, ".." is 200 ms.</param>
    public static short[] Speak(string words)
    {
        var samples = new List<short>(new short[5 * AudioFormat.FrameSamples]);
        foreach (var word in words.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (word is "..." or "..")
            {
                samples.AddRange(new short[(word == "..." ? 20 : 10) * AudioFormat.FrameSamples]);
                continue;
            }
            var frequency = Frequency(Array.IndexOf(Vocabulary, word));
            for (var i = 0; i < WordFrames * AudioFormat.FrameSamples; i++)
                samples.Add((short)(8000 * Math.Sin(2 * Math.PI * frequency * i / AudioFormat.SampleRate)));
            samples.AddRange(new short[GapFrames * AudioFormat.FrameSamples]);
        }
        samples.AddRange(new short[5 * AudioFormat.FrameSamples]);
        return [.. samples];
    }

    /// <summary>The words' places and frames, as far as the audio holds them.</summary>
    public static List<(int Word, int FirstFrame, int Frames)> Hear(ReadOnlySpan<float> samples)
    {
        var runs = new List<(int Word, int FirstFrame, int Frames)>();
        for (var frame = 0; (frame + 1) * AudioFormat.FrameSamples <= samples.Length; frame++)
        {
            var word = WordOf(samples.Slice(frame * AudioFormat.FrameSamples, AudioFormat.FrameSamples));
            if (runs.Count > 0 && runs[^1].Word == word && runs[^1].FirstFrame + runs[^1].Frames == frame)
                runs[^1] = runs[^1] with { Frames = runs[^1].Frames + 1 };
            else if (word >= 0)
                runs.Add((word, frame, 1));
        }
        return runs;
    }

    private static int WordOf(ReadOnlySpan<float> frame)
    {
        var energy = 0.0;
        foreach (var sample in frame)
            energy += sample * sample;
        for (var word = 0; word < Vocabulary.Length && energy > 0.1; word++)
        {
            double re = 0, im = 0;
            for (var i = 0; i < frame.Length; i++)
            {
                var phase = 2 * Math.PI * Frequency(word) * i / AudioFormat.SampleRate;
                re += frame[i] * Math.Cos(phase);
                im += frame[i] * Math.Sin(phase);
            }
            if ((re * re + im * im) * 2 / frame.Length > energy / 2)
                return word;
        }
        return -1;
    }

    private static double Frequency(int word) => 300 + 100 * word;
}
