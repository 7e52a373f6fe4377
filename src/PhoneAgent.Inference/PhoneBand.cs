using PhoneAgent.Audio;
using PhoneAgent.Conversation.Calls;

namespace PhoneAgent.Inference;

/// <summary>16 kHz frames as 8 kHz floats, −1…1, for detectors. A phone's audio was 8 kHz once: nothing is lost. One per stream.</summary>
internal sealed class PhoneBand
{
    public const int FrameSamples = AudioFormat.FrameSamples / 2;

    private readonly Resampler resampler = new(AudioFormat.SampleRate, AudioFormat.SampleRate / 2);
    private readonly short[] samples = new short[FrameSamples];

    /// <summary>Takes a frame of 320 samples, gives 160. Does not allocate.</summary>
    public void Process(ReadOnlySpan<short> frame, Span<float> output)
    {
        if (frame.Length != AudioFormat.FrameSamples)
            throw new ArgumentException($"{frame.Length} samples; frames of {AudioFormat.FrameSamples} are expected.", nameof(frame));
        resampler.Process(frame, samples);
        const float scale = 1f / 32768;
        for (var i = 0; i < samples.Length; i++)
            output[i] = samples[i] * scale;
    }

    public void Reset() => resampler.Reset();
}
