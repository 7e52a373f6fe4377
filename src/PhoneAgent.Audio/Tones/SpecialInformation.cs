namespace PhoneAgent.Audio.Tones;

/// <summary>
/// The special information tone: 950, 1400 and 1800 Hz, each ±50 Hz for 330 ± 70 ms, with gaps of up to 30 ms (ITU-T E.180, Q.35). North
/// America codes the reason into the first two (Bellcore): 914 or 985 Hz, 1371 or 1428 Hz, each 274 or 380 ms; where the second
/// is short the number is at fault, else the network is. Frames of 20 ms; allocates nothing.
/// </summary>
internal sealed class SpecialInformation
{
    private const double Tolerance = 55;
    private const int LeastFrames = 9;
    // Packets that come late are waited for, and make a tone longer than its network made it.
    private const int MostFrames = 32;
    private const int MostGap = 4;
    private const int ShortFrames = 16;
    private const double NorthAmericanTolerance = 14;

    private static readonly double[] Tones = [950, 1_400, 1_800];

    private int _tone;
    private int _frames;
    private int _gap;
    private int _secondFrames;
    private double _sum;
    private double _firstHz;

    /// <summary>One of its tones sounds, after the first one at least.</summary>
    public bool IsUnderWay => _tone > 0;

    public CallTone Push(in ToneFrame frame)
    {
        if (frame.Hz > 0 && frame.IsNear(Tones[_tone], Tolerance))
        {
            _gap = 0;
            _frames++;
            _sum += frame.Hz;
            if (_frames > MostFrames)
                Reset();
            return _tone == 2 && _frames == LeastFrames ? Found() : CallTone.None;
        }
        if (_frames >= LeastFrames && _tone < 2 && frame.Hz > 0 && frame.IsNear(Tones[_tone + 1], Tolerance))
            Next(frame.Hz);
        // A new one may begin wherever an old one does not go on.
        else if (_frames > 0 && ++_gap > MostGap)
            Reset();
        return CallTone.None;
    }

    private void Next(double hz)
    {
        if (_tone == 0)
            _firstHz = _sum / _frames;
        else
            _secondFrames = _frames + 1;
        (_tone, _frames, _gap, _sum) = (_tone + 1, 1, 0, hz);
    }

    private CallTone Found()
    {
        bool isNorthAmerican = Math.Abs(_sum / _frames - 1_776.7) < NorthAmericanTolerance
            && (Math.Abs(_firstHz - 913.8) < NorthAmericanTolerance || Math.Abs(_firstHz - 985.2) < NorthAmericanTolerance);
        CallTone found = isNorthAmerican && _secondFrames > ShortFrames ? CallTone.NoCircuit : CallTone.NotInService;
        Reset();
        return found;
    }

    private void Reset() => (_tone, _frames, _gap, _sum, _firstHz, _secondFrames) = (0, 0, 0, 0, 0, 0);
}
