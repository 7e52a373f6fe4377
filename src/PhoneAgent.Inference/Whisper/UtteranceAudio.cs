using PhoneAgent.Conversation.Calls;

namespace PhoneAgent.Inference.Whisper;

/// <summary>
/// The audio of one utterance as Whisper takes it, and how loud each frame is: the gate that keeps silence away from a model
/// that would find words in it. Not thread-safe, but what <see cref="From"/> gave stays as it is while more is added.
/// </summary>
internal sealed class UtteranceAudio(TimeSpan max)
{
    /// <summary>−55 dBFS: below it a telephone line is silent.</summary>
    private const float SilenceLevel = -55;

    /// <summary>Voice is at least this much louder than the quietest tenth of the utterance...</summary>
    private const float AboveNoise = 6;

    /// <summary>... and at most this much quieter than its loudest frame.</summary>
    private const float BelowPeak = 30;

    private readonly int maxFrames = (int)(max / AudioFormat.FrameDuration);
    private readonly List<float> levels = [];
    private float[] samples = new float[AudioFormat.SampleRate * 4];

    /// <summary>Samples so far.</summary>
    public int Count => levels.Count * AudioFormat.FrameSamples;

    /// <summary>False when the utterance has its full length: the frame is not heard.</summary>
    public bool Add(ReadOnlySpan<short> frame)
    {
        if (levels.Count >= maxFrames)
            return false;
        if (Count + frame.Length > samples.Length)
            Array.Resize(ref samples, samples.Length * 2); // readers keep the old one
        var target = samples.AsSpan(Count, frame.Length);
        float energy = 0;
        for (var i = 0; i < frame.Length; i++)
        {
            target[i] = frame[i] / 32768f;
            energy += target[i] * target[i];
        }
        levels.Add(10 * MathF.Log10(energy / frame.Length + 1e-10f));
        return true;
    }

    /// <summary>From a sample to the end of now.</summary>
    public ReadOnlyMemory<float> From(int sample) => samples.AsMemory(sample, Count - sample);

    /// <summary>How long there is voice from a sample on.</summary>
    public TimeSpan VoicedSince(int sample)
    {
        var threshold = Threshold();
        var count = 0;
        for (var i = sample / AudioFormat.FrameSamples; i < levels.Count; i++)
            if (levels[i] > threshold)
                count++;
        return count * AudioFormat.FrameDuration;
    }

    /// <summary>
    /// The middle of the first pause between two samples, as a sample; -1 when the voice goes on throughout. Only there may the
    /// audio be cut without cutting a word.
    /// </summary>
    public int FindPause(int from, int to, TimeSpan atLeast)
    {
        var threshold = Threshold();
        var needed = (int)Math.Ceiling(atLeast / AudioFormat.FrameDuration);
        var quiet = 0;
        for (var i = Math.Max(0, from / AudioFormat.FrameSamples); i < Math.Min(levels.Count, to / AudioFormat.FrameSamples); i++)
        {
            quiet = levels[i] > threshold ? 0 : quiet + 1;
            if (quiet == needed)
                return (i + 1 - needed / 2) * AudioFormat.FrameSamples;
        }
        return -1;
    }

    private float Threshold()
    {
        if (levels.Count == 0)
            return SilenceLevel;
        var sorted = levels.ToArray();
        Array.Sort(sorted);
        var noise = Math.Min(sorted[sorted.Length / 10], sorted[^1] - 2 * AboveNoise); // an utterance without any pause
        return Math.Max(SilenceLevel, Math.Max(noise + AboveNoise, sorted[^1] - BelowPeak));
    }
}
