using PhoneAgent.Conversation.Calls;

namespace PhoneAgent.Conversation.Supervision;

/// <summary>
/// A supervisor's voice on its way to the caller: what comes from a browser in bursts goes out frame by frame. It begins with
/// 60 ms in hand, begins so again after it ran dry, and throws the oldest away beyond 400 ms, so that a stalled network
/// does not leave a delay behind. Thread-safe; the media thread allocates nothing.
/// </summary>
public sealed class SupervisorMicrophone : IAudioPeer
{
    private const int Start = AudioFormat.SampleRate * 60 / 1000;
    private const int Most = AudioFormat.SampleRate * 400 / 1000;
    private const int AfterOverflow = AudioFormat.SampleRate * 100 / 1000;

    private readonly Lock _lock = new();
    private readonly short[] _samples = new short[Most];
    private int _first;
    private int _count;
    private bool _isPlaying;
    private long _dropped;
    private long _starved;

    /// <summary>Samples that came faster than they could be heard.</summary>
    public long DroppedSamples => Interlocked.Read(ref _dropped);

    /// <summary>Times that it ran dry while it played.</summary>
    public long Starved => Interlocked.Read(ref _starved);

    /// <summary>More of the voice: 16 kHz PCM16, any length.</summary>
    public void Write(ReadOnlySpan<short> samples)
    {
        lock (_lock)
        {
            if (samples.Length > Most)
            {
                _dropped += samples.Length - Most;
                samples = samples[^Most..];
            }
            if (_count + samples.Length > Most)
                Drop(Math.Min(_count, Math.Max(_count - AfterOverflow, _count + samples.Length - Most)));
            int end = (_first + _count) % Most;
            int tail = Math.Min(samples.Length, Most - end);
            samples[..tail].CopyTo(_samples.AsSpan(end));
            samples[tail..].CopyTo(_samples);
            _count += samples.Length;
        }
    }

    /// <inheritdoc/>
    public bool Exchange(long position, FrameOrigin origin, ReadOnlySpan<short> received, Span<short> toSend)
    {
        lock (_lock)
        {
            if (_count < (_isPlaying ? toSend.Length : Start))
            {
                if (_isPlaying)
                    _starved++;
                _isPlaying = false;
                toSend.Clear();
                return false;
            }
            _isPlaying = true;
            int head = Math.Min(toSend.Length, Most - _first);
            _samples.AsSpan(_first, head).CopyTo(toSend);
            _samples.AsSpan(0, toSend.Length - head).CopyTo(toSend[head..]);
            Remove(toSend.Length);
            return true;
        }
    }

    private void Drop(int samples)
    {
        _dropped += samples;
        Remove(samples);
    }

    private void Remove(int samples)
    {
        _first = (_first + samples) % Most;
        _count -= samples;
    }
}
