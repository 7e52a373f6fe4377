using PhoneAgent.Audio;
using PhoneAgent.Conversation.Speaking;
using PhoneAgent.Inference.Flite;

namespace PhoneAgent.BrowserTests;

/// <summary>What Chromium's microphone hears: sentences, each at its time.</summary>
internal static class CallerSpeech
{
    private const int Rate = 16_000;

    /// <summary>Writes a WAV file of at least <paramref name="length"/>.</summary>
    public static async Task<string> WriteAsync(string folder, TimeSpan length, params (TimeSpan At, string Text)[] sentences)
    {
        var samples = new List<short>();
        await using var flite = new FliteSynthesizer(new FliteOptions());
        foreach ((TimeSpan at, string text) in sentences)
        {
            Silence(samples, at);
            await foreach (SynthesizedAudio audio in flite.SynthesizeAsync(new SynthesisRequest(text, "rms"), CancellationToken.None))
                samples.AddRange(audio.Samples.Span);
        }
        Silence(samples, length);
        string path = Path.Combine(folder, "caller.wav");
        await using FileStream file = File.Create(path);
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
