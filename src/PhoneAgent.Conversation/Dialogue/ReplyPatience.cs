using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Speaking;

namespace PhoneAgent.Conversation.Dialogue;

/// <summary>What is due because a reply keeps the caller waiting.</summary>
internal enum ReplyDue
{
    Nothing,
    Filler,
    /// <summary>Not even a filler came out of the voice.</summary>
    VoiceFailed,
    /// <summary>No step of the dialogue, and no words, for too long.</summary>
    NothingCame,
}

/// <summary>Says what a caller who waits for a reply gets, so that there is no dead air. Times in, verdict out; no clock.</summary>
internal sealed class ReplyPatience(CallSessionOptions options)
{
    private const int MaxFillers = 2;

    private TimeSpan _since;
    private TimeSpan _progressAt;
    private TimeSpan _fillerAt;
    private int _fillers;

    /// <summary>The caller begins to wait.</summary>
    public void Begin(TimeSpan now) => (_since, _progressAt, _fillers) = (now, now, 0);

    /// <summary>The dialogue has made a step.</summary>
    public void Progressed(TimeSpan now) => _progressAt = now;

    /// <summary>The agent may be heard again; until now he was kept silent.</summary>
    public void GoOn(TimeSpan now) => (_since, _progressAt, _fillerAt) = (now, now, now);

    /// <summary>How long the caller has heard nothing.</summary>
    public TimeSpan Quiet(TimeSpan now, in SpeechStatus speech) => now - Later(_since, AudioFormat.ToTime(speech.LastPlayed));

    public ReplyDue Decide(TimeSpan now, in SpeechStatus speech)
    {
        TimeSpan words = AudioFormat.ToTime(speech.LastWords);
        if (now - Later(_progressAt, words) >= options.ReplyTimeout)
            return ReplyDue.NothingCame;
        if (words > _fillerAt)
            _fillers = 0;
        if (_fillers > 0 && AudioFormat.ToTime(speech.LastPlayed) <= _fillerAt)
            return now - _fillerAt >= 2 * options.FillerAfter ? ReplyDue.VoiceFailed : ReplyDue.Nothing;
        if (_fillers == MaxFillers || Quiet(now, speech) < options.FillerAfter * (1 << _fillers))
            return ReplyDue.Nothing;
        (_fillers, _fillerAt) = (_fillers + 1, now);
        return ReplyDue.Filler;
    }

    private static TimeSpan Later(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
