namespace PhoneAgent.Conversation.Calls;

/// <summary>The one audio format inside a call: 16-bit linear PCM, mono, 16 kHz, in frames of 20 ms.</summary>
public static class AudioFormat
{
    /// <summary>Samples per second of every frame that passes <see cref="ICallAudio"/>.</summary>
    public const int SampleRate = 16_000;

    /// <summary>Samples in one frame: 20 ms.</summary>
    public const int FrameSamples = SampleRate / 50;

    /// <summary>Length of one frame.</summary>
    public static readonly TimeSpan FrameDuration = TimeSpan.FromMilliseconds(20);

    /// <summary>Media time of a sample position.</summary>
    public static TimeSpan ToTime(long samples) => new(samples * (TimeSpan.TicksPerSecond / SampleRate));

    /// <summary>Sample position of a media time, rounded down.</summary>
    public static long ToSamples(TimeSpan time) => time.Ticks / (TimeSpan.TicksPerSecond / SampleRate);
}
