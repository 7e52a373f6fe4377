using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Testing;
using PhoneAgent.Testing.Calls;
using Xunit;

namespace PhoneAgent.Tests.Conversation;

/// <summary>However a call ends, its record is complete and nothing keeps it.</summary>
public class CallEndTests
{
    private static readonly Expectation Anything = new() { FreeText = true };

    private static IEnumerable<DialogueAction> Talk(DialogueTurn turn) =>
        [new DialogueAction.Say("one two three four five six seven eight nine ten."), new DialogueAction.Listen(Anything)];

    [Fact]
    public async Task A_caller_who_hangs_up_on_the_agent_leaves_what_he_heard()
    {
        await using var call = new ScriptedCall(Talk);
        await call.HangUp(1).RunAsync(3);

        TimelineEvent.Heard heard = Assert.Single(call.EventsOf<TimelineEvent.Heard>());
        Assert.True(heard.Interrupted);
        Assert.StartsWith("one two three", heard.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("seven", heard.Text, StringComparison.Ordinal);
        Assert.Equal((heard.Text, true), Assert.Single(call.Dialogue.HeardTexts));
    }

    [Fact]
    public async Task A_caller_who_hangs_up_while_the_agent_pauses_for_him_leaves_what_he_heard()
    {
        await using var call = new ScriptedCall(Talk);
        await call.Noise(1, 0.4).HangUp(1.3).RunAsync(3);

        Assert.StartsWith("one two three", Assert.Single(call.EventsOf<TimelineEvent.Heard>()).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Words_that_were_all_heard_are_told_once()
    {
        await using var call = new ScriptedCall(_ => [new DialogueAction.Say("Bye."), new DialogueAction.HangUp("done")]);
        await call.RunAsync(3);

        TimelineEvent.Heard heard = Assert.Single(call.EventsOf<TimelineEvent.Heard>());
        Assert.Equal(("Bye.", false), (heard.Text, heard.Interrupted));
    }

    [Fact]
    public async Task Engines_that_hang_for_ever_hold_the_end_once_and_not_one_after_the_other()
    {
        var time = new VirtualTime();
        await using var call = new ScriptedCall(Talk, new CallSessionOptions { ReleaseTimeout = TimeSpan.FromSeconds(5) }, time);
        (call.Synthesizer.Hangs, call.DoesNotWait) = (true, true);
        call.Dialogue.Stream = (turn, _) => Greet();
        // On a busy machine the voice is asked later than a whole second of virtual time.
        call.At(0.9, () => Assert.True(SpinWait.SpinUntil(() => call.Synthesizer.Requests.Count > 0, TimeSpan.FromSeconds(30))));
        Task<CallEnd> run = call.HangUp(1).RunAsync(2);
        while (time.PendingTimers == 0)
            await Task.Yield();
        Assert.False(run.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(EndedBy.Caller, (await run).By);
        string[] left = [.. call.EventsOf<TimelineEvent.Failure>().Where(e => e.Consequence == "left running").Select(e => e.Who)];
        Assert.Contains("replies", left);
        Assert.Contains("synthesiser", left);
        Assert.IsType<TimelineEvent.Ended>(call.Events[^1]);
        Assert.True(call.Dialogue.IsDisposed);

        static async IAsyncEnumerable<DialogueAction> Greet()
        {
            yield return new DialogueAction.Say("Hello.");
            await new TaskCompletionSource().Task;
        }
    }

    [Fact]
    public async Task A_stop_gets_through_to_a_session_that_is_far_behind()
    {
        using var isBehind = new ManualResetEventSlim();
        using var goOn = new ManualResetEventSlim();
        using var stop = new CancellationTokenSource();
        await using var call = new ScriptedCall(_ => [new DialogueAction.Say("Hello.")]);
        call.Dialogue.OnHeard = () =>
        {
            isBehind.Set();
            goOn.Wait();
        };
        Task<CallEnd> run = call.Session.RunAsync(stop.Token);
        while (!isBehind.IsSet)
        {
            call.Audio.Tick();
            await Task.Yield();
        }
        for (int i = 0; i < 5000; i++)
        {
            call.Call.Signal(new CallSignal.Dtmf('1', TimeSpan.FromMilliseconds(100), DtmfSource.Rtp));
            call.Audio.Tick();
        }
        Assert.True(SpinWait.SpinUntil(() => call.Session.UnderWay >= 512, TimeSpan.FromSeconds(30)));
        await stop.CancelAsync();
        goOn.Set();

        Assert.Equal(new CallEnd(CallEndCause.HungUp, EndedBy.Agent), await run);
        Assert.Equal(5000, call.EventsOf<TimelineEvent.Dtmf>().Count());
        Assert.True(Assert.Single(call.EventsOf<TimelineEvent.Dropped>()).Count > 0);
    }

    [Fact]
    public async Task Who_takes_the_callers_place_or_may_not_stands_in_the_timeline_and_the_call_goes_on()
    {
        await using var call = new ScriptedCall(Talk);
        await call.At(1, () => call.Call.Signal(new CallSignal.Redirected("sip:7@pbx")))
            .At(2, () => call.Call.Signal(new CallSignal.RedirectionRefused("sip:8@pbx", "no calls there"))).Say(3, "hello", 0.5).RunAsync(7);

        Assert.Equal([("sip:7@pbx", null), ("sip:8@pbx", "no calls there")], call.EventsOf<TimelineEvent.Moved>().Select(e => (e.To, e.Problem)));
        Assert.Equal("hello", Assert.Single(call.EventsOf<TimelineEvent.Final>()).Text);
    }
}
