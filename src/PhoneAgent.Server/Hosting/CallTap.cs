using PhoneAgent.Audio;
using PhoneAgent.Conversation.Calls;

namespace PhoneAgent.Server.Hosting;

/// <summary>
/// Where the sound of a running call can be had: its outline for pages, and the frames themselves for whoever listens in.
/// Listeners come and go from any thread while the call runs.
/// </summary>
/// <param name="recorder">Keeps both sides, or null.</param>
internal sealed class CallTap(ICallRecorder? recorder) : ICallRecorder
{
    // 25 a second for the first ten minutes, then half as many, and so on.
    private const int FramesPerPeak = 2;

    private readonly Lock _lock = new();
    private volatile ICallRecorder[] _listeners = [];
    private volatile ICallRecorder? _recorder = recorder;

    public WaveformPeaks Peaks { get; } = new(AudioFormat.FrameSamples, FramesPerPeak);

    /// <summary>Media time of the call.</summary>
    public TimeSpan Elapsed => AudioFormat.ToTime(Peaks.Frames * AudioFormat.FrameSamples);

    public void Write(ReadOnlySpan<short> caller, ReadOnlySpan<short> agent)
    {
        _recorder?.Write(caller, agent);
        Peaks.Write(caller, agent);
        foreach (ICallRecorder listener in _listeners)
            listener.Write(caller, agent);
    }

    /// <summary>The call is over: only its outline stays.</summary>
    public void Release() => _recorder = null;

    /// <summary>Every frame from now on goes to this one too, on the media thread: it must keep to the rules of <see cref="ICallRecorder"/>.</summary>
    /// <returns>Ends it; one more frame may be on its way.</returns>
    public IDisposable Listen(ICallRecorder listener)
    {
        lock (_lock)
            _listeners = [.. _listeners, listener];
        return new Listening(this, listener);
    }

    private sealed class Listening(CallTap tap, ICallRecorder listener) : IDisposable
    {
        public void Dispose()
        {
            lock (tap._lock)
                tap._listeners = [.. tap._listeners.Where(l => !ReferenceEquals(l, listener))];
        }
    }
}
