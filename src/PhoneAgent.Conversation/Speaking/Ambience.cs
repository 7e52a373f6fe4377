using System.Diagnostics.CodeAnalysis;
using PhoneAgent.Audio;
using PhoneAgent.Conversation.Calls;

namespace PhoneAgent.Conversation.Speaking;

/// <summary>
/// The sound of the room an agent sits in: a loop, at a low level, under his words and in the pauses, so that the line is
/// never dead. Immutable; one object serves all calls.
/// </summary>
public sealed class Ambience
{
    /// <summary>dBFS of the loop's mean power; speech is at about −20.</summary>
    public const double DefaultLevelDb = -45;

    private const double LowestDb = -70;
    private const double HighestDb = -25;

    /// <summary>The loop's end runs into its beginning over this much: a seam would click each time.</summary>
    private const int Seam = AudioFormat.SampleRate / 20;

    private const int Shortest = AudioFormat.SampleRate;
    private const int Longest = 600 * AudioFormat.SampleRate;

    private readonly short[] _loop;

    private Ambience(short[] loop) => _loop = loop;

    /// <summary>Samples until it repeats.</summary>
    public int Length => _loop.Length;

    /// <summary>Reads a WAV file of 1 s to 10 min.</summary>
    /// <param name="levelDb">−70 to −25 dBFS, whatever the level of the file.</param>
    /// <param name="error">What is wrong with the file or the level, for a person; does not repeat the path.</param>
    public static bool TryLoad(string path, double levelDb, [NotNullWhen(true)] out Ambience? ambience, [NotNullWhen(false)] out string? error)
    {
        (ambience, error) = (null, null);
        try
        {
            using FileStream stream = File.OpenRead(path);
            if (WavFile.TryRead(stream, out WavFile? wav, out error))
                return TryCreate(Resampler.Convert(wav!.ToMono(), wav.SampleRate, AudioFormat.SampleRate), levelDb, out ambience, out error);
            error ??= "it is no WAV file";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            error = e.Message;
        }
        return false;
    }

    /// <param name="samples">16 kHz.</param>
    public static bool TryCreate(short[] samples, double levelDb, [NotNullWhen(true)] out Ambience? ambience, [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(samples);
        ambience = null;
        error = samples.Length is < Shortest + Seam or > Longest ? $"it lasts {samples.Length / (double)AudioFormat.SampleRate:0.##} s; 1.05 s to 10 min are wanted"
            : levelDb is < LowestDb or > HighestDb ? $"a level of {levelDb} dB is outside {LowestDb} to {HighestDb}"
            : null;
        if (error is not null)
            return false;
        double power = samples.Sum(sample => (double)sample * sample) / samples.Length;
        if (power < 1)
        {
            error = "it is silent";
            return false;
        }
        double gain = short.MaxValue * Math.Pow(10, levelDb / 20) / Math.Sqrt(power);
        short[] loop = new short[samples.Length - Seam];
        for (int i = 0; i < loop.Length; i++)
        {
            // Equal power: both ends are unrelated noise.
            double angle = Math.PI / 2 * i / Seam;
            double sample = i < Seam ? samples[i] * Math.Sin(angle) + samples[loop.Length + i] * Math.Cos(angle) : samples[i];
            loop[i] = (short)Math.Clamp(sample * gain, short.MinValue, short.MaxValue);
        }
        ambience = new Ambience(loop);
        return true;
    }

    /// <summary>A loop whose end runs into its beginning by itself.</summary>
    /// <param name="loop">16 kHz; taken over.</param>
    internal static Ambience Seamless(short[] loop) => new(loop);

    /// <summary>
    /// Adds it to a frame, without allocating. The position in the call is the position in the loop, so a replay sounds the
    /// same.
    /// </summary>
    public void Mix(long position, Span<short> frame)
    {
        int at = (int)(position % _loop.Length);
        for (int i = 0; i < frame.Length; i++)
        {
            frame[i] = (short)Math.Clamp(frame[i] + _loop[at], short.MinValue, short.MaxValue);
            at = at + 1 == _loop.Length ? 0 : at + 1;
        }
    }
}
