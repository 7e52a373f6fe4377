using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Conversation.Transfer;
using PhoneAgent.Conversation.Transfer.Brief;
using PhoneAgent.Conversation.Transfer.Humans;
using PhoneAgent.Testing;
using PhoneAgent.Testing.Calls;
using Xunit;

namespace PhoneAgent.Tests.Conversation.Transfer;

/// <summary>Calls whose caller wants a human at second 1, with humans on a line that do what the test says.</summary>
public abstract class TransferCallTest
{
    protected const string First = "200", Second = "201";
    private static readonly Expectation Anything = new() { FreeText = true };

    protected FakePhoneLine Line { get; } = new();

    protected VirtualTime Clock { get; } = new();

    protected HumanPlan? Humans { get; set; }

    protected Func<BriefSource, Action<TimelineEvent>, CancellationToken, Task<WrittenBrief>>? Brief { get; set; }

    protected TransferOptions Options { get; set; } = new();

    protected Func<IAudioPeer>? Music { get; set; }

    protected ICallRecorder? Recording { get; set; }

    /// <summary>What the agent was told of a transfer that failed.</summary>
    protected static DialogueTurn.TransferFailed? Failed(ScriptedCall call) => call.Dialogue.Committed.OfType<DialogueTurn.TransferFailed>().SingleOrDefault();

    protected static IEnumerable<string> Steps(ScriptedCall call) => call.EventsOf<TimelineEvent.Transfer>().Select(e => e.Step);

    protected ScriptedCall Call(TransferMode mode = TransferMode.Auto, bool hasLine = true)
    {
        var setup = new TransferSetup { Line = hasLine ? Line : null, Options = Options with { Mode = mode }, Time = Clock, Music = Music, Brief = Brief };
        return new ScriptedCall(Respond, transfers: setup, recorder: Recording).Say(1, "a human please", 0.5);
    }

    private IEnumerable<DialogueAction> Respond(DialogueTurn turn) => turn switch
    {
        DialogueTurn.CallStarted => [new DialogueAction.Listen(Anything)],
        DialogueTurn.CallerSaid { Result.Text: "a human please" } =>
            [new DialogueAction.Say("I connect you."), new DialogueAction.Transfer(First, "the caller asked for a person") { Humans = Humans }],
        DialogueTurn.TransferFailed => [new DialogueAction.Say("Nobody is free."), new DialogueAction.Listen(Anything)],
        DialogueTurn.CallerSaid said => [new DialogueAction.Say($"You said {said.Result.Text}."), new DialogueAction.Listen(Anything)],
        _ => [new DialogueAction.Listen(Anything)],
    };

    /// <summary>The agent is back, apologised, and the conversation goes on.</summary>
    protected static async Task<DialogueTurn.TransferFailed> AssertBackAsync(ScriptedCall call, double at)
    {
        CallEnd end = await call.Say(at, "hello again", 0.5).RunAsync(at + 5);
        Assert.Equal((CallEndCause.HungUp, EndedBy.Caller), (end.Cause, end.By));
        Assert.Equal("returned", Steps(call).Last());
        string[] heard = [.. call.EventsOf<TimelineEvent.Heard>().Select(e => e.Text).Where(text => text.Length > 0)];
        Assert.Equal(["Nobody is free.", "You said hello again."], heard[^2..]);
        Assert.Null(call.EventsOf<TimelineEvent.Ended>().Single().Disposition);
        return Failed(call)!;
    }
}
