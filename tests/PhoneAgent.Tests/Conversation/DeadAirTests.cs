using PhoneAgent.Audio;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Testing.Calls;
using Xunit;

namespace PhoneAgent.Tests.Conversation;

/// <summary>Whatever fails or hangs, the caller hears something soon, and a call that cannot go on ends.</summary>
public sealed class DeadAirTests : IDisposable
{
    private const string Human = "sip:human@127.0.0.1";

    private static readonly Expectation Anything = new() { FreeText = true };

    private readonly string _folder = Directory.CreateTempSubdirectory("phoneagent-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static IEnumerable<DialogueAction> Talk(DialogueTurn turn) => turn switch
    {
        DialogueTurn.CallStarted => [new DialogueAction.Say("Hello."), new DialogueAction.Listen(Anything)],
        DialogueTurn.CallerSaid said => [new DialogueAction.Say($"You said {said.Result.Text}. Is that right?"), new DialogueAction.Listen(Anything)],
        DialogueTurn.TransferFailed => [new DialogueAction.Say("Nobody there."), new DialogueAction.Listen(Anything)],
        _ => [new DialogueAction.Say("Pardon."), new DialogueAction.Listen(Anything)],
    };

    [Fact]
    public async Task A_reply_that_cannot_be_spoken_is_apologised_for()
    {
        await using var call = new ScriptedCall(Talk);
        call.Synthesizer.Fails = text => text.StartsWith("You said hello.", StringComparison.Ordinal) || text == "Is that right?";
        await call.Say(2, "hello", 0.5).At(5, () => call.Synthesizer.Fails = null).Say(9, "again", 0.5).RunAsync(13);

        Assert.Contains(call.Dialogue.HeardTexts, heard => heard.Text == new SpokenErrors().Failed);
        Assert.True(call.Audio.WasAudible(TimeSpan.FromSeconds(2.5), TimeSpan.FromSeconds(4.2)));
        Assert.Equal("You said again. Is that right?", call.Dialogue.HeardTexts[^1].Text);
        Assert.Contains(call.EventsOf<TimelineEvent.Failure>(), e => e is { Who: "synthesiser", Consequence: "asked the caller to repeat" });
    }

    [Fact]
    public async Task A_reply_of_which_a_sentence_was_heard_goes_on()
    {
        await using var call = new ScriptedCall(Talk);
        call.Synthesizer.Fails = text => text.StartsWith("You said", StringComparison.Ordinal);
        await call.Say(2, "hello", 0.5).RunAsync(6);

        Assert.Equal("Is that right?", call.Dialogue.HeardTexts[^1].Text);
        Assert.DoesNotContain(call.EventsOf<TimelineEvent.Failure>(), e => e.Consequence == "asked the caller to repeat");
    }

    [Fact]
    public async Task A_voice_that_is_gone_hands_over_to_a_human()
    {
        await using var call = new ScriptedCall(Talk, new CallSessionOptions { HumanTarget = Human });
        call.Synthesizer.Fails = _ => true;
        CallEnd end = await call.RunAsync(10);

        Assert.Equal(CallEndCause.Transferred, end.Cause);
        Assert.Equal(Human, Assert.Single(call.Call.Transfers).Target);
        Assert.InRange(call.Events[^1].At.TotalSeconds, 0, 3);
    }

    [Fact]
    public async Task A_voice_that_is_gone_ends_the_call_when_there_is_no_human()
    {
        await using var call = new ScriptedCall(Talk);
        call.Synthesizer.Fails = _ => true;
        CallEnd end = await call.RunAsync(10);

        Assert.Equal((CallEndCause.HungUp, EndedBy.Agent), (end.Cause, end.By));
        Assert.Equal("failed", call.EventsOf<TimelineEvent.Ended>().Single().Disposition);
        Assert.Contains(call.EventsOf<TimelineEvent.Failure>(), e => e is { Who: "synthesiser", Consequence: "gave up" });
    }

    [Fact]
    public async Task A_human_who_cannot_be_reached_is_tried_once_in_a_row()
    {
        await using var call = new ScriptedCall(Talk, new CallSessionOptions { HumanTarget = Human });
        call.Synthesizer.Fails = _ => true;
        call.Call.TransferResult = new TransferResult(false, 486, "Busy Here");
        CallEnd end = await call.RunAsync(20);

        Assert.Single(call.Call.Transfers);
        Assert.Equal((CallEndCause.HungUp, EndedBy.Agent), (end.Cause, end.By));
    }

    [Fact]
    public async Task Recorded_apologies_are_heard_without_a_voice()
    {
        string failed = Prompt("failed.wav", 1), givingUp = Prompt("giving-up.wav", 1);
        await using var call = new ScriptedCall(Talk, new CallSessionOptions
        {
            SpokenErrors = new SpokenErrors { FailedPrompt = failed, GivingUpPrompt = givingUp },
        });
        call.Synthesizer.Fails = _ => true;
        CallEnd end = await call.Say(3, "hello", 0.5).RunAsync(10);

        var words = new SpokenErrors();
        Assert.Equal([words.Failed, words.GivingUp], call.Dialogue.HeardTexts.Select(heard => heard.Text));
        Assert.True(call.Audio.WasAudible(TimeSpan.Zero, TimeSpan.FromSeconds(1)));
        Assert.Equal((CallEndCause.HungUp, EndedBy.Agent), (end.Cause, end.By));
    }

    [Fact]
    public async Task A_voice_that_hangs_is_given_up_soon()
    {
        await using var call = new ScriptedCall(Talk, new CallSessionOptions { HumanTarget = Human, ReleaseTimeout = TimeSpan.FromMilliseconds(20) });
        (call.Synthesizer.Hangs, call.DoesNotWait) = (true, true);
        CallEnd end = await call.RunAsync(30);

        Assert.Equal(CallEndCause.Transferred, end.Cause);
        Assert.InRange(call.EventsOf<TimelineEvent.Failure>().First(e => e.Consequence == "asked the caller to repeat").At.TotalSeconds, 1.5, 5);
        Assert.InRange(call.EventsOf<TimelineEvent.Transfer>().First().At.TotalSeconds, 3, 15);
    }

    [Fact]
    public async Task A_dialogue_that_hangs_twice_hands_over_although_its_fillers_are_heard()
    {
        await using var call = new ScriptedCall(Talk, new CallSessionOptions { HumanTarget = Human });
        call.DoesNotWait = true;
        call.At(1, () => call.Dialogue.Delay = token => new TaskCompletionSource().Task.WaitAsync(token));
        CallEnd end = await call.Say(2, "hello", 0.5).Say(20, "hello again", 0.5).RunAsync(60);

        Assert.Equal(CallEndCause.Transferred, end.Cause);
        Assert.Contains(call.Dialogue.HeardTexts, heard => heard.Text.StartsWith(new SpokenErrors().Fillers[0], StringComparison.Ordinal));
    }

    [Fact]
    public async Task Fillers_are_not_said_twice_in_a_row()
    {
        string[] fillers = ["Hm one.", "Hm two.", "Hm three."];
        await using var call = new ScriptedCall(Talk, new CallSessionOptions { SpokenErrors = new SpokenErrors { Fillers = fillers } });
        call.DoesNotWait = true;
        call.At(1, () => call.Dialogue.Delay = token => new TaskCompletionSource().Task.WaitAsync(token));
        await call.Say(2, "hello", 0.5).Say(25, "hello again", 0.5).RunAsync(60);

        string[] said = [.. call.Synthesizer.Requests.Where(fillers.Contains)];
        Assert.True(said.Length >= 3, string.Join('|', said));
        Assert.All(said.Zip(said.Skip(1)), pair => Assert.NotEqual(pair.First, pair.Second));
    }

    [Fact]
    public async Task A_tool_that_never_comes_back_after_the_first_words_is_not_waited_for_in_silence()
    {
        await using var call = new ScriptedCall(_ => []);
        call.DoesNotWait = true;
        call.Dialogue.Stream = (turn, token) => turn is DialogueTurn.CallerSaid ? LookUp(token) : Talk(turn).ToAsyncEnumerable();
        await call.Say(2, "hello", 0.5).RunAsync(25);

        // "Let me look." until about 4 s; then a filler, and in the end the apology.
        Assert.True(call.Audio.WasAudible(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(7)));
        Assert.Contains(call.EventsOf<TimelineEvent.Failure>(), e => e is { Who: "dialogue", Consequence: "asked the caller to repeat" });
        Assert.Contains(call.Dialogue.HeardTexts, heard => heard.Text.EndsWith(new SpokenErrors().Failed, StringComparison.Ordinal));

        static async IAsyncEnumerable<DialogueAction> LookUp([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken token)
        {
            yield return new DialogueAction.Say("Let me look.");
            await new TaskCompletionSource().Task.WaitAsync(token);
        }
    }

    [Fact]
    public async Task A_transfer_that_breaks_comes_back_to_the_agent()
    {
        await using var call = new ScriptedCall(turn => turn is DialogueTurn.CallerSaid
            ? [new DialogueAction.Transfer(Human, "asked")]
            : Talk(turn));
        call.Call.TransferFailure = new InvalidOperationException("no route");
        await call.Say(2, "hello", 0.5).RunAsync(6);

        Assert.Equal("Nobody there.", call.Dialogue.HeardTexts[^1].Text);
        Assert.Equal(["announced", "referring", "refer-failed", "returned"], call.EventsOf<TimelineEvent.Transfer>().Select(e => e.Step));
    }

    [Fact]
    public async Task A_hang_up_that_breaks_ends_the_session_all_the_same()
    {
        await using var call = new ScriptedCall(_ => [new DialogueAction.HangUp("done")]);
        call.Call.HangUpFailure = new InvalidOperationException("no route");
        CallEnd end = await call.RunAsync(2);

        Assert.Equal((CallEndCause.PeerLost, EndedBy.Agent), (end.Cause, end.By));
    }

    private string Prompt(string name, double seconds)
    {
        string path = Path.Combine(_folder, name);
        short[] samples = new short[(int)(seconds * AudioFormat.SampleRate)];
        Array.Fill(samples, (short)4000);
        using FileStream file = File.Create(path);
        using var writer = new WavWriter(file, AudioFormat.SampleRate, 1);
        writer.Write(samples);
        return path;
    }
}
