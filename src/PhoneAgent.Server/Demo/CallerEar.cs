using System.Threading.Channels;
using PhoneAgent.Conversation.Calls;

namespace PhoneAgent.Server.Demo;

/// <summary>What the caller heard and said in one frame, by sample positions of his own clock; -1 where nothing was loud.</summary>
internal readonly record struct EarTick(long Position, long FirstHeard, long LastHeard, long FirstSaid, long LastSaid, bool IsSaying);

/// <summary>The caller's end of the audio: plays what he says and notes when there is sound, on either side.</summary>
internal sealed class CallerEar : IAudioPeer
{
    // −42 dBFS: far above the noise of G.711, below any vowel.
    private const int Loud = 260;

    // 20 s of frames: the driver only falls that far behind when the machine stands still.
    private readonly Channel<EarTick> _ticks = Channel.CreateBounded<EarTick>(
        new BoundedChannelOptions(1000) { SingleReader = true, SingleWriter = true, FullMode = BoundedChannelFullMode.DropOldest });
    private short[]? _line;
    private int _at;

    /// <summary>One element a frame.</summary>
    public ChannelReader<EarTick> Ticks => _ticks.Reader;

    /// <summary>Speaks, from the next frame on. 16 kHz.</summary>
    public void Say(short[] samples) => Volatile.Write(ref _line, samples);

    public void Complete() => _ticks.Writer.TryComplete();

    public bool Exchange(long position, FrameOrigin origin, ReadOnlySpan<short> received, Span<short> toSend)
    {
        toSend.Clear();
        short[]? line = Volatile.Read(ref _line);
        if (line is not null)
        {
            int count = Math.Min(toSend.Length, line.Length - _at);
            line.AsSpan(_at, count).CopyTo(toSend);
            _at += count;
            if (_at == line.Length)
            {
                Volatile.Write(ref _line, null);
                _at = 0;
            }
        }
        _ticks.Writer.TryWrite(new EarTick(position, First(received, position), Last(received, position), First(toSend, position), Last(toSend, position), line is not null));
        return line is not null;
    }

    private static long First(ReadOnlySpan<short> frame, long position)
    {
        for (int i = 0; i < frame.Length; i++)
            if (frame[i] is > Loud or < -Loud)
                return position + i;
        return -1;
    }

    private static long Last(ReadOnlySpan<short> frame, long position)
    {
        for (int i = frame.Length - 1; i >= 0; i--)
            if (frame[i] is > Loud or < -Loud)
                return position + i;
        return -1;
    }
}
