using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Testing.Calls;
using Xunit;

namespace PhoneAgent.Tests.Conversation.Turns;

/// <summary>Things that happen at the same time, or in the order nobody thinks of: late finals, holds, keys, failed transfers.</summary>
public class TurnRaceTests
{
    private const string Human = "sip:human@127.0.0.1";
    private const string Long = "one two three four five six seven eight nine ten.";

    private static readonly Expectation Keys = new() { FreeText = true, Dtmf = new DtmfExpectation(4, '#', TimeSpan.FromSeconds(2)) };

    private static IEnumerable<DialogueAction> Talk(DialogueTurn turn) => turn switch
    {
        DialogueTurn.CallStarted => [new DialogueAction.Say("Hello."), new DialogueAction.Listen(Keys)],
        DialogueTurn.CallerSaid { Result.Text: "transfer" } => [new DialogueAction.Transfer(Human, "asked")],
        DialogueTurn.CallerSaid { Result.Text: "nothing" } => [],
        DialogueTurn.CallerSaid said => [new DialogueAction.Say($"You said {said.Result.Text}."), new DialogueAction.Listen(Keys)],
        DialogueTurn.CallerPressed pressed => [new DialogueAction.Say($"Keys {pressed.Digits}."), new DialogueAction.Listen(Keys)],
        DialogueTurn.TransferFailed => [new DialogueAction.Say("Nobody there."), new DialogueAction.Listen(Keys)],
        DialogueTurn.CallerSilent => [new DialogueAction.Say("Still there?"), new DialogueAction.Listen(Keys)],
        _ => [new DialogueAction.Say("Pardon."), new DialogueAction.Listen(Keys)],
    };

    [Fact]
    public async Task A_final_that_comes_on_hold_is_answered_after_it()
    {
        await using var call = Slow(new ScriptedCall(Talk));
        await call.Say(1, "hello", 0.5).Hold(2.5, true).At(3, call.Recognizer.ReleaseFinals).Hold(4, false).RunAsync(7);

        Assert.False(call.Audio.WasAudible(TimeSpan.FromSeconds(2.5), TimeSpan.FromSeconds(3.95)));
        Assert.Equal(("You said hello.", false), call.Dialogue.HeardTexts[^1]);
    }

    [Fact]
    public async Task A_final_that_is_rejected_on_hold_is_asked_for_again_after_it()
    {
        await using var call = Slow(new ScriptedCall(Talk));
        await call.Mumble(1, 1).Hold(2.8, true).At(3, call.Recognizer.ReleaseFinals).Hold(4, false).RunAsync(7);

        Assert.Equal(("Pardon.", false), call.Dialogue.HeardTexts[^1]);
    }

    [Fact]
    public async Task A_final_without_words_on_hold_leaves_the_floor_to_the_caller()
    {
        await using var call = Slow(new ScriptedCall(Talk, new CallSessionOptions { SilenceTimeout = TimeSpan.FromSeconds(3) }));
        await call.Noise(1, 0.2).Hold(2.2, true).At(3, call.Recognizer.ReleaseFinals).Hold(4, false).RunAsync(9);

        Assert.Equal("Still there?", call.Dialogue.HeardTexts[^1].Text);
    }

    [Fact]
    public async Task A_reply_without_words_that_ends_on_hold_leaves_the_floor_to_the_caller()
    {
        await using var call = Slow(new ScriptedCall(Talk, new CallSessionOptions { SilenceTimeout = TimeSpan.FromSeconds(3) }));
        await call.Say(1, "nothing", 0.5).Hold(2.5, true).At(3, call.Recognizer.ReleaseFinals).Hold(4, false).RunAsync(9);

        Assert.Equal("Still there?", call.Dialogue.HeardTexts[^1].Text);
    }

    [Fact]
    public async Task On_hold_nobody_waits_and_nothing_fails()
    {
        await using var call = new ScriptedCall(Talk);
        call.DoesNotWait = true;
        var answer = new TaskCompletionSource();
        call.At(0.9, () => call.Dialogue.Delay = token => answer.Task.WaitAsync(token));
        await call.Say(1, "hello", 0.5).Hold(2, true).Hold(30, false).At(30.5, answer.SetResult).RunAsync(34);

        Assert.Empty(call.EventsOf<TimelineEvent.Failure>());
        Assert.Equal(("You said hello.", false), call.Dialogue.HeardTexts[^1]);
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 1)] // who only holds comes back to it
    public async Task A_voice_that_is_still_at_it_is_stopped_when_the_connection_is_lost(bool isLost, int atIt)
    {
        await using var call = new ScriptedCall(Talk);
        call.DoesNotWait = true;
        int hanging = -1;
        call.At(0.9, () => call.Synthesizer.Hangs = true);
        await call.Say(1, "hello", 0.5).At(3, () => call.Call.Signal(new CallSignal.Held(isLost)))
            .At(6.5, () => hanging = Settled(atIt)).At(6.6, () => call.Synthesizer.Hangs = false).RunAsync(8);

        Assert.Equal(atIt, hanging);

        // The engine learns of it on another thread, which the time of this test does not wait for.
        int Settled(int expected)
        {
            SpinWait.SpinUntil(() => call.Synthesizer.Hanging == expected, TimeSpan.FromSeconds(20));
            return call.Synthesizer.Hanging;
        }
    }

    [Fact]
    public async Task A_transfer_that_fails_while_the_caller_holds_us_is_told_when_he_is_back()
    {
        await using var call = new ScriptedCall(Talk);
        call.DoesNotWait = true;
        var refused = new TaskCompletionSource<TransferResult>();
        call.Call.TransferOutcome = refused.Task;
        await call.Say(1, "transfer", 0.5).Hold(3, true).At(4, () => refused.SetResult(new TransferResult(false, 486, "Busy Here")))
            .Hold(6, false).RunAsync(9);

        Assert.False(call.Audio.WasAudible(TimeSpan.FromSeconds(3.1), TimeSpan.FromSeconds(5.95)));
        Assert.Equal(("Nobody there.", false), call.Dialogue.HeardTexts[^1]);
    }

    [Fact]
    public async Task A_transfer_that_succeeds_while_the_caller_holds_us_is_noted()
    {
        await using var call = new ScriptedCall(Talk);
        call.DoesNotWait = true;
        var done = new TaskCompletionSource<TransferResult>();
        call.Call.TransferOutcome = done.Task;
        CallEnd end = await call.Say(1, "transfer", 0.5).Hold(3, true).At(4, () => done.SetResult(new TransferResult(true, 200, "OK"))).RunAsync(9);

        Assert.Equal(CallEndCause.Transferred, end.Cause);
        Assert.Equal(["announced", "referring", "referred"], call.EventsOf<TimelineEvent.Transfer>().Select(e => e.Step));
    }

    [Fact]
    public async Task A_final_that_comes_after_keys_does_not_answer_in_their_place()
    {
        await using var call = Slow(new ScriptedCall(Talk));
        await call.Say(1, "hello", 0.5).Press(2.5, '4').Press(2.7, '2').Press(2.9, '#')
            .At(2.95, call.Recognizer.ReleaseFinals).RunAsync(6);

        Assert.Equal(("Keys 42.", false), call.Dialogue.HeardTexts[^1]);
        Assert.Empty(call.Dialogue.Committed.OfType<DialogueTurn.CallerSaid>());
    }

    [Fact]
    public async Task A_final_that_never_comes_after_keys_is_not_missed()
    {
        await using var call = Slow(new ScriptedCall(Talk));
        await call.Say(1, "hello", 0.5).Press(2.5, '4').Press(2.7, '2').Press(5.9, '#').RunAsync(9);

        Assert.Equal(("Keys 42.", false), call.Dialogue.HeardTexts[^1]);
        Assert.Empty(call.EventsOf<TimelineEvent.Reprompt>());
    }

    [Fact]
    public async Task The_terminator_after_the_last_key_does_not_cut_the_answer()
    {
        await using var call = new ScriptedCall(Talk);
        await call.Press(1, '1').Press(1.2, '2').Press(1.4, '3').Press(1.6, '4').Press(1.8, '#').RunAsync(6);

        Assert.Equal(("Keys 1234.", false), call.Dialogue.HeardTexts[^1]);
        Assert.Single(call.Dialogue.Committed.OfType<DialogueTurn.CallerPressed>());
    }

    [Fact]
    public async Task Keys_before_a_spoken_answer_are_not_taken_for_the_next_one()
    {
        await using var call = new ScriptedCall(Talk);
        await call.Press(1, '4').Say(1.5, "forty two", 1).RunAsync(8);

        Assert.Empty(call.Dialogue.Committed.OfType<DialogueTurn.CallerPressed>());
        Assert.Equal("You said forty two.", call.Dialogue.HeardTexts[1].Text);
    }

    [Fact]
    public async Task A_caller_who_goes_on_before_the_final_is_heard_as_a_whole()
    {
        await using var call = Slow(new ScriptedCall(Talk));
        await call.Say(1, "my order", 0.6).Say(2.4, "is late", 0.9).At(3.2, call.Recognizer.ReleaseFinals)
            .At(4.5, call.Recognizer.ReleaseFinals).RunAsync(8);

        Assert.Equal("You said my order is late.", call.Dialogue.HeardTexts[^1].Text);
    }

    [Fact]
    public async Task The_same_words_again_are_answered_although_the_first_guess_was_cut()
    {
        await using var call = Slow(new ScriptedCall(Talk));
        call.Recognizer.NeedsExpectation = true; // so that the two are not put together
        await call.Say(1, "yes", 0.6).Say(2.4, "yes", 0.9).At(4.5, call.Recognizer.ReleaseFinals).RunAsync(8);

        Assert.Equal(("You said yes.", false), call.Dialogue.HeardTexts[^1]);
    }

    [Fact]
    public async Task A_noise_whose_final_comes_during_a_second_noise_leaves_the_floor_to_the_caller()
    {
        await using var call = Slow(new ScriptedCall(Talk, new CallSessionOptions { SilenceTimeout = TimeSpan.FromSeconds(3) }));
        await call.Noise(1, 0.2).Noise(2.2, 0.2).At(2.3, call.Recognizer.ReleaseFinals).At(3, call.Recognizer.ReleaseFinals).RunAsync(8);

        Assert.Equal("Still there?", call.Dialogue.HeardTexts[^1].Text);
    }

    [Fact]
    public async Task A_reply_that_ends_while_an_interruption_is_judged_waits_for_the_judgement()
    {
        await using var call = new ScriptedCall(_ => []);
        (call.Recognizer.NeedsExpectation, call.DoesNotWait) = (true, true);
        var end = new TaskCompletionSource();
        call.Dialogue.Stream = (turn, token) => turn is DialogueTurn.CallStarted ? Greet(token) : Talk(turn).ToAsyncEnumerable();
        // The dialogue ends its reply without further words just while the recogniser makes up its mind.
        call.At(1.0, () => call.Recognizer.HoldsFinals = true).Say(1.1, "yes", 0.3).At(1.8, end.SetResult).At(2.1, call.Recognizer.ReleaseFinals);
        await call.RunAsync(5);

        Assert.Equal(("You said yes.", false), call.Dialogue.HeardTexts[^1]);

        async IAsyncEnumerable<DialogueAction> Greet([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken token)
        {
            yield return new DialogueAction.Say("one two three four five.");
            await end.Task.WaitAsync(token);
            yield return new DialogueAction.Listen(Keys);
        }
    }

    [Fact]
    public async Task A_recogniser_that_hangs_while_the_agent_pauses_does_not_keep_him_silent()
    {
        await using var call = Slow(new ScriptedCall(turn => turn is DialogueTurn.CallStarted ? [new DialogueAction.Say(Long)] : Talk(turn)));
        await call.Noise(1, 0.3).RunAsync(6);

        Assert.Equal((Long, false), call.Dialogue.HeardTexts[0]);
    }

    [Fact]
    public async Task A_mumbled_interruption_does_not_make_the_next_turn_one()
    {
        await using var call = new ScriptedCall(turn => turn is DialogueTurn.CallStarted
            ? [new DialogueAction.Say(Long), new DialogueAction.Listen(Keys)]
            : Talk(turn));
        await call.Mumble(1, 1).Say(5, "hello", 0.5).RunAsync(8);

        Assert.Equal(BargeInStep.Confirmed, call.EventsOf<TimelineEvent.BargeIn>().Last().Step);
        Assert.False(call.Dialogue.Committed.OfType<DialogueTurn.CallerSaid>().Single().Interrupting);
    }

    private static ScriptedCall Slow(ScriptedCall call)
    {
        (call.Recognizer.HoldsFinals, call.DoesNotWait) = (true, true);
        return call;
    }
}
