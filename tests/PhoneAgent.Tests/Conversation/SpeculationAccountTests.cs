using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Testing.Calls;
using Xunit;

namespace PhoneAgent.Tests.Conversation;

/// <summary>What a guess costs and what it saves is on the record.</summary>
public class SpeculationAccountTests
{
    private static readonly Expectation Anything = new() { FreeText = true };

    private static IEnumerable<DialogueAction> Talk(DialogueTurn turn) => turn switch
    {
        DialogueTurn.CallerSaid said =>
        [
            new DialogueAction.Report(new TimelineEvent.ModelUsage("fake", 100, 20, null, "reply") { At = default }),
            new DialogueAction.Say($"You said {said.Result.Text}."),
            new DialogueAction.Listen(Anything),
        ],
        _ => [new DialogueAction.Say("Hello."), new DialogueAction.Listen(Anything)],
    };

    [Fact]
    public async Task A_wrong_guess_counts_its_tokens_and_its_audio()
    {
        await using var call = new ScriptedCall(Talk);
        await call.Say(2, "my order", 0.6, complete: false).Say(3, "is late", 0.6).RunAsync(7);

        TimelineEvent.Speculation missed = call.EventsOf<TimelineEvent.Speculation>().Single(e => e.Step == SpeculationStep.Missed);
        Assert.Equal(120, missed.WastedTokens);
        Assert.Equal(FakeSynthesizer.LengthOf("You said my order."), missed.WastedAudio);
        Assert.Equal(new SpeculationTally(true, 1, 1, 0, 120, missed.WastedAudio), call.Session.Speculation.Tally);
    }

    [Fact]
    public async Task A_model_that_reported_nothing_is_counted_by_what_it_said()
    {
        await using var call = new ScriptedCall(turn => Talk(turn).Where(action => action is not DialogueAction.Report));
        await call.Say(2, "my order", 0.6, complete: false).Say(3, "is late", 0.6).RunAsync(7);

        Assert.Equal("You said my order.".Length / 4, call.EventsOf<TimelineEvent.Speculation>().Single(e => e.Step == SpeculationStep.Missed).WastedTokens);
    }

    [Fact]
    public async Task Where_it_does_not_pay_nothing_is_begun_early_and_the_caller_is_answered_all_the_same()
    {
        await using var call = new ScriptedCall(Talk);
        for (int i = 0; i < 10; i++)
            call.Session.Speculation.Miss(0, default);
        await call.Say(2, "good day", 0.6).RunAsync(6);

        Assert.Equal([SpeculationStep.Skipped], call.EventsOf<TimelineEvent.Speculation>().Select(e => e.Step));
        Assert.Equal(2, call.Dialogue.Asked.Count);
        Assert.Equal("You said good day.", call.Dialogue.HeardTexts[^1].Text);
        Assert.False(call.EventsOf<TimelineEvent.TurnLatency>().Single().Guessed);
    }

    [Fact]
    public async Task The_switch_is_seen_in_the_call_that_threw_it()
    {
        await using var call = new ScriptedCall(Talk);
        for (int i = 0; i < 9; i++)
            call.Session.Speculation.Miss(0, default);
        await call.Say(2, "my order", 0.6, complete: false).Say(3, "is late", 0.6).RunAsync(7);

        TimelineEvent.SpeculationSwitched switched = call.EventsOf<TimelineEvent.SpeculationSwitched>().Single();
        Assert.Equal((false, 0d, 30), (switched.IsOn, switched.HitRate, switched.TrialAfter));
    }

    [Fact]
    public async Task The_stages_of_a_reply_add_up_to_its_gap()
    {
        await using var call = new ScriptedCall(Talk);
        await call.Say(2, "good day", 1).RunAsync(6);

        TimelineEvent.TurnLatency latency = call.EventsOf<TimelineEvent.TurnLatency>().Single();
        Assert.Equal(call.EventsOf<TimelineEvent.FirstPacket>().Last().ResponseGap, latency.ToFirstPacket);
        Assert.Equal(call.EventsOf<TimelineEvent.Endpoint>().Single().Silence, latency.ToEndpoint);
        Assert.True(latency.Guessed);
        // The guess had words and audio before the turn was even over.
        Assert.InRange(latency.ToFirstToken!.Value, TimeSpan.FromMilliseconds(200), latency.ToEndpoint);
        Assert.InRange(latency.ToFirstAudio!.Value, latency.ToFirstToken.Value, latency.ToEndpoint);
        Assert.InRange(latency.ToFinal, latency.ToEndpoint, latency.ToFirstPacket);
    }
}
