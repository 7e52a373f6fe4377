using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Conversation.Hearing;

namespace PhoneAgent.Conversation.Escalation;

/// <summary>
/// Follows the timeline of a running call and, once the caller's frustration is sustained, puts the hand-over to a human in
/// the place of the agent's next reply. Owned by the session loop.
/// </summary>
internal sealed class Escalator(CallTimeline timeline, EscalationOptions? options)
{
    /// <summary>A tone that is less sure than this says nothing.</summary>
    private const double ClearTone = 0.5;

    private readonly FrustrationWatch? _watch = options is { Enabled: true } ? new FrustrationWatch(options) : null;
    private int _read;
    private string? _tone;
    private TimelineEvent.Escalated? _due;

    /// <summary>Time has passed: frustration that lasts is a sign, too.</summary>
    public void Tick(TimeSpan now)
    {
        Follow();
        _watch?.Tick(now, Found);
    }

    /// <summary>The turn to reply to: this one, or the escalation that has become due.</summary>
    public DialogueTurn Instead(DialogueTurn turn)
    {
        Follow();
        if (_due is not { } due)
            return turn;
        _due = null;
        return new DialogueTurn.Escalated($"{due.Rule}: {due.Sources}");
    }

    /// <summary>A hand-over is due.</summary>
    public bool IsDue
    {
        get
        {
            Follow();
            return _due is not null;
        }
    }

    /// <summary>How he will seem when the utterance ends with this tone; null when nobody has heard one.</summary>
    public string? MoodBy(EmotionReading? tone)
    {
        if (tone is null)
            return Mood;
        Follow();
        return Clear(tone.Label, tone.Confidence) ?? (_watch?.IsFrustrated == true ? EmotionLabels.Frustrated : null);
    }

    /// <summary>How the caller seems: by the tone of his last utterance where that is clear, else by the signs of frustration; null when nothing can be said.</summary>
    public string? Mood
    {
        get
        {
            Follow();
            return _tone ?? (_watch?.IsFrustrated == true ? EmotionLabels.Frustrated : null);
        }
    }

    private void Follow()
    {
        while (timeline.At(_read) is { } happened)
        {
            _read++;
            if (happened is TimelineEvent.Emotion { IsFinal: true } emotion)
                _tone = Clear(emotion.Label, emotion.Confidence);
            _watch?.Read(happened, Found);
        }
    }

    private static string? Clear(string label, double confidence) =>
        confidence >= ClearTone && label is not (EmotionLabels.Neutral or EmotionLabels.Unknown) ? label : null;

    private void Found(TimelineEvent found)
    {
        timeline.Append(found);
        _due = found as TimelineEvent.Escalated ?? _due;
    }
}
