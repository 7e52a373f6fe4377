using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Conversation.Supervision;
using PhoneAgent.Testing.Calls;
using Xunit;

namespace PhoneAgent.Tests.Conversation.Supervision;

/// <summary>What a supervisor does to a call, in whole calls in virtual time.</summary>
public class SupervisedCallTests
{
    private const string Long = "one two three. Four five six seven eight nine ten eleven twelve.";

    private static readonly Expectation Anything = new() { FreeText = true };

    private static IEnumerable<DialogueAction> Talk(DialogueTurn turn) => turn switch
    {
        DialogueTurn.CallStarted => [new DialogueAction.Say("Hello."), new DialogueAction.Listen(Anything)],
        DialogueTurn.CallerSaid said => [new DialogueAction.Say($"You said {said.Result.Text}."), new DialogueAction.Listen(Anything)],
        DialogueTurn.HandedBack back => [new DialogueAction.Say($"I am back, {back.Words}."), new DialogueAction.Listen(Anything)],
        DialogueTurn.Escalated => [new DialogueAction.Say("A colleague helps."), new DialogueAction.Transfer("200", "asked")],
        DialogueTurn.TransferFailed => [new DialogueAction.Say("Nobody there."), new DialogueAction.Listen(Anything)],
        _ => [new DialogueAction.Listen(Anything)],
    };

    private static IEnumerable<DialogueAction> TalkLong(DialogueTurn turn) =>
        turn is DialogueTurn.CallStarted ? [new DialogueAction.Say(Long), new DialogueAction.Listen(Anything)] : Talk(turn);

    private static bool Heard(ScriptedCall call, string text) => call.Dialogue.HeardTexts.Any(heard => heard.Text.Contains(text, StringComparison.Ordinal));

    [Fact]
    public async Task A_sentence_is_said_while_nobody_speaks_and_the_dialogue_knows()
    {
        await using var call = new ScriptedCall(Talk);
        await call.Act(2, new SupervisorAction.Say("Your parcel has arrived.")).RunAsync(5);

        Assert.Equal([new SupervisorResult(true)], call.Results);
        Assert.Equal([("Hello.", false), ("Your parcel has arrived.", false)], call.Dialogue.HeardTexts);
        Assert.Equal(new TimelineEvent.Supervised(SupervisorStep.Said, "Ada", "Your parcel has arrived.", null) { At = TimeSpan.FromSeconds(2) }, Assert.Single(call.EventsOf<TimelineEvent.Supervised>()));
        Assert.Contains(call.EventsOf<TimelineEvent.AgentSentence>(), sentence => sentence.Text == "Your parcel has arrived.");
    }

    [Fact]
    public async Task A_sentence_comes_after_the_one_that_the_agent_is_saying()
    {
        await using var call = new ScriptedCall(TalkLong);
        await call.Act(0.3, new SupervisorAction.Say("It is here. Really.")).RunAsync(6);

        Assert.Equal([new SupervisorResult(true)], call.Results);
        Assert.Equal(("one two three. It is here. Really. Four five six seven eight nine ten eleven twelve.", false), call.Dialogue.HeardTexts[0]);
    }

    [Fact]
    public async Task A_sentence_at_once_cuts_the_agent()
    {
        await using var call = new ScriptedCall(TalkLong);
        await call.Act(1.5, new SupervisorAction.Say("Stop that.", AtOnce: true)).RunAsync(5);

        (string cut, bool interrupted) = call.Dialogue.HeardTexts[0];
        Assert.True(interrupted);
        Assert.StartsWith("one two three.", cut, StringComparison.Ordinal);
        Assert.DoesNotContain("twelve", cut, StringComparison.Ordinal);
        Assert.Equal(("Stop that.", false), call.Dialogue.HeardTexts[1]);
        // 10 characters of 50 ms, and nothing of the rest.
        Assert.False(call.Audio.WasAudible(TimeSpan.FromSeconds(2.2), TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public async Task A_caller_who_speaks_is_not_talked_over()
    {
        await using var call = new ScriptedCall(Talk);
        await call.Say(2, "where is my parcel", 2).Act(3, new SupervisorAction.Say("It is here.")).RunAsync(7);

        Assert.True(Assert.Single(call.Results) is { IsDone: true, Reason: not null });
        Assert.False(call.Audio.WasAudible(TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(4.1)));
        Assert.True(Heard(call, "You said where is my parcel."));
        Assert.True(Heard(call, "It is here."));
    }

    [Theory]
    [InlineData(true, "Ada took the call over first.")]
    [InlineData(false, "The call ended first.")]
    public async Task Words_that_waited_and_were_never_said_are_told_of(bool takenOver, string reason)
    {
        await using var call = new ScriptedCall(Talk);
        call.Say(2, "where is my parcel", 2).Act(3, new SupervisorAction.Say("It is here."));
        await (takenOver ? call.Act(3.5, new SupervisorAction.TakeOver()) : call.HangUp(3.5)).RunAsync(6);

        Assert.False(Heard(call, "It is here."));
        Assert.Equal([null, reason], call.EventsOf<TimelineEvent.Supervised>().Where(e => e.Step == SupervisorStep.Said).Select(e => e.Problem));
        Assert.All(call.EventsOf<TimelineEvent.Supervised>().Where(e => e.Step == SupervisorStep.Said), e => Assert.Equal("It is here.", e.Text));
    }

    [Fact]
    public async Task A_goodbye_is_said_to_its_end_before_a_sentence_at_once_and_the_call_still_ends()
    {
        await using var call = new ScriptedCall(turn => turn is DialogueTurn.CallStarted ? [new DialogueAction.Say("Good bye to you."), new DialogueAction.HangUp("done")] : Talk(turn));
        CallEnd end = await call.Act(0.3, new SupervisorAction.Say("And thanks.", AtOnce: true)).RunAsync(6);

        Assert.Equal(EndedBy.Agent, end.By);
        Assert.True(Heard(call, "Good bye to you. And thanks."));
    }

    [Fact]
    public async Task A_hint_reaches_the_dialogue_and_what_was_prepared_without_it_is_made_anew()
    {
        await using var call = new ScriptedCall(Talk);
        call.Dialogue.Hints = [];
        await call.Say(2, "good day", 1, complete: false).Act(3.3, new SupervisorAction.Whisper("offer a refund")).RunAsync(7);

        Assert.Equal(["offer a refund"], call.Dialogue.Hints);
        Assert.Contains(call.EventsOf<TimelineEvent.Speculation>(), guess => guess.Step == SpeculationStep.Missed);
        Assert.True(Heard(call, "You said good day."));
    }

    [Fact]
    public async Task A_script_says_that_it_takes_no_hints()
    {
        await using var call = new ScriptedCall(Talk);
        await call.Act(2, new SupervisorAction.Whisper("offer a refund")).RunAsync(3);

        Assert.Equal([new SupervisorResult(false, "no hints")], call.Results);
        Assert.Equal("no hints", Assert.Single(call.EventsOf<TimelineEvent.Supervised>()).Problem);
    }

    [Fact]
    public async Task A_supervisor_takes_over_is_heard_and_gives_the_call_back_with_what_the_caller_said()
    {
        await using var call = new ScriptedCall(TalkLong);
        call.Act(1, new SupervisorAction.TakeOver());
        for (int frame = 0; frame < 50; frame++)
            call.At(1.5 + 0.02 * frame, () => call.Session.Supervision.Floor!.Microphone.Write(Enumerable.Repeat((short)1234, 320).ToArray()));
        await call.Say(3, "my name is Bob", 1).Say(5, "thank you", 0.5).Act(7, new SupervisorAction.HandBack("he is Bob")).RunAsync(12);

        Assert.All(call.Results, result => Assert.True(result.IsDone));
        Assert.True(call.Dialogue.HeardTexts[0].Interrupted);
        // Silent, then the supervisor's voice and nothing else, then silent again until the call is handed back.
        Assert.False(call.Audio.WasAudible(TimeSpan.FromSeconds(1.1), TimeSpan.FromSeconds(1.5)));
        Assert.Equal(50 * 320, call.Audio.Sent.Count(sample => sample == 1234));
        Assert.False(call.Audio.WasAudible(TimeSpan.FromSeconds(2.7), TimeSpan.FromSeconds(7)));
        Assert.Equal(["my name is Bob", "thank you"], call.EventsOf<TimelineEvent.Final>().Select(final => final.Text));
        Assert.Equal(new DialogueTurn.HandedBack("Ada", "my name is Bob … thank you", "he is Bob"), call.Dialogue.Committed[^1]);
        Assert.True(Heard(call, "I am back"));
        Assert.Null(call.Session.Supervision.Floor);
    }

    [Fact]
    public async Task Words_that_were_on_their_way_at_a_take_over_are_told_at_its_end()
    {
        await using var call = new ScriptedCall(Talk);
        await call.Say(2, "help me", 1).Act(2.5, new SupervisorAction.TakeOver()).Act(5, new SupervisorAction.HandBack()).RunAsync(8);

        Assert.Equal("help me", Assert.IsType<DialogueTurn.HandedBack>(call.Dialogue.Committed[^1]).Words);
        Assert.DoesNotContain(call.Dialogue.Committed, turn => turn is DialogueTurn.CallerSaid);
    }

    [Fact]
    public async Task Only_one_supervisor_has_the_floor_and_any_may_give_it_back()
    {
        await using var call = new ScriptedCall(Talk);
        await call
            .Act(1.9, new SupervisorAction.HandBack())
            .Act(2, new SupervisorAction.TakeOver(), "Ada").Act(2, new SupervisorAction.TakeOver(), "Ben")
            .Act(2.5, new SupervisorAction.TakeOver(), "Ada")
            .Act(3, new SupervisorAction.Say("Hello?"), "Ben")
            .Act(4, new SupervisorAction.HandBack(), "Ben")
            .Act(4, new SupervisorAction.HandBack(), "Ada")
            .RunAsync(6);

        Assert.Equal([false, true, false, false, false, true, false], call.Results.Select(result => result.IsDone));
        Assert.Equal("Ada has taken the call over already.", call.Results[2].Reason);
        Assert.Equal("Ada has taken the call over.", call.Results[4].Reason);
        Assert.Equal("Nobody has taken the call over.", call.Results[6].Reason);
        Assert.Equal("Ben", Assert.IsType<DialogueTurn.HandedBack>(call.Dialogue.Committed[^1]).By);
    }

    [Fact]
    public async Task A_transfer_is_made_in_the_agents_own_words()
    {
        await using var call = new ScriptedCall(Talk, new CallSessionOptions { HumanTarget = "200" });
        CallEnd end = await call.Act(2, new SupervisorAction.Transfer()).RunAsync(6);

        Assert.Equal(CallEndCause.Transferred, end.Cause);
        Assert.Equal("200", Assert.Single(call.Call.Transfers).Target);
        Assert.True(Heard(call, "A colleague helps."));
    }

    [Fact]
    public async Task A_transfer_to_a_target_is_announced_and_comes_back_to_the_agent_when_it_fails()
    {
        await using var call = new ScriptedCall(Talk);
        call.Call.TransferResult = new TransferResult(false, 486, "Busy Here");
        await call.Say(2, "hello", 1.5).Act(3, new SupervisorAction.Transfer("300", "One moment.")).RunAsync(8);

        Assert.Equal([new SupervisorResult(true)], call.Results);
        Assert.Equal("300", Assert.Single(call.Call.Transfers).Target);
        Assert.True(Heard(call, "One moment."));
        Assert.True(Heard(call, "Nobody there."));
    }

    [Fact]
    public async Task Without_a_human_a_transfer_needs_a_target()
    {
        await using var call = new ScriptedCall(Talk);
        await call.Act(2, new SupervisorAction.Transfer()).RunAsync(3);

        Assert.Equal("The agent has no human to transfer to. Give a target.", Assert.Single(call.Results).Reason);
    }

    [Fact]
    public async Task A_caller_is_held_and_taken_back()
    {
        var asked = new List<bool>();
        await using var call = new ScriptedCall(TalkLong);
        call.Call.HoldAnswer = held =>
        {
            asked.Add(held);
            return Task.FromResult(true);
        };
        await call
            .Act(1, new SupervisorAction.Hold()).Act(1.5, new SupervisorAction.Hold()).Act(1.6, new SupervisorAction.Say("Hello?")).Act(1.7, new SupervisorAction.TakeOver())
            .Act(3, new SupervisorAction.Resume()).Act(3.5, new SupervisorAction.Resume())
            .RunAsync(8);

        Assert.Equal([true, false], asked);
        Assert.Equal([true, false, false, false, true, false], call.Results.Select(result => result.IsDone));
        Assert.False(call.Audio.WasAudible(TimeSpan.FromSeconds(1.1), TimeSpan.FromSeconds(3)));
        Assert.Equal((Long, false), call.Dialogue.HeardTexts[0]); // not a word was lost
    }

    [Fact]
    public async Task A_call_that_both_sides_hold_goes_on_when_both_have_let_go()
    {
        await using var call = new ScriptedCall(TalkLong);
        await call.Act(1, new SupervisorAction.Hold()).Hold(1.5, true).Act(2, new SupervisorAction.Resume()).Hold(3, false).RunAsync(8);

        Assert.False(call.Audio.WasAudible(TimeSpan.FromSeconds(1.1), TimeSpan.FromSeconds(3)));
        Assert.Equal((Long, false), call.Dialogue.HeardTexts[0]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_hold_that_the_line_refuses_changes_nothing(bool throws)
    {
        await using var call = new ScriptedCall(TalkLong);
        call.Call.HoldAnswer = _ => throws ? Task.FromException<bool>(new IOException("broken")) : Task.FromResult(false);
        await call.Act(1, new SupervisorAction.Hold()).RunAsync(6);

        Assert.Equal([new SupervisorResult(false, "The caller's side refused it.")], call.Results);
        Assert.Equal([(Long, false)], call.Dialogue.HeardTexts);
    }

    [Theory]
    [InlineData(0.5)] // the agent speaks
    [InlineData(3)] // nobody does
    [InlineData(4.5)] // the caller does
    public async Task Hanging_up_ends_the_call_at_once(double at)
    {
        await using var call = new ScriptedCall(Talk);
        CallEnd end = await call.Say(4, "hello", 2).Act(at, new SupervisorAction.HangUp()).RunAsync(8);

        Assert.Equal(EndedBy.Agent, end.By);
        TimelineEvent.Ended ended = call.EventsOf<TimelineEvent.Ended>().Single();
        Assert.Equal(SupervisorAction.HangUp.Disposition, ended.Disposition);
        Assert.InRange(ended.At.TotalSeconds, at, at + 0.1);
    }

    [Fact]
    public async Task A_hang_up_while_a_transfer_is_under_way_is_no_transfer()
    {
        await using var call = new ScriptedCall(turn => turn is DialogueTurn.CallStarted ? [new DialogueAction.Transfer("200", "asked")] : Talk(turn));
        (call.Call.TransferHangs, call.DoesNotWait) = (true, true);
        await call.Act(2, new SupervisorAction.TakeOver()).Act(2.5, new SupervisorAction.HangUp()).RunAsync(4);

        Assert.Equal("The call is being transferred.", call.Results[0].Reason);
        Assert.True(call.Results[1].IsDone);
        Assert.Equal(SupervisorAction.HangUp.Disposition, call.EventsOf<TimelineEvent.Ended>().Single().Disposition);
        Assert.DoesNotContain(call.EventsOf<TimelineEvent.Failure>(), failure => failure.Who == "phoneagent");
    }

    [Fact]
    public async Task A_mark_stands_in_the_timeline()
    {
        await using var call = new ScriptedCall(Talk);
        await call.Act(2, new SupervisorAction.Mark("good example"), "Ben").RunAsync(3);

        Assert.Equal(new TimelineEvent.Supervised(SupervisorStep.Marked, "Ben", "good example", null) { At = TimeSpan.FromSeconds(2) }, Assert.Single(call.EventsOf<TimelineEvent.Supervised>()));
    }

    [Fact]
    public async Task Who_listens_in_stands_in_the_timeline()
    {
        await using var call = new ScriptedCall(Talk);
        await call.At(2, () => call.Session.Supervision.NoteListening("Ada", begins: true)).At(3, () => call.Session.Supervision.NoteListening("Ada", begins: false)).RunAsync(4);

        Assert.Equal([SupervisorStep.Listening, SupervisorStep.StoppedListening], call.EventsOf<TimelineEvent.Supervised>().Select(e => e.Step));
    }

    [Fact]
    public async Task Orders_that_the_end_of_the_call_overtakes_are_answered()
    {
        await using var call = new ScriptedCall(Talk);
        var never = new TaskCompletionSource<bool>();
        (call.Call.HoldAnswer, call.DoesNotWait) = (_ => never.Task, true);
        await call.Act(2, new SupervisorAction.Hold()).HangUp(3).Act(3, new SupervisorAction.Mark("late")).RunAsync(4);
        Task<SupervisorResult> afterwards = call.Session.Supervision.ActAsync(new SupervisorAction.HangUp(), "Ada");

        Assert.Equal("The call is over.", call.Results[0].Reason);
        Assert.Equal("The call is over.", (await afterwards).Reason);
        never.SetResult(true);
    }

    [Fact]
    public async Task A_caller_who_hangs_up_ends_a_take_over()
    {
        await using var call = new ScriptedCall(Talk);
        await call.Act(2, new SupervisorAction.TakeOver()).HangUp(3).RunAsync(4);

        Assert.Null(call.Session.Supervision.Floor);
        Assert.IsType<TimelineEvent.Ended>(call.Events[^1]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    public async Task An_action_without_words_is_refused_before_it_reaches_the_call(string text)
    {
        await using var call = new ScriptedCall(Talk);
        await call
            .Act(1, new SupervisorAction.Say(text)).Act(1, new SupervisorAction.Whisper(text)).Act(1, new SupervisorAction.Mark(text))
            .Act(1, new SupervisorAction.Say(new string('a', SupervisorAction.MaxText + 1))).Act(1, new SupervisorAction.Transfer("200 \r\nVia: x"))
            .RunAsync(2);

        Assert.All(call.Results, result => Assert.False(result.IsDone));
        Assert.Empty(call.EventsOf<TimelineEvent.Supervised>());
    }

    [Fact]
    public async Task A_flood_of_orders_is_cut_off()
    {
        await using var call = new ScriptedCall(Talk);
        for (int i = 0; i < 40; i++)
            call.Act(1, new SupervisorAction.Mark("again"));
        await call.RunAsync(2);

        Assert.True(call.Results.Count(result => result.IsDone) >= 32);
        Assert.All(call.Results, result => Assert.True(result.IsDone || result.Reason == "Too many actions wait for this call."));
    }
}
