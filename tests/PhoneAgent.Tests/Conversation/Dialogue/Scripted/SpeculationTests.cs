using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Conversation.Dialogue.Lookups;
using PhoneAgent.Conversation.Dialogue.Scripted;
using PhoneAgent.Testing;
using Xunit;

namespace PhoneAgent.Tests.Conversation.Dialogue.Scripted;

public sealed class SpeculationTests
{
    private static async Task<string> ReadAsync(IDialogueReply reply)
    {
        var actions = new List<DialogueAction>();
        await foreach (DialogueAction action in reply.ReadAsync(CancellationToken.None))
            actions.Add(action);
        return TextCall.Text(actions);
    }

    [Fact]
    public async Task A_reply_that_is_not_committed_never_happened()
    {
        var call = new TextCall(TextCall.FrontDesk());
        await call.StartAsync();
        string[] guesses = ["my order", "when are you open", "a human please", "nonsense nonsense", "<3>", "(noise)", "repeat that"];
        foreach (string guess in guesses)
        {
            await using IDialogueReply reply = call.Dialogue.Respond(call.Turn(guess));
            Assert.NotEmpty(await ReadAsync(reply));
        }
        // Still at the menu, no miss counted, and the first variant of what comes next.
        Assert.Equal("Sorry, I didn't catch that. You can ask about opening hours or an order, leave a message, or get a callback. Which would you like?", await call.CallerAsync("(noise)"));
        Assert.EndsWith("Is there anything else I can do for you?", await call.CallerAsync("when are you open"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_commit_may_come_before_or_after_the_reading(bool before)
    {
        var call = new TextCall(TextCall.FrontDesk());
        await call.StartAsync();
        await using (IDialogueReply reply = call.Dialogue.Respond(call.Turn("my order")))
        {
            if (before)
                reply.Commit();
            Assert.Equal("What is your order number?", await ReadAsync(reply));
            reply.Commit();
        }
        Assert.StartsWith("One moment", await call.CallerAsync("four two zero seven one eight"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Says_what_comes_before_a_lookup_without_waiting_for_it_and_can_be_cut_off_there()
    {
        var slow = new SlowLookup();
        AgentDefinition agent = TextCall.FrontDesk();
        var lookups = agent.Lookups.ToDictionary(pair => pair.Key, pair => pair.Key == "orders" ? slow : (ILookup)((CsvLookupSource)pair.Value).Table);
        var call = new TextCall(agent);
        await using IDialogue dialogue = new ScriptedDialogueFactory(agent, lookups, TextCall.Saturday()).Create(call.Call);
        foreach (DialogueTurn turn in (DialogueTurn[])[new DialogueTurn.CallStarted(call.Call), call.Turn("my order")])
        {
            await using IDialogueReply reply = dialogue.Respond(turn);
            reply.Commit();
            await ReadAsync(reply);
        }
        await using (IDialogueReply reply = dialogue.Respond(call.Turn("four two zero seven one eight")))
        {
            reply.Commit();
            await using IAsyncEnumerator<DialogueAction> actions = reply.ReadAsync(CancellationToken.None).GetAsyncEnumerator();
            Assert.True(await actions.MoveNextAsync());
            Assert.IsType<DialogueAction.Collect>(actions.Current);
            Assert.True(await actions.MoveNextAsync());
            Assert.IsType<DialogueAction.Note>(actions.Current);
            Assert.True(await actions.MoveNextAsync());
            Assert.StartsWith("One moment", Assert.IsType<DialogueAction.Say>(actions.Current).Text, StringComparison.Ordinal);
            ValueTask<bool> more = actions.MoveNextAsync();
            Assert.False(more.IsCompleted);
            await reply.DisposeAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await more);
        }
        slow.Answer = LookupResult.NotFound;
        await using IDialogueReply corrected = dialogue.Respond(call.Turn("no i said four two zero seven one nine"));
        Assert.StartsWith("One moment, I'm looking up order four two, zero seven, one nine. I can't find", await ReadAsync(corrected), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Says_again_what_the_caller_cut_off()
    {
        var call = new TextCall(TextCall.FrontDesk());
        await call.StartAsync();
        await call.CallerAsync("when are you open");
        call.Dialogue.Heard("We are open today from ten in the", interrupted: true);
        Assert.Equal("Sorry, I didn't catch that. We are open today from ten in the morning to four in the afternoon. Is there anything else I can do for you?", await call.CallerAsync("(noise)"));
    }

    private sealed class SlowLookup : ILookup
    {
        public LookupResult? Answer { get; set; }

        public async ValueTask<LookupResult> FindAsync(string key, Func<string, string> variables, CancellationToken cancellationToken)
        {
            if (Answer is not null)
                return Answer;
            var never = new TaskCompletionSource<LookupResult>();
            await using CancellationTokenRegistration stop = cancellationToken.Register(() => never.TrySetCanceled(cancellationToken));
            return await never.Task;
        }
    }
}
