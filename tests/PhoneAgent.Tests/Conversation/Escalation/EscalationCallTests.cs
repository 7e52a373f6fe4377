using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Conversation.Dialogue.Scripted;
using PhoneAgent.Conversation.Escalation;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Testing.Calls;
using PhoneAgent.Tests.Conversation.Dialogue.Scripted;
using Xunit;

namespace PhoneAgent.Tests.Conversation.Escalation;

public class EscalationCallTests
{
    private static readonly Expectation Anything = new() { FreeText = true };

    private static IEnumerable<DialogueAction> Answer(DialogueTurn turn) => turn switch
    {
        DialogueTurn.CallStarted => [new DialogueAction.Say("Hello."), new DialogueAction.Listen(Anything)],
        DialogueTurn.Escalated escalated => [new DialogueAction.Say("A colleague helps."), new DialogueAction.Transfer("200", escalated.Reason)],
        _ => [new DialogueAction.Say("I see."), new DialogueAction.Listen(Anything)],
    };

    [Fact]
    public async Task A_caller_who_stays_frustrated_is_handed_to_a_human_in_place_of_the_next_reply()
    {
        await using var call = new ScriptedCall(Answer, escalation: new EscalationOptions());
        await call.Say(2, "my parcel has not arrived and this is ridiculous", 1)
            .Say(6, "I already told you my parcel has not arrived", 1)
            .Say(10, "this is useless my parcel has not arrived", 1).RunAsync(16);

        TimelineEvent.Escalated decision = Assert.Single(call.EventsOf<TimelineEvent.Escalated>());
        Assert.Equal("Words, Repetition", decision.Sources);
        Assert.Equal("A colleague helps.", call.EventsOf<TimelineEvent.AgentSentence>().Last().Text);
        TimelineEvent.Transfer transfer = call.EventsOf<TimelineEvent.Transfer>().First();
        Assert.Equal("200", transfer.Target);
        Assert.Contains(call.Dialogue.Committed, turn => turn is DialogueTurn.Escalated);
    }

    [Fact]
    public async Task Without_the_rule_the_same_call_goes_on()
    {
        await using var call = new ScriptedCall(Answer);
        await call.Say(2, "my parcel has not arrived and this is ridiculous", 1)
            .Say(6, "I already told you my parcel has not arrived", 1)
            .Say(10, "this is useless my parcel has not arrived", 1).RunAsync(16);

        Assert.Empty(call.EventsOf<TimelineEvent.Frustration>());
        Assert.Empty(call.EventsOf<TimelineEvent.Transfer>());
    }

    [Fact]
    public async Task What_the_agent_s_script_did_not_expect_is_on_record_once_and_counts()
    {
        await using var call = new ScriptedCall(_ => [], escalation: new EscalationOptions(), dialogue: new ScriptedDialogueFactory(TextCall.FrontDesk(), new HttpClient(), TextCall.Saturday()).Create(new CallInfo { Id = "1", Direction = CallDirection.Inbound, RemoteParty = "1", LocalParty = "2" }));
        await call.Say(5, "do you like purple elephants", 1.5).RunAsync(16);

        TimelineEvent.Reprompt reprompt = Assert.Single(call.EventsOf<TimelineEvent.Reprompt>(), reprompt => reprompt.Kind != "silent");
        Assert.Equal(("not-expected", 1), (reprompt.Kind, reprompt.Count));
        Assert.Equal(FrustrationSource.NotUnderstood, call.EventsOf<TimelineEvent.Frustration>().First().Source);
    }

    [Fact]
    public async Task A_friendly_caller_who_asks_twice_is_not()
    {
        await using var call = new ScriptedCall(Answer, escalation: new EscalationOptions());
        await call.Say(2, "where is my parcel from the bicycle shop please", 1)
            .Say(6, "thank you that is very helpful", 1)
            .Say(10, "where is my parcel from the bicycle shop again please", 1)
            .Say(14, "great thanks", 1).RunAsync(18);

        Assert.NotEmpty(call.EventsOf<TimelineEvent.Frustration>());
        Assert.Empty(call.EventsOf<TimelineEvent.Escalated>());
    }

    [Fact]
    public async Task What_is_replayed_from_the_record_decides_the_same()
    {
        await using var call = new ScriptedCall(Answer, escalation: new EscalationOptions());
        await call.Say(2, "my parcel has not arrived and this is ridiculous", 1)
            .Say(6, "I already told you my parcel has not arrived", 1)
            .Say(10, "this is useless my parcel has not arrived", 1).RunAsync(16);

        var again = new List<TimelineEvent>();
        var watch = new FrustrationWatch(new EscalationOptions());
        foreach (TimelineEvent happened in call.Events)
            watch.Read(happened, again.Add);
        Assert.Equal(call.Events.Where(e => e is TimelineEvent.Frustration or TimelineEvent.Escalated), again);
    }
}
