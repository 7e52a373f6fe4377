using PhoneAgent.Conversation.Hearing;

namespace PhoneAgent.Conversation.Session;

/// <summary>
/// Lets the words of an utterance wait, for moments, until its tone is there, so that the reply to them knows both. Tones are
/// answered in the order in which they were asked for. Owned by the session loop; times are media time.
/// </summary>
internal sealed class ToneJoin(TimeSpan patience)
{
    private readonly Queue<Held> _held = new();
    private long _asked;
    private long _answered;

    private readonly record struct Held(int Utterance, RecognitionResult Result, long Needs, TimeSpan Since);

    /// <summary>A probe or a final reading was asked for.</summary>
    public void Asked() => _asked++;

    /// <summary>One of them is there.</summary>
    public void Answered() => _answered++;

    /// <summary>True when the result has to wait; <see cref="TryTake"/> gives it back.</summary>
    public bool Holds(int utterance, RecognitionResult result, TimeSpan now)
    {
        bool needsTone = (result.IsFinal || result.IsProbe) && _answered < _asked;
        // One that needs none stays behind those that came before it.
        if (!needsTone && _held.Count == 0)
            return false;
        _held.Enqueue(new Held(utterance, result, needsTone ? _asked : 0, now));
        return true;
    }

    /// <summary>The next result whose tone is there, or has not come in time.</summary>
    public bool TryTake(TimeSpan now, out int utterance, out RecognitionResult? result)
    {
        (utterance, result) = (0, null);
        if (!_held.TryPeek(out Held next) || (_answered < next.Needs && now - next.Since < patience))
            return false;
        _held.Dequeue();
        (utterance, result) = (next.Utterance, next.Result);
        return true;
    }
}
