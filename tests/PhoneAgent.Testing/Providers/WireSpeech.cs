using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace PhoneAgent.Testing.Providers;

/// <summary>A fake server's ears and voice: hears <see cref="ToneSpeech"/>, speaks a tone as long as its text.</summary>
public static class WireSpeech
{
    private const double SecondsPerCharacter = 0.06;
    private const int Amplitude = 5_000;

    /// <summary>As Whisper on any server answers: what it heard, capital and full stop, with its doubts.</summary>
    public static WireAnswer Transcribe(ReceivedRequest request) => WireAnswers.Text("application/json", VerboseJson(HeardBy(request)));

    public static string HeardBy(ReceivedRequest request) => ToneSpeech.Hear(Encoding.Latin1.GetBytes(request.Form["file"]));

    public static string VerboseJson(string text, double logProbability = -0.2, double noSpeech = 0.01) => JsonSerializer.Serialize(new
    {
        task = "transcribe", language = "english", duration = 1.0, text = Written(text),
        segments = text.Length == 0 ? [] : new[] { new { id = 0, start = 0.0, end = 1.0, text = " " + Written(text), avg_logprob = logProbability, no_speech_prob = noSpeech, compression_ratio = 1.0, temperature = 0.0 } },
    });

    /// <summary>The sound of a request for speech: 60 ms a character, at 24 kHz; a voice called no-such-voice is refused.</summary>
    public static WireAnswer Speak(ReceivedRequest request)
    {
        JsonElement asked = request.Json;
        if (asked.GetProperty("voice").GetString() == "no-such-voice")
            return WireAnswers.Status(400);
        double speed = asked.TryGetProperty("speed", out JsonElement given) ? given.GetDouble() : 1;
        byte[] pcm = Tone(asked.GetProperty("input").GetString()!.Length * SecondsPerCharacter / speed, 24_000);
        // Pieces of odd length, as the network makes them.
        return asked.GetProperty("response_format").GetString() == "wav"
            ? WireAnswers.Pieces("audio/wav", WireAnswers.StreamedWav(24_000, pcm).Chunk(4_097))
            : WireAnswers.Pieces("audio/pcm", pcm.Chunk(4_097));
    }

    /// <summary>440 Hz, 16-bit little-endian.</summary>
    public static byte[] Tone(double seconds, int sampleRate)
    {
        var pcm = new byte[(int)(seconds * sampleRate) * 2];
        for (int i = 0; i < pcm.Length / 2; i++)
            BinaryPrimitives.WriteInt16LittleEndian(pcm.AsSpan(2 * i), (short)(Amplitude * Math.Sin(2 * Math.PI * 440 * i / sampleRate)));
        return pcm;
    }

    private static string Written(string text) => text.Length == 0 ? "" : char.ToUpperInvariant(text[0]) + text[1..] + ".";
}
