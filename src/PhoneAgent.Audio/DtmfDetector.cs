namespace PhoneAgent.Audio;

/// <param name="Duration">In samples, to within a few milliseconds.</param>
public readonly record struct DtmfDigit(char Digit, int Duration);

/// <summary>
/// Finds DTMF in audio. Windows of 16 ms, half overlapping; three in a row that agree make a digit, so tones from 40 ms on
/// are heard. Speech is told apart by how much of the energy lies in the two tones, by their balance (twist) and by their
/// second harmonics. Not thread-safe.
/// </summary>
public sealed class DtmfDetector
{
    private const int WindowsToBegin = 3;
    private const int WindowsToEnd = 3;

    private readonly DtmfAnalysis _analysis;
    private readonly float[] _window;
    private readonly int _hop;
    private int _filled;
    private char? _candidate;
    private int _agreeing;
    private int _missing;
    private int _windows;

    /// <param name="sampleRate">8000 or 16000.</param>
    public DtmfDetector(int sampleRate)
    {
        _analysis = DtmfAnalysis.For(sampleRate);
        _window = new float[_analysis.WindowSamples];
        _hop = _window.Length / 2;
    }

    /// <summary>The digit that sounds now; null when none does.</summary>
    public char? Current { get; private set; }

    /// <summary>Takes the next samples.</summary>
    /// <returns>True when a digit has ended within them.</returns>
    public bool Process(ReadOnlySpan<short> samples, out DtmfDigit digit)
    {
        bool hasEnded = false;
        digit = default;
        while (!samples.IsEmpty)
        {
            int count = Math.Min(samples.Length, _window.Length - _filled);
            VectorMath.Widen(samples[..count], _window.AsSpan(_filled));
            samples = samples[count..];
            _filled += count;
            if (_filled < _window.Length)
                break;
            if (Step(_analysis.Classify(_window)) is { } ended)
                (digit, hasEnded) = (ended, true);
            _window.AsSpan(_hop).CopyTo(_window);
            _filled = _window.Length - _hop;
        }
        return hasEnded;
    }

    /// <summary>Forgets a tone that sounds.</summary>
    public void Reset()
    {
        _filled = 0;
        _candidate = null;
        Current = null;
        _agreeing = 0;
    }

    private DtmfDigit? Step(char? heard)
    {
        if (Current is { } sounding)
        {
            _windows++;
            _missing = heard == sounding ? 0 : _missing + 1;
            Follow(heard);
            bool isReplaced = _agreeing >= WindowsToBegin && _candidate != sounding;
            if (_missing < WindowsToEnd && !isReplaced)
                return null;
            Current = null;
            var ended = new DtmfDigit(sounding, (_windows - _missing + 1) * _hop);
            TryBegin();
            return ended;
        }
        Follow(heard);
        TryBegin();
        return null;
    }

    private void Follow(char? heard)
    {
        _agreeing = heard is not null && heard == _candidate ? _agreeing + 1 : heard is null ? 0 : 1;
        _candidate = heard;
    }

    private void TryBegin()
    {
        if (_candidate is null || _agreeing < WindowsToBegin)
            return;
        Current = _candidate;
        _windows = _agreeing;
        _missing = 0;
    }
}
