namespace PhoneAgent.Audio.Tones;

/// <summary>
/// A fax machine or modem that answers sends 2100 ± 15 Hz for 2.6 s and more (CED: ITU-T T.30; ANS: V.8, with a turned phase each 450 ms). One that
/// calls sends 1100 ± 38 Hz, half a second in every three and a half (CNG); a beep is never that regular. Frames of 20 ms; allocates nothing.
/// </summary>
internal sealed class FaxTones
{
    private const int AnswerFrames = 45;
    private const int MostBroken = 2;
    private const int CallingFrames = 19;
    private const int MostCallingFrames = 30;
    private const int LeastPause = 125;
    private const int MostPause = 175;

    private int _answer;
    private int _broken;
    private int _calling;
    private int _sinceCalling = int.MaxValue;
    private bool _isSecond;

    public CallTone Push(in ToneFrame frame) => IsAnswering(frame) | IsCalling(frame) ? CallTone.Fax : CallTone.None;

    private bool IsAnswering(in ToneFrame frame)
    {
        if (frame.IsNear(2_100, 30))
            return (_broken = 0) == 0 && ++_answer == AnswerFrames;
        if (_answer > 0 && ++_broken > MostBroken)
            (_answer, _broken) = (0, 0);
        return false;
    }

    private bool IsCalling(in ToneFrame frame)
    {
        if (frame.IsNear(1_100, 42))
        {
            if (_calling++ == 0)
                _isSecond = _sinceCalling is >= LeastPause and <= MostPause;
            return _isSecond && _calling == CallingFrames;
        }
        if (_calling > 0)
            _sinceCalling = _calling is >= CallingFrames and <= MostCallingFrames ? 0 : int.MaxValue;
        _calling = 0;
        _sinceCalling += _sinceCalling < int.MaxValue ? 1 : 0;
        return false;
    }
}
