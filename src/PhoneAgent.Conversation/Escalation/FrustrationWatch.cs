using PhoneAgent.Conversation.Hearing;

namespace PhoneAgent.Conversation.Escalation;

/// <summary>
/// Reads a call's timeline, event by event, and finds the signs of frustration in it: the tone of voice, the words, and what
/// caller and agent did. Every sign is itself an event with its number, so that the whole decision can be read and added
/// up afterwards; a timeline of yesterday gives the same decision. One per call; not thread-safe.
/// </summary>
public sealed class FrustrationWatch(EscalationOptions options)
{
    /// <summary>So many zeros within <see cref="ZeroSpan"/> are no answer but a cry for a person.</summary>
    private const int ZeroPresses = 3;

    /// <summary>A model's level up to which nothing is said: every turn brings one, and a little of nothing would add up.</summary>
    private const double Impatience = 0.3;

    private static readonly TimeSpan ZeroSpan = TimeSpan.FromSeconds(4);

    private readonly FrustrationMeter _meter = new(options.Frustration);
    private readonly EscalationRule _rule = new(options);
    private readonly RequestMemory _requests = new();
    private readonly Queue<TimeSpan> _zeros = new();
    private TimeSpan? _otherKey;

    /// <summary>The score has risen above the threshold and not fallen below the release since.</summary>
    public bool IsFrustrated => _rule.IsFrustrated;

    public double ScoreAt(TimeSpan now) => _meter.ScoreAt(now);

    /// <summary>Takes an event of the call.</summary>
    /// <param name="found">Gets the signs in it and, at most once a call, the decision to escalate.</param>
    public void Read(TimelineEvent happened, Action<TimelineEvent> found)
    {
        ArgumentNullException.ThrowIfNull(happened);
        switch (happened)
        {
            case TimelineEvent.Emotion { IsFinal: true } emotion:
                ReadTone(emotion, found);
                break;
            case TimelineEvent.Final { Outcome: RecognitionOutcome.Recognized } final:
                ReadWords(final, found);
                Tell(_rule.OnTurn(_meter.ScoreAt(final.At), final.At), final.At, found);
                break;
            case TimelineEvent.BargeIn { Step: BargeInStep.Confirmed } bargeIn:
                Sign(FrustrationSource.Interruption, 1, "", bargeIn.At, found);
                break;
            case TimelineEvent.Reprompt { Kind: "not-understood" } reprompt:
                Sign(FrustrationSource.NotUnderstood, 1, "", reprompt.At, found);
                Tell(_rule.OnTurn(_meter.ScoreAt(reprompt.At), reprompt.At), reprompt.At, found);
                break;
            case TimelineEvent.Reprompt { Kind: "not-expected" } reprompt:
                // The turn itself was counted with its words.
                Sign(FrustrationSource.NotUnderstood, 1, "", reprompt.At, found);
                break;
            case TimelineEvent.Reprompt { Kind: "silent" } silence:
                Sign(FrustrationSource.Silence, 1, "", silence.At, found);
                break;
            case TimelineEvent.Dtmf key:
                ReadKey(key.Digit, key.At, found);
                break;
            case TimelineEvent.MoodRead mood:
                Sign(FrustrationSource.Model, (mood.Level - Impatience) / (1 - Impatience), mood.Reason, mood.At, found);
                break;
        }
    }

    /// <summary>Time has passed without anything.</summary>
    public void Tick(TimeSpan now, Action<TimelineEvent> found)
    {
        if (_rule.IsFrustrated)
            Tell(_rule.OnTime(_meter.ScoreAt(now), now), now, found);
    }

    private void ReadTone(TimelineEvent.Emotion emotion, Action<TimelineEvent> found)
    {
        // The share by which the class stands out from chance: a tone that may be anything says nothing.
        double chance = 1.0 / Math.Max(2, emotion.Probabilities.Count);
        double strength = Math.Clamp((emotion.Confidence - chance) / (1 - chance), 0, 1);
        if (emotion.Label == EmotionLabels.Frustrated)
            Sign(FrustrationSource.Voice, strength, emotion.Label, emotion.At, found);
        // Classifiers that nobody taught "calm" say "neutral" for it.
        else if (emotion.Label is EmotionLabels.Calm or EmotionLabels.Neutral or EmotionLabels.Happy)
            Sign(FrustrationSource.CalmVoice, strength, emotion.Label, emotion.At, found);
    }

    private void ReadWords(TimelineEvent.Final final, Action<TimelineEvent> found)
    {
        LexiconReading reading = FrustrationLexicon.Read(final.Text);
        Sign(FrustrationSource.Words, reading.Anger, reading.Evidence, final.At, found);
        Sign(FrustrationSource.KindWords, reading.Kindness, "", final.At, found);
        double likeness = _requests.Compare(final.Text);
        if (likeness >= options.Frustration.SameRequest)
            Sign(FrustrationSource.Repetition, likeness, $"{likeness:0.00} like an earlier request", final.At, found);
        if (final.Confidence < options.Frustration.LowConfidence)
            Sign(FrustrationSource.Uncertain, 1, $"confidence {final.Confidence:0.00}", final.At, found);
    }

    private void ReadKey(char digit, TimeSpan at, Action<TimelineEvent> found)
    {
        if (digit != '0')
        {
            _otherKey = at;
            _zeros.Clear();
            return;
        }
        if (at - _otherKey <= ZeroSpan)
            return; // of a number that is being keyed in
        _zeros.Enqueue(at);
        while (at - _zeros.Peek() > ZeroSpan)
            _zeros.Dequeue();
        if (_zeros.Count < ZeroPresses)
            return;
        _zeros.Clear();
        Sign(FrustrationSource.ZeroKey, 1, $"{ZeroPresses} times", at, found);
        Tell(_rule.OnTurn(_meter.ScoreAt(at), at), at, found);
    }

    private void Sign(FrustrationSource source, double strength, string detail, TimeSpan at, Action<TimelineEvent> found)
    {
        if (strength <= 0 || options.Frustration.WeightOf(source) == 0)
            return;
        double amount = _meter.Add(source, strength, at);
        double score = _meter.ScoreAt(at);
        if (amount == 0)
            return; // nothing left to take off
        found(new TimelineEvent.Frustration(source, strength, amount, score, detail) { At = at });
        _rule.OnSign(source, amount, score, at, detail);
    }

    private static void Tell(EscalationDecision? decision, TimeSpan at, Action<TimelineEvent> found)
    {
        if (decision is null)
            return;
        string signs = string.Join(", ", decision.Sources);
        found(new TimelineEvent.Escalated(decision.Rule, decision.Score, decision.Turns, decision.Lasted, signs) { At = at });
    }
}
