using PhoneAgent.Conversation.Hearing;

namespace PhoneAgent.Conversation.Session;

/// <summary>
/// Which utterance's final result the turn waits for. One that comes after the caller has gone on is kept and put before
/// what he says next, when the recogniser understands open speech: with a grammar the two together are no answer. All
/// others are too late for anything.
/// </summary>
internal sealed class AwaitedFinal(TimeSpan timeout, bool joins)
{
    private int _awaited;
    private TimeSpan _askedAt;
    private int _continued;
    private string _before = "";

    public bool IsAwaited => _awaited != 0;

    public void Await(int utterance, TimeSpan now) => (_awaited, _askedAt) = (utterance, now);

    /// <summary>The caller has gone on speaking; what he said before belongs to the same turn.</summary>
    public void CallerWentOn() => (_continued, _awaited) = (joins && _awaited != 0 ? _awaited : _continued, 0);

    /// <summary>Nobody waits for the caller's words any more.</summary>
    public void Forget()
    {
        _awaited = 0;
        ForgetEarlier();
    }

    /// <summary>What he said before the utterance that is dropped is not put before another one.</summary>
    public void ForgetEarlier() => (_continued, _before) = (0, "");

    public bool IsLate(TimeSpan now) => IsAwaited && now - _askedAt >= timeout;

    /// <summary>True when this final result is the one the turn waits for.</summary>
    public bool Takes(int utterance, RecognitionResult final)
    {
        if (utterance == _awaited)
        {
            _awaited = 0;
            return true;
        }
        if (utterance == _continued && final.Outcome == RecognitionOutcome.Recognized)
            _before = final.Text;
        return false;
    }

    /// <summary>A result of the present utterance with what the caller had said before it.</summary>
    public RecognitionResult Join(RecognitionResult result) =>
        _before.Length == 0 || result.Outcome != RecognitionOutcome.Recognized || result.Text.Length == 0
            ? result
            : result with { Text = $"{_before} {result.Text}", Tag = null };
}
