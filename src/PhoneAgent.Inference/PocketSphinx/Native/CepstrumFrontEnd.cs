using PhoneAgent.Conversation;

namespace PhoneAgent.Inference.PocketSphinx.Native;

/// <summary>
/// Mel cepstra of an utterance, 13 a frame, 100 frames a second, by the model's own front end and without any
/// normalisation. They are kept, so that an utterance can be decoded a second time. Not thread-safe.
/// </summary>
internal sealed unsafe class CepstrumFrontEnd : IDisposable
{
    public const int Dimension = 13;
    public const int FramesPerSecond = 100;

    private const int FramesPerCall = 16;

    /// <summary>
    /// Noise of this peak is added: a line that is digitally silent between words, and the empty band above 4 kHz, would
    /// otherwise give logarithms of nothing, far from anything the model has heard.
    /// </summary>
    private const int DitherPeak = 8;

    private readonly FrontEndHandle frontEnd;
    private readonly float[] scratch = GC.AllocateArray<float>(FramesPerCall * Dimension, pinned: true);
    private readonly short[] pending = new short[1024];
    private float[] cepstra = new float[FramesPerSecond * Dimension * 4];
    private int pendingCount;
    private uint noise;

    /// <exception cref="EngineException">The front end refuses its options.</exception>
    public CepstrumFrontEnd(SphinxConfig config) =>
        frontEnd = config.CreateFrontEnd() ?? throw new EngineException("PocketSphinx cannot make its front end: reinstall pocketsphinx-en-us.");

    public int FrameCount { get; private set; }

    public ReadOnlySpan<float> Frames => cepstra.AsSpan(0, FrameCount * Dimension);

    public void Start()
    {
        FrameCount = 0;
        pendingCount = 0;
        noise = 2463534242; // the same for every utterance, so that a recording always gives the same words
        _ = SphinxNative.fe_start_utt(frontEnd);
    }

    /// <summary>Takes at most 512 samples at 16 kHz.</summary>
    public void Push(ReadOnlySpan<short> samples)
    {
        Dither(samples, pending.AsSpan(pendingCount));
        pendingCount += samples.Length;
        var rows = stackalloc float*[FramesPerCall];
        fixed (short* first = pending)
        fixed (float* output = scratch)
        {
            for (var i = 0; i < FramesPerCall; i++)
                rows[i] = output + (i * Dimension);
            var next = first;
            var left = (nuint)pendingCount;
            var count = FramesPerCall;
            int index;
            if (SphinxNative.fe_process_frames(frontEnd, &next, &left, rows, &count, &index) < 0)
                return;
            Append(count);
            pending.AsSpan(pendingCount - (int)left, (int)left).CopyTo(pending);
            pendingCount = (int)left;
        }
    }

    public void Dispose() => frontEnd.Dispose();

    private void Dither(ReadOnlySpan<short> samples, Span<short> output)
    {
        for (var i = 0; i < samples.Length; i++)
        {
            noise ^= noise << 13;
            noise ^= noise >> 17;
            noise ^= noise << 5;
            var triangular = (int)(noise % (DitherPeak + 1)) - (int)((noise >> 16) % (DitherPeak + 1));
            output[i] = (short)Math.Clamp(samples[i] + triangular, short.MinValue, short.MaxValue);
        }
    }

    private void Append(int count)
    {
        var end = (FrameCount + count) * Dimension;
        if (end > cepstra.Length)
            Array.Resize(ref cepstra, cepstra.Length * 2);
        scratch.AsSpan(0, count * Dimension).CopyTo(cepstra.AsSpan(FrameCount * Dimension));
        FrameCount += count;
    }
}
