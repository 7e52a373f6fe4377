using PhoneAgent.Audio;
using PhoneAgent.Conversation.Speaking;
using PhoneAgent.Inference.Flite;
using PhoneAgent.Testing;

namespace PhoneAgent.BrowserTests;

/// <summary>What Chromium's microphone hears: sentences, each at its time.</summary>
internal static class CallerSpeech
{
    private const int Rate = 16_000;

    /// <summary>Sentences that a voice says. Writes a WAV file of at least <paramref name="length"/>.</summary>
    public static async Task<string> WriteAsync(string folder, TimeSpan length, params (TimeSpan At, string Text)[] sentences)
    {
        var sounds = new List<(TimeSpan, short[])>();
        await using var flite = new FliteSynthesizer(new FliteOptions());
        foreach ((TimeSpan at, string text) in sentences)
        {
            var samples = new List<short>();
            await foreach (SynthesizedAudio audio in flite.SynthesizeAsync(new SynthesisRequest(text, "rms"), CancellationToken.None))
                samples.AddRange(audio.Samples.Span);
            sounds.Add((at, [.. samples]));
        }
        return Write(folder, length, sounds);
    }

    /// <summary>Recordings of the shared data, without the zeros around them.</summary>
    public static string WriteRecorded(string folder, TimeSpan length, params (TimeSpan At, string Path)[] recordings) =>
        Write(folder, length, recordings.Select(recording => (recording.At, Recorded(recording.Path))));

    private static short[] Recorded(string path)
    {
        using FileStream source = File.OpenRead(SharedData.Require(path));
        return WavFile.TryRead(source, out WavFile? wav, out string? error)
            ? Resampler.Convert(wav!.ToMono().AsSpan().Trim((short)0).ToArray(), wav.SampleRate, Rate)
            : throw new InvalidDataException($"{path}: {error}");
    }

    private static string Write(string folder, TimeSpan length, IEnumerable<(TimeSpan At, short[] Sound)> sounds)
    {
        var samples = new List<short>();
        foreach ((TimeSpan at, short[] sound) in sounds)
        {
            Silence(samples, at);
            samples.AddRange(sound);
        }
        Silence(samples, length);
        string path = Path.Combine(folder, "caller.wav");
        using FileStream file = File.Create(path);
        using var wav = new WavWriter(file, Rate, 1);
        wav.Write(samples.ToArray());
        return path;
    }

    // A faint noise, as every room has: pure zeros are no microphone.
    private static void Silence(List<short> samples, TimeSpan until)
    {
        var random = new Random(1);
        while (samples.Count < until.TotalSeconds * Rate)
            samples.Add((short)random.Next(-6, 7));
    }
}
