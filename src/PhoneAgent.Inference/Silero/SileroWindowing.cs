namespace PhoneAgent.Inference.Silero;

/// <summary>Frames of 20 ms at 16 kHz in, windows of 32 ms at 8 kHz out.</summary>
internal sealed class SileroWindowing
{
    private const int Half = PhoneBand.FrameSamples;

    private readonly PhoneBand band = new();
    private readonly float[] samples = new float[SileroModel.Window + Half];
    private int count;
    private bool taken;

    /// <summary>Takes a frame; true when a window is full, see <see cref="Window"/>. A frame never fills two.</summary>
    /// <param name="end">Sample position (16 kHz) just after the window.</param>
    public bool Push(long position, ReadOnlySpan<short> frame, out long end)
    {
        if (taken)
        {
            count -= SileroModel.Window;
            samples.AsSpan(SileroModel.Window, count).CopyTo(samples);
            taken = false;
        }
        band.Process(frame, samples.AsSpan(count, Half));
        count += Half;
        taken = count >= SileroModel.Window;
        end = position + frame.Length - 2 * (count - SileroModel.Window);
        return taken;
    }

    /// <summary>Valid after <see cref="Push"/> said true, until the next.</summary>
    public ReadOnlySpan<float> Window => samples.AsSpan(0, SileroModel.Window);

    public void Reset()
    {
        count = 0;
        taken = false;
        band.Reset();
    }
}
