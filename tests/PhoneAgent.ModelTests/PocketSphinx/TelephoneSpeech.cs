using PhoneAgent.Audio;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Speaking;
using PhoneAgent.Inference.Flite;

namespace PhoneAgent.ModelTests.PocketSphinx;

/// <summary>A voice over a telephone line: flite, through 8 kHz and G.711, with a little silence around it.</summary>
internal static class TelephoneSpeech
{
    public static async Task<short[]> SpeakAsync(string words, string voice = "rms")
    {
        var samples = new List<short>(new short[AudioFormat.SampleRate / 5]);
        await using var flite = new FliteSynthesizer(new FliteOptions { Voice = voice });
        await foreach (var chunk in flite.SynthesizeAsync(new SynthesisRequest(words), CancellationToken.None))
            samples.AddRange(chunk.Samples.Span);
        samples.AddRange(new short[AudioFormat.SampleRate / 5]);
        return ThroughLine([.. samples]);
    }

    private static short[] ThroughLine(short[] wide)
    {
        var narrow = Resampler.Convert(wide, AudioFormat.SampleRate, AudioFormat.SampleRate / 2);
        var wire = new byte[narrow.Length];
        G711.MuLawEncode(narrow, wire);
        G711.MuLawDecode(wire, narrow);
        return Resampler.Convert(narrow, AudioFormat.SampleRate / 2, AudioFormat.SampleRate);
    }
}
