using PhoneAgent.Conversation.Hearing;

namespace PhoneAgent.Conversation.Dialogue;

/// <summary>What the steps of a reply that stands bring about: in the call's record, in what is expected of the caller, on the line.</summary>
internal sealed class ReplyEffects(CallTimeline timeline)
{
    /// <summary>What is expected of the caller now.</summary>
    public Expectation Expectation { get; private set; } = Expectation.Nothing;

    /// <summary>Steps that the session carries out at once.</summary>
    public Action<DialogueAction>? OnEffect { get; set; }

    public void Apply(ReplyRun run, DialogueAction action, TimeSpan now)
    {
        switch (action)
        {
            case DialogueAction.Say { Text: var text }:
                timeline.Append(new TimelineEvent.AgentSentence(run.Turn, text) { At = now });
                break;
            case DialogueAction.Play { Text: var text }:
                timeline.Append(new TimelineEvent.AgentSentence(run.Turn, text) { At = now });
                break;
            case DialogueAction.Listen { Expectation: var expectation }:
                Expectation = expectation;
                OnEffect?.Invoke(action);
                break;
            case DialogueAction.Transfer or DialogueAction.HangUp:
                run.Conclusion = action;
                break;
            case DialogueAction.Misunderstood { Count: var count }:
                timeline.Append(new TimelineEvent.Reprompt("not-expected", count) { At = now });
                break;
            case DialogueAction.Note { Key: var key, Value: var value }:
                timeline.Append(new TimelineEvent.Noted(key, value) { At = now });
                break;
            case DialogueAction.Collect { Slot: var slot, Value: var value }:
                timeline.Append(new TimelineEvent.Collected(slot, value) { At = now });
                break;
            case DialogueAction.SendDtmf or DialogueAction.UseVoice:
                OnEffect?.Invoke(action);
                break;
        }
    }
}
