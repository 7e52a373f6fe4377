using System.Runtime.InteropServices;
using PhoneAgent.Audio;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Server.BrowserVoice.Media;
using PhoneAgent.Server.BrowserVoice.Wire;

namespace PhoneAgent.Server.BrowserVoice;

/// <summary>
/// The audio of one socket on its way to the media thread: checked, brought to 16 kHz, and held to real time. A client that
/// is ahead is asked to pause; one that goes on is closed. Used by the socket's loop.
/// </summary>
internal sealed class VoiceInput : IDisposable
{
    /// <summary>A network that was stuck delivers a burst; older sound than this helps nobody.</summary>
    private static readonly TimeSpan PauseAt = TimeSpan.FromMilliseconds(600);
    private static readonly TimeSpan CloseAt = TimeSpan.FromSeconds(5);

    /// <summary>A stream of its own for the jitter buffer: another socket's numbers have nothing to do with this one's.</summary>
    private static int _streams;

    private readonly PacketRing _ring;
    private readonly int _rate;
    private readonly Action<bool> _pause;
    private readonly LeakyBucket _ahead;
    private readonly ITimer _goOn;
    private readonly Resampler? _resampler;
    private readonly short[] _source = new short[48 * VoiceFrame.MaxDurationMs];
    private readonly short[] _resampled = new short[(AudioFormat.SampleRate / 1000 * VoiceFrame.MaxDurationMs) + 16];
    private readonly uint _stream = (uint)Interlocked.Increment(ref _streams);
    private long _timestamp;
    private bool _paused;

    public VoiceInput(PacketRing ring, int rate, Action<bool> pause, TimeProvider time)
    {
        (_ring, _rate, _pause) = (ring, rate, pause);
        _ahead = new LeakyBucket(time);
        _resampler = rate == AudioFormat.SampleRate ? null : new Resampler(rate, AudioFormat.SampleRate);
        _goOn = time.CreateTimer(static input => ((VoiceInput)input!).GoOn(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Takes a binary message; returns how the socket is to be closed, or null.</summary>
    public VoiceClose? Take(ReadOnlySpan<byte> message)
    {
        if (!VoiceFrame.TryParse(message, _rate, out VoiceFrame frame, out VoiceFrameError error))
            return new VoiceClose(VoiceCloseCode.BadMessage, Explain(error));
        if (Hold(TimeSpan.FromMilliseconds(frame.DurationMs)) is { } tooMuch)
            return tooMuch;
        _timestamp = RtpSequence.ExtendTimestamp(frame.Timestamp, _timestamp);
        Put(unchecked((ushort)frame.Sequence), _timestamp, frame.StartsSpurt, frame.Payload);
        return null;
    }

    /// <summary>Counts audio against the clock.</summary>
    public VoiceClose? Hold(TimeSpan duration)
    {
        TimeSpan ahead = _ahead.Add(duration);
        if (ahead > CloseAt)
            return new VoiceClose(VoiceCloseCode.TooMuch, "audio comes faster than real time");
        if (ahead > PauseAt && !Volatile.Read(ref _paused))
        {
            Volatile.Write(ref _paused, true);
            _pause(true);
            _goOn.Change(ahead, Timeout.InfiniteTimeSpan);
        }
        return null;
    }

    /// <param name="timestamp">In samples of the client's rate.</param>
    public void Put(ushort sequence, long timestamp, bool startsSpurt, ReadOnlySpan<byte> pcm)
    {
        if (_resampler is not null)
        {
            int count = pcm.Length / sizeof(short);
            MemoryMarshal.Cast<byte, short>(pcm).CopyTo(_source);
            int written = _resampler.Process(_source.AsSpan(0, count), _resampled);
            pcm = MemoryMarshal.AsBytes(_resampled.AsSpan(0, written));
            timestamp = timestamp * AudioFormat.SampleRate / _rate;
        }
        _ring.Write(sequence, unchecked((uint)timestamp), startsSpurt, _stream, pcm);
    }

    public void Dispose() => _goOn.Dispose();

    private void GoOn()
    {
        if (Volatile.Read(ref _paused))
        {
            Volatile.Write(ref _paused, false);
            _pause(false);
        }
    }

    private string Explain(VoiceFrameError error) => error switch
    {
        VoiceFrameError.TooShort => "a frame without samples",
        VoiceFrameError.Format => "the frame's format is not 1 (16-bit PCM)",
        VoiceFrameError.Rate => $"the frame's rate is not the {_rate} Hz of the hello",
        _ => $"a frame is 10, 20, 30 or {VoiceFrame.MaxDurationMs} ms long",
    };
}
