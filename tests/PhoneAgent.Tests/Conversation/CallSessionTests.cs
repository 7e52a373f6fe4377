using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Testing.Calls;
using Xunit;

namespace PhoneAgent.Tests.Conversation;

public class CallSessionTests
{
    private static readonly Expectation Anything = new() { FreeText = true };

    /// <summary>Greets with 0.5 s, answers every words with 1 s ("You said …" is timed by its length).</summary>
    private static IEnumerable<DialogueAction> Echo(DialogueTurn turn) => turn switch
    {
        DialogueTurn.CallStarted => [new DialogueAction.Say("Hello you."), new DialogueAction.Listen(Anything)],
        DialogueTurn.CallerSaid said => [new DialogueAction.Say($"You said {said.Result.Text}."), new DialogueAction.Listen(Anything)],
        DialogueTurn.CallerPressed pressed => [new DialogueAction.Say($"Key {pressed.Digits}."), new DialogueAction.Listen(Anything)],
        DialogueTurn.NotUnderstood no => [new DialogueAction.Say($"Pardon {no.Count}."), new DialogueAction.Listen(Anything)],
        DialogueTurn.CallerSilent silent when silent.Count < 2 => [new DialogueAction.Say("Still there?"), new DialogueAction.Listen(Anything)],
        DialogueTurn.CallerSilent => [new DialogueAction.Say("Goodbye."), new DialogueAction.HangUp("silent")],
        DialogueTurn.TransferFailed => [new DialogueAction.Say("Nobody there."), new DialogueAction.Listen(Anything)],
        _ => [],
    };

    [Fact]
    public async Task A_caller_is_greeted_understood_and_answered()
    {
        await using var call = new ScriptedCall(Echo);
        CallEnd end = await call.Say(2, "good day", 1).HangUp(6).RunAsync(8);

        Assert.Equal(CallEndCause.HungUp, end.Cause);
        Assert.Equal(EndedBy.Caller, end.By);
        Assert.Equal(["Listening", "CallerSpeaking", "MaybeDone", "Thinking", "Speaking", "Listening", "Ended"], call.States);
        Assert.Equal("good day", Assert.Single(call.EventsOf<TimelineEvent.Final>()).Text);
        Assert.Equal([("Hello you.", false), ("You said good day.", false)], call.Dialogue.HeardTexts);
        Assert.True(call.Dialogue.IsDisposed);
        Assert.Equal(0, call.VoiceDetector.OpenStreams);
        Assert.Equal(0, call.Recognizer.OpenStreams);
    }

    [Fact]
    public async Task The_reply_to_a_complete_answer_comes_in_less_than_350_ms()
    {
        await using var call = new ScriptedCall(Echo);
        await call.Say(2, "good day", 1).RunAsync(6);

        TimelineEvent.FirstPacket reply = call.EventsOf<TimelineEvent.FirstPacket>().Last();
        Assert.InRange(reply.ResponseGap!.Value.TotalMilliseconds, 200, 350);
        Assert.Equal([SpeculationStep.Started, SpeculationStep.Hit], call.EventsOf<TimelineEvent.Speculation>().Select(e => e.Step));
        // The wire agrees: the caller stopped at 3 s.
        Assert.False(call.Audio.WasAudible(TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(3.2)));
        Assert.True(call.Audio.WasAudible(TimeSpan.FromSeconds(3.2), TimeSpan.FromSeconds(3.35)));
    }

    [Fact]
    public async Task A_caller_who_goes_on_after_a_pause_is_not_answered_early()
    {
        await using var call = new ScriptedCall(Echo);
        await call.Say(2, "my order", 0.6, complete: false).Say(3, "is late", 0.6).RunAsync(7);

        Assert.Equal("my order is late", Assert.Single(call.EventsOf<TimelineEvent.Final>()).Text);
        Assert.Contains(call.EventsOf<TimelineEvent.Speculation>(), e => e.Step == SpeculationStep.Missed);
        Assert.Equal(2, call.Dialogue.Committed.Count);
        Assert.DoesNotContain(call.Dialogue.HeardTexts, heard => heard.Text.Contains("my order.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_interruption_cuts_the_agent_and_the_dialogue_learns_what_was_heard()
    {
        await using var call = new ScriptedCall(turn => turn is DialogueTurn.CallStarted
            ? [new DialogueAction.Say("one two three four five six seven eight nine ten."), new DialogueAction.Listen(Anything)]
            : Echo(turn));
        await call.Say(1, "stop it now", 1).RunAsync(5);

        Assert.Equal(
            [BargeInStep.Suspected, BargeInStep.Paused, BargeInStep.Confirmed], call.EventsOf<TimelineEvent.BargeIn>().Select(e => e.Step));
        (string heard, bool interrupted) = call.Dialogue.HeardTexts[0];
        Assert.True(interrupted);
        Assert.StartsWith("one two three", heard, StringComparison.Ordinal);
        Assert.DoesNotContain("seven", heard, StringComparison.Ordinal);
        // Silent from 250 ms after the onset until the answer.
        Assert.False(call.Audio.WasAudible(TimeSpan.FromSeconds(1.25), TimeSpan.FromSeconds(2.2)));
        Assert.IsType<DialogueTurn.CallerSaid>(call.Dialogue.Committed[1]);
        Assert.True(((DialogueTurn.CallerSaid)call.Dialogue.Committed[1]).Interrupting);
    }

    [Fact]
    public async Task A_cough_ducks_the_agent_who_goes_on_without_losing_a_word()
    {
        const string Text = "one two three four five six seven eight nine ten.";
        await using var call = new ScriptedCall(turn => turn is DialogueTurn.CallStarted
            ? [new DialogueAction.Say(Text), new DialogueAction.Listen(Anything)]
            : Echo(turn));
        await call.Noise(1, 0.3).RunAsync(5);

        Assert.Equal(BargeInStep.Dismissed, call.EventsOf<TimelineEvent.BargeIn>().Last().Step);
        Assert.Equal((Text, false), Assert.Single(call.Dialogue.HeardTexts));
        // Every sample was played: as many full-level samples as the text has, less the ramps around the pause.
        int spoken = call.Audio.Sent.Count(sample => sample != 0);
        Assert.InRange(spoken, Text.Length * FakeSynthesizer.SamplesPerCharacter - 10, Text.Length * FakeSynthesizer.SamplesPerCharacter + 800);
    }

    [Fact]
    public async Task The_agents_own_echo_is_not_taken_for_the_caller()
    {
        const string Text = "one two three four five six seven eight nine ten.";
        await using var call = new ScriptedCall(turn => turn is DialogueTurn.CallStarted
            ? [new DialogueAction.Say(Text), new DialogueAction.Listen(Anything)]
            : Echo(turn));
        call.Audio.EchoGain = 0.2;
        await call.RunAsync(4);

        Assert.DoesNotContain(call.EventsOf<TimelineEvent.BargeIn>(), e => e.Step is BargeInStep.Paused or BargeInStep.Confirmed);
        Assert.Equal((Text, false), call.Dialogue.HeardTexts[0]);
    }

    [Fact]
    public async Task A_backchannel_is_no_interruption()
    {
        await using var call = new ScriptedCall(turn => turn is DialogueTurn.CallStarted
            ? [new DialogueAction.Say("one two three four five six seven eight nine ten."), new DialogueAction.Listen(Anything)]
            : Echo(turn));
        await call.Say(1, "mm-hm", 0.4).RunAsync(5);

        TimelineEvent.BargeIn last = call.EventsOf<TimelineEvent.BargeIn>().Last();
        Assert.Equal((BargeInStep.Dismissed, "backchannel"), (last.Step, last.Reason));
        Assert.False(Assert.Single(call.Dialogue.HeardTexts).Interrupted);
    }

    [Fact]
    public async Task A_short_answer_over_the_agent_counts()
    {
        await using var call = new ScriptedCall(turn => turn is DialogueTurn.CallStarted
            ? [new DialogueAction.Say("one two three four five six seven eight nine ten."), new DialogueAction.Listen(Anything)]
            : Echo(turn));
        call.Recognizer.NeedsExpectation = true; // interims prove nothing, the final does
        await call.Say(1, "yes", 0.3).RunAsync(5);

        Assert.Contains(call.EventsOf<TimelineEvent.BargeIn>(), e => e is { Step: BargeInStep.Confirmed, Reason: "words" });
        Assert.Contains(call.Dialogue.HeardTexts, heard => heard.Text == "You said yes.");
    }

    [Fact]
    public async Task What_must_be_heard_is_not_interrupted()
    {
        await using var call = new ScriptedCall(turn => turn is DialogueTurn.CallStarted
            ? [new DialogueAction.Say("This call is being recorded.", Interruptible: false), new DialogueAction.Listen(Anything)]
            : Echo(turn));
        await call.Say(0.5, "yes yes", 0.5).RunAsync(4);

        Assert.Empty(call.EventsOf<TimelineEvent.BargeIn>());
        Assert.Equal(("This call is being recorded.", false), call.Dialogue.HeardTexts[0]);
    }

    [Fact]
    public async Task Words_that_are_not_expected_are_asked_for_again()
    {
        await using var call = new ScriptedCall(Echo);
        await call.Mumble(2).Mumble(5).Say(8, "sorry", 0.5).RunAsync(11);

        Assert.Equal([1, 2], call.EventsOf<TimelineEvent.Reprompt>().Select(e => e.Count));
        Assert.Contains(call.Dialogue.HeardTexts, heard => heard.Text == "Pardon 2.");
        Assert.Contains(call.Dialogue.HeardTexts, heard => heard.Text == "You said sorry.");
    }

    [Fact]
    public async Task A_short_noise_while_listening_is_ignored()
    {
        await using var call = new ScriptedCall(Echo);
        await call.Noise(2, 0.2).RunAsync(5);

        Assert.Single(call.Dialogue.Committed);
        Assert.Equal("Listening", call.States.SkipLast(1).Last());
    }

    [Fact]
    public async Task Silence_is_asked_about_and_then_the_agent_says_goodbye()
    {
        await using var call = new ScriptedCall(Echo);
        CallEnd end = await call.RunAsync(30);

        Assert.Equal((CallEndCause.HungUp, EndedBy.Agent), (end.Cause, end.By));
        Assert.Equal("silent", call.EventsOf<TimelineEvent.Ended>().Single().Disposition);
        Assert.Equal("Goodbye.", call.Dialogue.HeardTexts[^1].Text);
    }

    [Fact]
    public async Task Keys_answer_like_words_and_silence_the_agent()
    {
        var keys = new Expectation { Dtmf = new DtmfExpectation(2, '#', TimeSpan.FromSeconds(2)) };
        await using var call = new ScriptedCall(turn => turn is DialogueTurn.CallStarted
            ? [new DialogueAction.Listen(keys), new DialogueAction.Say("one two three four five six seven eight nine ten.")]
            : Echo(turn));
        await call.Press(1, '4').Press(1.3, '2').RunAsync(4);

        Assert.Equal("42", call.Dialogue.Committed.OfType<DialogueTurn.CallerPressed>().Single().Digits);
        Assert.False(call.Audio.WasAudible(TimeSpan.FromSeconds(1.05), TimeSpan.FromSeconds(1.3)));
        Assert.True(call.Dialogue.HeardTexts[0].Interrupted);
    }

    [Fact]
    public async Task One_key_is_an_answer_after_the_time_between_keys()
    {
        var keys = new Expectation { Dtmf = new DtmfExpectation(4, '#', TimeSpan.FromSeconds(2)) };
        await using var call = new ScriptedCall(turn => turn is DialogueTurn.CallStarted ? [new DialogueAction.Listen(keys)] : Echo(turn));
        await call.Press(1, '7').RunAsync(6);

        Assert.Equal("7", call.Dialogue.Committed.OfType<DialogueTurn.CallerPressed>().Single().Digits);
    }

    [Fact]
    public async Task On_hold_the_agent_is_silent_and_goes_on_afterwards()
    {
        const string Text = "one two three four five six seven eight nine ten.";
        await using var call = new ScriptedCall(turn => turn is DialogueTurn.CallStarted
            ? [new DialogueAction.Say(Text), new DialogueAction.Listen(Anything)]
            : Echo(turn));
        await call.Hold(1, true).Hold(4, false).RunAsync(7);

        Assert.False(call.Audio.WasAudible(TimeSpan.FromSeconds(1.1), TimeSpan.FromSeconds(3.95)));
        Assert.Equal((Text, false), Assert.Single(call.Dialogue.HeardTexts));
        Assert.Contains("OnHold", call.States);
    }

    [Fact]
    public async Task A_transfer_waits_for_the_last_word_and_ends_the_call()
    {
        await using var call = new ScriptedCall(turn => turn is DialogueTurn.CallerSaid
            ? [new DialogueAction.Say("I connect you."), new DialogueAction.Transfer("sip:human@127.0.0.1", "asked")]
            : Echo(turn));
        CallEnd end = await call.Say(2, "a human please").RunAsync(8);

        Assert.Equal(CallEndCause.Transferred, end.Cause);
        Assert.Equal("sip:human@127.0.0.1", Assert.Single(call.Call.Transfers).Target);
        Assert.Equal(["announced", "referring", "referred"], call.EventsOf<TimelineEvent.Transfer>().Select(e => e.Step));
        Assert.Equal("I connect you.", call.Dialogue.HeardTexts[^1].Text);
        Assert.Equal("transferred", call.EventsOf<TimelineEvent.Ended>().Single().Disposition);
    }

    [Fact]
    public async Task A_refused_transfer_comes_back_to_the_agent()
    {
        await using var call = new ScriptedCall(turn => turn is DialogueTurn.CallerSaid
            ? [new DialogueAction.Say("I connect you."), new DialogueAction.Transfer("sip:human@127.0.0.1", "asked")]
            : Echo(turn));
        call.Call.TransferResult = new TransferResult(false, 486, "Busy Here");
        await call.Say(2, "a human please").RunAsync(8);

        Assert.Equal(486, call.Dialogue.Committed.OfType<DialogueTurn.TransferFailed>().Single().StatusCode);
        Assert.Equal("Nobody there.", call.Dialogue.HeardTexts[^1].Text);
    }

    [Fact]
    public async Task A_dialogue_that_fails_hands_over_at_once()
    {
        await using var call = new ScriptedCall(
            turn => turn is DialogueTurn.CallStarted ? Echo(turn) : throw new InvalidOperationException("boom"),
            new CallSessionOptions { HumanTarget = "sip:human@127.0.0.1" });
        CallEnd end = await call.Say(2, "hello").RunAsync(20);

        Assert.Equal(CallEndCause.Transferred, end.Cause);
        Assert.Single(call.EventsOf<TimelineEvent.Failure>());
        Assert.Equal(new SpokenErrors().HandingOver, call.Dialogue.HeardTexts[1].Text);
    }

    [Fact]
    public async Task A_dialogue_that_fails_where_there_is_no_human_apologises_then_says_goodbye()
    {
        await using var call = new ScriptedCall(turn => turn is DialogueTurn.CallStarted ? Echo(turn) : throw new InvalidOperationException("boom"));
        CallEnd end = await call.Say(2, "hello").Say(8, "hello again").RunAsync(20);

        Assert.Equal((CallEndCause.HungUp, EndedBy.Agent), (end.Cause, end.By));
        Assert.Equal([new SpokenErrors().Failed, new SpokenErrors().GivingUp], call.Dialogue.HeardTexts.Skip(1).Select(heard => heard.Text));
    }

    [Fact]
    public async Task A_recogniser_that_hangs_or_fails_is_not_dead_air()
    {
        await using var call = new ScriptedCall(Echo);
        (call.Recognizer.HoldsFinals, call.DoesNotWait) = (true, true);
        CallEnd end = await call.Say(2, "hello").RunAsync(12);

        Assert.Equal(CallEndCause.HungUp, end.Cause);
        Assert.Contains(call.Dialogue.HeardTexts, heard => heard.Text == "Pardon 1.");
        Assert.Contains(call.EventsOf<TimelineEvent.Failure>(), failure => failure.Who == "recogniser");
    }

    [Fact]
    public async Task A_caller_who_hangs_up_in_the_middle_of_a_word_leaves_nothing_behind()
    {
        await using var call = new ScriptedCall(Echo);
        await call.Say(2, "good day", 2).HangUp(3).RunAsync(5);

        Assert.Equal("Ended", call.States.Last());
        Assert.Equal(0, call.Recognizer.OpenStreams);
        Assert.Equal(0, call.VoiceDetector.OpenStreams);
        Assert.True(call.Dialogue.IsDisposed);
    }
}
