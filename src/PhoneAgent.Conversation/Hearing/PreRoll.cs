using PhoneAgent.Conversation.Calls;

namespace PhoneAgent.Conversation.Hearing;

/// <summary>The last frames before now, so that an utterance begins before its onset was sure. Not thread-safe.</summary>
internal sealed class PreRoll(TimeSpan length)
{
    private readonly int _frames = Math.Max(1, (int)Math.Ceiling(length / AudioFormat.FrameDuration));
    private readonly short[] _samples = new short[Math.Max(1, (int)Math.Ceiling(length / AudioFormat.FrameDuration)) * AudioFormat.FrameSamples];
    private long _count;

    public void Add(ReadOnlySpan<short> frame) => frame.CopyTo(Slot(_count++));

    /// <summary>How many of the latest frames begin at or after <paramref name="from"/> when now is <paramref name="now"/>; at most all that are kept.</summary>
    public int FramesSince(long from, long now)
    {
        long wanted = (Math.Max(0, now - from) + AudioFormat.FrameSamples - 1) / AudioFormat.FrameSamples;
        return (int)Math.Min(wanted, Math.Min(_frames, _count));
    }

    /// <summary>The frame that is <paramref name="ago"/> frames old, 1 for the latest.</summary>
    public ReadOnlySpan<short> Back(int ago) => Slot(_count - ago);

    private Span<short> Slot(long index) =>
        _samples.AsSpan((int)(index % _frames) * AudioFormat.FrameSamples, AudioFormat.FrameSamples);
}
