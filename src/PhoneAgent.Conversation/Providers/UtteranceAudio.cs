using PhoneAgent.Conversation.Calls;

namespace PhoneAgent.Conversation.Providers;

/// <summary>
/// What the caller has said in an utterance, for the next recogniser. Bounded: of a longer utterance the beginning is
/// forgotten. One thread adds; any may read what has been added.
/// </summary>
internal sealed class UtteranceAudio
{
    private const int FramesInBlock = 50; // 1 s
    private const int MaxBlocks = 60;

    private readonly Lock _lock = new();
    private readonly List<short[]> _blocks = [];
    private int _dropped;
    private int _frames;

    /// <summary>Frames added so far.</summary>
    public int Frames => Volatile.Read(ref _frames);

    public void Add(ReadOnlySpan<short> frame)
    {
        lock (_lock)
        {
            int at = _frames % FramesInBlock;
            if (at == 0)
                AddBlock();
            frame[..AudioFormat.FrameSamples].CopyTo(_blocks[^1].AsSpan(at * AudioFormat.FrameSamples));
            _frames++;
        }
    }

    /// <summary>The first frame that is kept.</summary>
    public int First
    {
        get
        {
            lock (_lock)
                return _dropped * FramesInBlock;
        }
    }

    /// <summary>Copies a frame; false when there is none of that number, or it was forgotten.</summary>
    public bool TryRead(int number, Span<short> frame)
    {
        lock (_lock)
        {
            int block = number / FramesInBlock - _dropped;
            if (block < 0 || number >= _frames)
                return false;
            _blocks[block].AsSpan(number % FramesInBlock * AudioFormat.FrameSamples, AudioFormat.FrameSamples).CopyTo(frame);
            return true;
        }
    }

    private void AddBlock()
    {
        if (_blocks.Count < MaxBlocks)
        {
            _blocks.Add(new short[FramesInBlock * AudioFormat.FrameSamples]);
            return;
        }
        short[] oldest = _blocks[0];
        _blocks.RemoveAt(0);
        _blocks.Add(oldest);
        _dropped++;
    }
}
