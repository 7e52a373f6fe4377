using PhoneAgent.Conversation.Answering;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Conversation.Supervision;
using PhoneAgent.Conversation.Turns;

namespace PhoneAgent.Conversation.Session;

/// <summary>What the turns write into the timeline.</summary>
/// <param name="timeline">The call's record.</param>
/// <param name="now">Media time.</param>
internal sealed class TurnNotes(CallTimeline timeline, Func<TimeSpan> now)
{
    public void SpeechStarted(long onset) =>
        timeline.Append(new TimelineEvent.SpeechStarted(AudioFormat.ToTime(onset)) { At = now() });

    public void SpeechStopped(long lastVoiced) =>
        timeline.Append(new TimelineEvent.SpeechStopped(AudioFormat.ToTime(lastVoiced)) { At = now() });

    public void Endpoint(long lastVoiced, TimeSpan silence, string rule) =>
        timeline.Append(new TimelineEvent.Endpoint(AudioFormat.ToTime(lastVoiced), silence, rule) { At = now() });

    public void Interim(RecognitionResult result) =>
        timeline.Append(new TimelineEvent.Interim(result.Text, result.IsCompleteAnswer) { At = now() });

    public void Final(RecognitionResult result, string consequenceOfFailure)
    {
        timeline.Append(new TimelineEvent.Final(result.Text, result.Outcome, result.Confidence, result.Tag) { At = now() });
        if (result.Outcome == RecognitionOutcome.Failed)
            timeline.Append(new TimelineEvent.Failure("recogniser", result.Error ?? "failed", consequenceOfFailure) { At = now() });
    }

    public void Tone(EmotionReading reading, bool isFinal) => timeline.Append(
        new TimelineEvent.Emotion(reading.Label, reading.Confidence, reading.Probabilities, isFinal) { At = now(), Reason = reading.Reason });

    public void BargeIn(BargeInStep step, long onset, string? reason = null) =>
        timeline.Append(new TimelineEvent.BargeIn(step, AudioFormat.ToTime(onset), reason) { At = now() });

    public void Reprompt(string kind, int count) => timeline.Append(new TimelineEvent.Reprompt(kind, count) { At = now() });

    public void Key(char digit, DtmfSource source) => timeline.Append(new TimelineEvent.Dtmf(digit, source) { At = now() });

    public void Hold(bool held) => timeline.Append(new TimelineEvent.Hold(held) { At = now() });

    public void Supervised(SupervisorOrder order, SupervisorResult result) => timeline.Append(
        new TimelineEvent.Supervised(order.Action.Step, order.User, order.Action.Words, result.IsDone ? null : result.Reason) { At = now() });

    public void Answered(AnswerVerdict verdict, bool isRevised) => timeline.Append(
        new TimelineEvent.AnsweredBy(verdict.Kind, verdict.Rule, verdict.Detail) { At = now(), IsRevised = isRevised });

    public void Step(TurnStep step, TurnTrigger trigger) =>
        timeline.Append(new TimelineEvent.TurnState(step.From.ToString(), step.To.ToString(), trigger.ToString()) { At = now() });
}
