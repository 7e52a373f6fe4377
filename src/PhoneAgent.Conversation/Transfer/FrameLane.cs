using PhoneAgent.Conversation.Calls;

namespace PhoneAgent.Conversation.Transfer;

/// <summary>
/// Frames of one call on their way to another, which has a tick of its own: a ring of one writer and one reader, perhaps on two
/// threads. As little waits in it as the two ticks allow. A frame that is missing is bridged by the fading last one; delay
/// that has built up is taken out again by running two frames into one. Neither clicks. Allocates nothing.
/// </summary>
internal sealed class FrameLane
{
    private const int Frames = 8;

    /// <summary>Reads over which a frame must always have been left before the delay is made shorter: ticks that jitter need it.</summary>
    private const int Window = 250;

    /// <summary>So many waiting frames are heard as delay, and are not kept that long.</summary>
    private const int Much = 3;

    private const int ShortWindow = 10;

    private const int RampIn = AudioFormat.SampleRate / 200; // 5 ms

    private readonly short[] _samples = new short[Frames * AudioFormat.FrameSamples];
    private readonly bool[] _wanted = new bool[Frames];
    private readonly short[] _last = new short[AudioFormat.FrameSamples];
    private int _written;
    private int _read;
    private int _reads;
    private int _leastLeft = Frames;
    private bool _hasLast;
    private bool _isAfterGap = true;
    private long _gaps;
    private long _lost;

    /// <summary>Times that the next frame was not there when it was due.</summary>
    public long Gaps => Volatile.Read(ref _gaps);

    /// <summary>Frames that found no room: the reader stood still.</summary>
    public long Lost => Volatile.Read(ref _lost);

    /// <summary>Something waits.</summary>
    public bool HasAny => Volatile.Read(ref _written) != _read;

    /// <param name="wanted">It holds more than silence.</param>
    public void Write(ReadOnlySpan<short> frame, bool wanted)
    {
        int written = _written;
        if (written - Volatile.Read(ref _read) >= Frames)
        {
            Volatile.Write(ref _lost, _lost + 1);
            return;
        }
        frame.CopyTo(Slot(written));
        _wanted[(uint)written % Frames] = wanted;
        Volatile.Write(ref _written, written + 1);
    }

    /// <returns>The frame holds more than silence.</returns>
    public bool Read(Span<short> frame)
    {
        int waiting = Volatile.Read(ref _written) - _read;
        if (waiting == 0)
            return Bridge(frame);
        bool wanted = IsLate(waiting - 1) ? TakeTwo(frame) : TakeOne(frame);
        if (_isAfterGap)
            Ramp(frame);
        frame.CopyTo(_last);
        (_hasLast, _isAfterGap) = (wanted, false);
        return wanted;
    }

    /// <summary>The reader lets what waits pass: he listens to something else.</summary>
    public void Skip()
    {
        Volatile.Write(ref _read, Volatile.Read(ref _written));
        (_reads, _leastLeft, _hasLast, _isAfterGap) = (0, Frames, false, true);
    }

    private bool Bridge(Span<short> frame)
    {
        if (!_isAfterGap)
            Volatile.Write(ref _gaps, _gaps + 1);
        (_reads, _leastLeft, _isAfterGap) = (0, Frames, true);
        if (!_hasLast)
        {
            frame.Clear();
            return false;
        }
        _hasLast = false;
        // Backwards, so that it goes on from the very sample that was sent last.
        for (int i = 0; i < frame.Length; i++)
            frame[i] = (short)(_last[frame.Length - 1 - i] * (frame.Length - i) / frame.Length);
        return true;
    }

    /// <summary>More than need be was left at every one of the last reads; of much, a few reads tell.</summary>
    private bool IsLate(int left)
    {
        _leastLeft = Math.Min(_leastLeft, left);
        if (++_reads < (_leastLeft >= Much ? ShortWindow : Window))
            return false;
        bool late = _leastLeft > 0;
        (_reads, _leastLeft) = (0, Frames);
        return late;
    }

    private bool TakeOne(Span<short> frame)
    {
        Slot(_read).CopyTo(frame);
        bool wanted = _wanted[(uint)_read % Frames];
        Volatile.Write(ref _read, _read + 1);
        return wanted;
    }

    private bool TakeTwo(Span<short> frame)
    {
        ReadOnlySpan<short> first = Slot(_read), second = Slot(_read + 1);
        for (int i = 0; i < frame.Length; i++)
            frame[i] = (short)((first[i] * (frame.Length - i) + second[i] * i) / frame.Length);
        bool wanted = _wanted[(uint)_read % Frames] | _wanted[(uint)(_read + 1) % Frames];
        Volatile.Write(ref _read, _read + 2);
        return wanted;
    }

    private static void Ramp(Span<short> frame)
    {
        for (int i = 0; i < RampIn; i++)
            frame[i] = (short)(frame[i] * i / RampIn);
    }

    private Span<short> Slot(int number) =>
        _samples.AsSpan((int)((uint)number % Frames) * AudioFormat.FrameSamples, AudioFormat.FrameSamples);
}
