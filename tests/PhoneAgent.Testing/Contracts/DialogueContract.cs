using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Conversation.Hearing;
using Xunit;

namespace PhoneAgent.Testing.Contracts;

/// <summary>What the session relies on in every <see cref="IDialogue"/>.</summary>
public abstract class DialogueContract
{
    protected static CallInfo Call { get; } = new() { Id = "contract", Direction = CallDirection.Inbound, RemoteParty = "5550100", LocalParty = "100" };

    /// <summary>Something a caller says that the dialogue answers.</summary>
    protected virtual string Words => "when are you open";

    /// <summary>A new dialogue; it answers the same to the same turns each time.</summary>
    protected abstract IDialogue Create();

    [Fact]
    public async Task Every_turn_ends_with_the_caller_s_turn_or_the_call_s_end()
    {
        foreach (DialogueTurn turn in (DialogueTurn[])[Said(Words), new DialogueTurn.NotUnderstood(1), new DialogueTurn.CallerSilent(1), new DialogueTurn.CallerPressed("1"), new DialogueTurn.CallerSilent(2)])
        {
            await using IDialogue dialogue = Create();
            await StartAsync(dialogue);
            List<DialogueAction> actions = await TurnAsync(dialogue, turn);
            Assert.Contains(actions, action => action is DialogueAction.Say or DialogueAction.Play or DialogueAction.Transfer);
            Assert.True(actions[^1] is DialogueAction.Listen or DialogueAction.Transfer or DialogueAction.HangUp, $"{turn}: {actions[^1]}");
            Assert.Equal(1, actions.Count(action => action is DialogueAction.Listen or DialogueAction.Transfer or DialogueAction.HangUp));
        }
    }

    [Fact]
    public async Task A_reply_that_is_not_committed_never_happened()
    {
        await using IDialogue guessed = Create();
        await using IDialogue plain = Create();
        await StartAsync(guessed);
        await StartAsync(plain);
        foreach (DialogueTurn guess in (DialogueTurn[])[Said(Words), new DialogueTurn.NotUnderstood(1), new DialogueTurn.CallerPressed("1")])
        {
            await using IDialogueReply reply = guessed.Respond(guess);
            await ReadAsync(reply);
        }
        // Two turns: what was guessed could show in the second only.
        foreach (DialogueTurn turn in (DialogueTurn[])[new DialogueTurn.NotUnderstood(1), Said(Words)])
            Assert.Equal(Text(await TurnAsync(plain, turn)), Text(await TurnAsync(guessed, turn)));
    }

    [Fact]
    public async Task The_commit_may_come_before_in_the_middle_of_and_after_the_reading()
    {
        var said = new List<string>();
        for (int when = 0; when < 3; when++)
        {
            await using IDialogue dialogue = Create();
            await StartAsync(dialogue);
            await using (IDialogueReply reply = dialogue.Respond(Said(Words)))
            {
                if (when == 0)
                    reply.Commit();
                int read = 0;
                await foreach (DialogueAction _ in reply.ReadAsync(default))
                {
                    if (read++ == 0 && when == 1)
                        reply.Commit();
                }
                if (when == 2)
                    reply.Commit();
            }
            dialogue.Heard("We", interrupted: true);
            said.Add(Text(await TurnAsync(dialogue, Said(Words))));
        }
        Assert.Single(said.Distinct());
    }

    [Fact]
    public async Task A_reply_is_read_by_one_and_stops_when_it_is_cancelled()
    {
        await using IDialogue dialogue = Create();
        await StartAsync(dialogue);
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        await using IDialogueReply reply = dialogue.Respond(Said(Words));
        try
        {
            await foreach (DialogueAction _ in reply.ReadAsync(stop.Token))
            {
            }
        }
        catch (OperationCanceledException)
        {
            // A dialogue that has its answer at once may also give it.
        }
        Assert.NotEmpty(await TurnAsync(dialogue, Said(Words)));
    }

    [Fact]
    public async Task Words_that_are_not_the_dialogue_s_may_be_heard_at_any_time()
    {
        await using IDialogue dialogue = Create();
        dialogue.Heard("", interrupted: true);
        await StartAsync(dialogue);
        dialogue.Heard("I'm sorry, something went wrong.", interrupted: false);
        Assert.NotEmpty(await TurnAsync(dialogue, Said(Words)));
        dialogue.Heard("something else entirely", interrupted: true);
        Assert.NotEmpty(await TurnAsync(dialogue, Said(Words)));
    }

    private static DialogueTurn.CallerSaid Said(string text) => new(
        new RecognitionResult { IsFinal = true, Outcome = RecognitionOutcome.Recognized, Text = text, Confidence = 0.95 }, Interrupting: false);

    private static Task<List<DialogueAction>> StartAsync(IDialogue dialogue) => TurnAsync(dialogue, new DialogueTurn.CallStarted(Call));

    private static async Task<List<DialogueAction>> TurnAsync(IDialogue dialogue, DialogueTurn turn)
    {
        await using IDialogueReply reply = dialogue.Respond(turn);
        reply.Commit();
        List<DialogueAction> actions = await ReadAsync(reply);
        dialogue.Heard(Text(actions), interrupted: false);
        return actions;
    }

    private static async Task<List<DialogueAction>> ReadAsync(IDialogueReply reply)
    {
        var actions = new List<DialogueAction>();
        await foreach (DialogueAction action in reply.ReadAsync(default))
        {
            if (action is not DialogueAction.Report)
                actions.Add(action);
        }
        return actions;
    }

    private static string Text(IEnumerable<DialogueAction> actions) => string.Join(' ', actions.Select(action => action switch
    {
        DialogueAction.Say say => say.Text,
        DialogueAction.Play play => play.Text,
        _ => "",
    }).Where(text => text.Length > 0));
}
