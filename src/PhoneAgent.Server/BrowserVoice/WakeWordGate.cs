using PhoneAgent.Conversation;
using PhoneAgent.Server.BrowserVoice.Media;

namespace PhoneAgent.Server.BrowserVoice;

/// <summary>
/// Lets nothing through until the wake word was heard; then everything, until it has been quiet for a while. The media thread
/// only copies; the model runs on the thread pool, one run at a time and over the newest sound.
/// </summary>
/// <param name="samples">How much sound is looked at.</param>
/// <param name="score">How likely the word is in it, 0–1.</param>
/// <param name="onHeard">Told the score, on the thread pool.</param>
internal sealed class WakeWordGate(int samples, Func<float[], float> score, double threshold, Action<double> onHeard) : IAudioGate, IThreadPoolWorkItem
{
    /// <summary>Every fourth frame: a word is some 500 ms long.</summary>
    private const int FramesPerRun = 4;
    /// <summary>Five seconds.</summary>
    private const int QuietFrames = 250;
    private const int LoudMean = 150;

    private readonly short[] _ring = new short[samples];
    private readonly float[] _window = new float[samples];
    private long _written;
    private int _sinceRun;
    private int _quiet;
    private int _running;
    private volatile bool _isOpen;

    public bool IsOpen => _isOpen;

    public bool Pass(Span<short> frame)
    {
        if (_isOpen)
        {
            _quiet = IsLoud(frame) ? 0 : _quiet + 1;
            if (_quiet < QuietFrames)
                return true;
            _isOpen = false;
        }
        Keep(frame);
        if (++_sinceRun >= FramesPerRun && Interlocked.Exchange(ref _running, 1) == 0)
        {
            _sinceRun = 0;
            CopyWindow();
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
        frame.Clear();
        return false;
    }

    void IThreadPoolWorkItem.Execute()
    {
        try
        {
            float likely = score(_window);
            if (likely >= threshold)
            {
                _quiet = 0;
                _isOpen = true;
                onHeard(Math.Round(Math.Min(likely, 1), 3));
            }
        }
        catch (Exception e) when (e is EngineException or ObjectDisposedException or OperationCanceledException)
        {
            // A run that failed has heard nothing; the next one may. A server that stops takes the model away meanwhile.
        }
        finally
        {
            Interlocked.Exchange(ref _running, 0);
        }
    }

    private void Keep(ReadOnlySpan<short> frame)
    {
        foreach (short sample in frame)
            _ring[(int)(_written++ % _ring.Length)] = sample;
    }

    private void CopyWindow()
    {
        for (int i = 0; i < _window.Length; i++)
            _window[i] = _ring[(int)((_written + i) % _ring.Length)] / 32768f;
    }

    private static bool IsLoud(ReadOnlySpan<short> frame)
    {
        long sum = 0;
        foreach (short sample in frame)
            sum += Math.Abs((int)sample);
        return sum > (long)LoudMean * frame.Length;
    }
}
