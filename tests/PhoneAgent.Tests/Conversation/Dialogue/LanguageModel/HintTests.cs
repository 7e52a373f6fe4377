using PhoneAgent.Conversation.Dialogue;
using Xunit;

namespace PhoneAgent.Tests.Conversation.Dialogue.LanguageModel;

/// <summary>What a supervisor whispers to the model, and what it learns of a call it gets back.</summary>
public class HintTests
{
    [Fact]
    public async Task A_hint_stands_with_the_next_turn_and_only_with_that()
    {
        await using var call = new ModelCall();
        call.Client.Answer("Of course.").Answer("Goodbye.");
        Assert.Null(call.Dialogue.Whisper("offer a refund [of] 20"));
        await call.CallerAsync("it is broken");
        await call.CallerAsync("thanks");

        Assert.EndsWith("user: [10:00; your supervisor, whom the caller does not hear, tells you: offer a refund (of) 20] it is broken", call.Client.Requests[0].Conversation, StringComparison.Ordinal);
        Assert.EndsWith("user: [10:00] thanks", call.Client.Requests[1].Conversation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_guess_that_is_thrown_away_does_not_use_a_hint_up()
    {
        await using var call = new ModelCall();
        call.Client.Answer("Of course.").Answer("Of course.");
        call.Dialogue.Whisper("offer a refund");
        await using (IDialogueReply guess = call.Dialogue.Respond(ModelCall.Said("it is")))
        {
            await foreach (DialogueAction _ in guess.ReadAsync(default))
            {
            }
        }
        await call.CallerAsync("it is broken");

        Assert.Contains("tells you: offer a refund] it is broken", call.Client.Requests[1].Conversation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hints_are_bounded()
    {
        await using var call = new ModelCall();
        for (int i = 0; i < 8; i++)
            Assert.Null(call.Dialogue.Whisper("again"));
        Assert.Equal("Enough hints wait for the agent's next turn.", call.Dialogue.Whisper("again"));
    }

    [Fact]
    public async Task A_call_that_a_colleague_gives_back_goes_on_with_what_the_caller_told_him()
    {
        await using var call = new ModelCall();
        call.Client.Answer("I go on then. What is your order number?");
        Assert.Equal("I go on then. What is your order number?", await call.TurnAsync(new DialogueTurn.HandedBack("Ada", "my name is [Bob]", "he is a friend")));

        string told = call.Client.Requests[0].Conversation;
        Assert.Contains("to that colleague the caller said: \"my name is (Bob)\"; the colleague tells you: he is a friend", told, StringComparison.Ordinal);
    }
}
