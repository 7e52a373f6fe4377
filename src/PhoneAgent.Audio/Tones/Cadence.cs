namespace PhoneAgent.Audio.Tones;

/// <summary>
/// Tells busy, congestion and ringback by how long their tone and the silence last (ITU-T E.180 supplement 2): busy 500/500 (North America,
/// Europe), 375/375 (UK); congestion 250/250, 200/200, UK 400/350/225/525; ringback 2 s/4 s (North America), 1 s/4 s (Europe),
/// 400/200/400/2000 (UK). Frames of 20 ms; allocates nothing.
/// </summary>
internal sealed class Cadence
{
    private const int Frame = 20;
    private const int Longest = 6_000;
    /// <summary>A tone's edge falls into a frame, and a click into a pause: so long they belong to what was before.</summary>
    private const int Unclear = 3;
    private const int Ringing = 1_200;
    private const float SilenceBelowTone = 7;
    private const float SameLevel = 4;
    private const float LeastDb = -45;

    // On, off, on, off, the latest last; milliseconds.
    private readonly int[] _parts = new int[4];
    private bool _isOn;
    private bool _isTold;
    private int _lasted;
    private int _unclear;
    private float _levelDb;

    /// <summary>A tone sounds now, or has within the cadence.</summary>
    public bool IsOn => _isOn;

    public CallTone Push(in ToneFrame frame)
    {
        if (frame.IsLow && frame.LevelDb > LeastDb && (_lasted == 0 || Math.Abs(frame.LevelDb - _levelDb) < SameLevel))
            return OnTone(frame.LevelDb);
        if (_lasted == 0)
            return CallTone.None;
        if (frame.LevelDb < Math.Max(LeastDb - 5, _levelDb - SilenceBelowTone))
            return OnSilence();
        _lasted += Frame;
        if (++_unclear > Unclear)
            Reset();
        return CallTone.None;
    }

    private CallTone OnTone(float levelDb)
    {
        _unclear = 0;
        if (_lasted == 0 || _isOn)
        {
            _levelDb = _lasted == 0 ? levelDb : _levelDb + 0.2f * (levelDb - _levelDb);
            (_isOn, _lasted) = (true, _lasted + Frame);
            if (_lasted > Longest)
                Reset();
            return CallTone.None;
        }
        Turn(on: true);
        return Repeated();
    }

    private CallTone OnSilence()
    {
        _unclear = 0;
        if (_isOn)
        {
            Turn(on: false);
            return CallTone.None;
        }
        _lasted += Frame;
        if (_lasted >= Longest)
            Reset();
        if (_lasted < Ringing || _isTold || !IsRinging())
            return CallTone.None;
        _isTold = true;
        return CallTone.Ringback;
    }

    private void Turn(bool on)
    {
        (_parts[0], _parts[1], _parts[2], _parts[3]) = (_parts[1], _parts[2], _parts[3], _lasted);
        (_isOn, _lasted, _isTold) = (on, Frame, false);
    }

    /// <summary>A tone begins after on, off, on, off.</summary>
    private CallTone Repeated()
    {
        (int on1, int off1, int on2, int off2) = (_parts[0], _parts[1], _parts[2], _parts[3]);
        if (Is(on1, 400) && Is(off1, 350) && Is(on2, 225) && Is(off2, 525))
            return CallTone.Congestion;
        bool isEven = Math.Abs(on1 - on2) <= 60 && Math.Abs(off1 - off2) <= 60 && Math.Abs(on1 - off1) <= 80;
        return !isEven ? CallTone.None : on1 switch
        {
            >= 150 and < 315 => CallTone.Congestion,
            >= 315 and <= 640 => CallTone.Busy,
            _ => CallTone.None,
        };
    }

    private bool IsRinging() =>
        _parts[3] is > 750 and < 2_400 || (Is(_parts[3], 400) && Is(_parts[2], 200) && Is(_parts[1], 400));

    private static bool Is(int lasted, int wanted) => Math.Abs(lasted - wanted) <= 60;

    private void Reset()
    {
        Array.Clear(_parts);
        (_isOn, _lasted, _unclear, _isTold) = (false, 0, 0, false);
    }
}
