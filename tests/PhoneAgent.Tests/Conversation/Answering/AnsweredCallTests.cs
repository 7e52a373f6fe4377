using PhoneAgent.Audio;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Answering;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Testing.Calls;
using Xunit;

namespace PhoneAgent.Tests.Conversation.Answering;

/// <summary>Calls that we place, in virtual time: who answers, what the agent does, and what whoever placed it reads.</summary>
public sealed class AnsweredCallTests
{
    private const string Greeting = "Hello, this is the workshop about your bicycle.";
    private const string Message = "Please call the workshop.";

    private static readonly CallSessionOptions Leaves = new()
    {
        AnswerDetection = new AnswerDetectionOptions { Enabled = true, OnMachine = AnswerAction.LeaveMessage, Message = Message },
    };

    private static ScriptedCall Place(CallSessionOptions? options = null, CallDirection direction = CallDirection.Outbound) => new(
        turn => turn is DialogueTurn.CallStarted
            ? [new DialogueAction.Say(Greeting), new DialogueAction.Listen(Expectation.Nothing)]
            : [new DialogueAction.Say("Yes.")],
        options ?? Leaves, direction: direction);

    [Fact]
    public async Task APersonIsAnsweredWithinOneAndAHalfSecondsAndNotBefore()
    {
        await using ScriptedCall call = Place().Say(1, "hello", 0.6);
        await call.RunAsync(6);
        Assert.False(call.Audio.WasAudible(TimeSpan.Zero, TimeSpan.FromSeconds(2.2)));
        Assert.InRange(call.EventsOf<TimelineEvent.FirstPacket>().First().ResponseGap!.Value.TotalSeconds, 0.6, 1.0);
        Assert.Equal(Greeting, call.EventsOf<TimelineEvent.Heard>().First().Text);
        AnswerOutcome outcome = AnswerOutcome.From(call.Events);
        Assert.Equal((AnswerKind.Person, "short-greeting", false, MessageOutcome.None), (outcome.Kind, outcome.Rule, outcome.IsRevised, outcome.Message));
        Assert.Equal(2.3, outcome.DecidedAfter!.Value.TotalSeconds, 1);
        // Heard though it was not answered as such: the record has what he said.
        Assert.Contains(call.EventsOf<TimelineEvent.Final>(), final => final.Text == "hello");
    }

    [Fact]
    public async Task WhoMayBeEitherIsAnsweredInTimeToo()
    {
        await using ScriptedCall call = Place().Say(1, "good afternoon you are speaking to", 2.6);
        await call.RunAsync(8);
        Assert.InRange(call.EventsOf<TimelineEvent.FirstPacket>().First().ResponseGap!.Value.TotalSeconds, 1.0, 1.5);
        Assert.Equal("pause", AnswerOutcome.From(call.Events).Rule);
    }

    [Fact]
    public async Task AMachineGetsItsMessageAfterTheBeepAndNothingBefore()
    {
        await using ScriptedCall call = Place().Say(0.4, "one two three", 6);
        ScriptedCall that = call;
        call.At(7, () => that.Audio.Beep(TimeSpan.FromSeconds(0.4)));
        CallEnd end = await call.RunAsync(20);
        Assert.False(call.Audio.WasAudible(TimeSpan.Zero, TimeSpan.FromSeconds(7.4)));
        Assert.True(call.Audio.WasAudible(TimeSpan.FromSeconds(7.4), TimeSpan.FromSeconds(8)));
        Assert.Equal(EndedBy.Agent, end.By);
        Assert.Equal("message-left", call.EventsOf<TimelineEvent.Ended>().Single().Disposition);
        Assert.Equal([AnswerKind.Machine, AnswerKind.Voicemail], call.EventsOf<TimelineEvent.AnsweredBy>().Select(answer => answer.Kind));
        Assert.Equal(MessageOutcome.Left, AnswerOutcome.From(call.Events).Message);
        Assert.Equal(Message, call.EventsOf<TimelineEvent.Heard>().Single().Text);
    }

    [Fact]
    public async Task AHelloThatWasAGreetingIsRevisedAndTheMessageBeginsAnewAfterTheBeep()
    {
        await using ScriptedCall call = Place().Say(0.4, "hello", 0.5).Say(2.2, "one two", 7);
        ScriptedCall that = call;
        call.At(10, () => that.Audio.Beep(TimeSpan.FromSeconds(0.4)));
        await call.RunAsync(25);
        Assert.Equal([AnswerKind.Person, AnswerKind.Machine, AnswerKind.Voicemail], call.EventsOf<TimelineEvent.AnsweredBy>().Select(answer => answer.Kind));
        Assert.False(call.Audio.WasAudible(TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(10.4)));
        Assert.Equal(Message, call.EventsOf<TimelineEvent.Heard>().Last().Text);
        AnswerOutcome outcome = AnswerOutcome.From(call.Events);
        Assert.Equal((AnswerKind.Voicemail, true, MessageOutcome.Left), (outcome.Kind, outcome.IsRevised, outcome.Message));
    }

    [Fact]
    public async Task ABeepThatComesAfterTheGuessMakesTheMessageBeginAnew()
    {
        await using ScriptedCall call = Place().Say(0.4, "one two three", 5);
        ScriptedCall that = call;
        call.At(9.6, () => that.Audio.Beep(TimeSpan.FromSeconds(0.4)));
        await call.RunAsync(25);
        Assert.Equal(["long-greeting", "end-of-greeting", "beep"], call.EventsOf<TimelineEvent.AnsweredBy>().Select(answer => answer.Rule));
        Assert.True(call.EventsOf<TimelineEvent.Heard>().First().Interrupted);
        Assert.Equal(Message, call.EventsOf<TimelineEvent.Heard>().Last().Text);
        Assert.Equal(MessageOutcome.Left, AnswerOutcome.From(call.Events).Message);
    }

    [Fact]
    public async Task AMachineThatHangsUpHasAPartOfTheMessage()
    {
        await using ScriptedCall call = Place().Say(0.4, "one two three", 5);
        ScriptedCall that = call;
        call.At(6, () => that.Audio.Beep(TimeSpan.FromSeconds(0.4))).HangUp(7.2);
        await call.RunAsync(25);
        Assert.Equal(MessageOutcome.CutShort, AnswerOutcome.From(call.Events).Message);
    }

    [Fact]
    public async Task AMachineIsHungUpOnWhereNoMessageIsWanted()
    {
        await using ScriptedCall call = Place(new CallSessionOptions { AnswerDetection = new AnswerDetectionOptions { Enabled = true } }).Say(0.4, "one two three", 6);
        await call.RunAsync(20);
        Assert.InRange(call.Events[^1].At.TotalSeconds, 4.5, 5.3);
        Assert.Equal("machine", call.EventsOf<TimelineEvent.Ended>().Single().Disposition);
        Assert.Equal(0, call.Audio.Sent.Count(sample => sample != 0));
    }

    [Fact]
    public async Task ABeepThatNeverComesEndsTheCall()
    {
        CallSessionOptions patient = Leaves with { AnswerDetection = Leaves.AnswerDetection with { EndOfGreeting = TimeSpan.FromSeconds(9), BeepTimeout = TimeSpan.FromSeconds(10) } };
        await using ScriptedCall call = Place(patient).Say(0.4, "one two three", 30);
        await call.RunAsync(40);
        Assert.InRange(call.Events[^1].At.TotalSeconds, 14, 16);
        Assert.Equal("machine", call.EventsOf<TimelineEvent.Ended>().Single().Disposition);
    }

    [Theory]
    [InlineData("950:330 1400:330 1800:330 0:500", "not-in-service", AnswerKind.NotInService)]
    [InlineData("425:500 0:500 425:500 0:500 425:500 0:500", "busy", AnswerKind.Busy)]
    [InlineData("425:200 0:200 425:200 0:200 425:200 0:200", "congested", AnswerKind.Congested)]
    [InlineData("2100:3000 0:500", "fax", AnswerKind.Fax)]
    public async Task ATonesCallIsEnded(string tones, string disposition, AnswerKind kind)
    {
        await using ScriptedCall call = Place();
        call.VoiceDetector.IsDeaf = true;
        call.Audio.Play(TimeSpan.FromSeconds(0.5), Tones(tones));
        CallEnd end = await call.RunAsync(20);
        Assert.Equal(EndedBy.Agent, end.By);
        Assert.Equal(disposition, call.EventsOf<TimelineEvent.Ended>().Single().Disposition);
        Assert.Equal(kind, AnswerOutcome.From(call.Events).Kind);
        Assert.Equal(0, call.Audio.Sent.Count(sample => sample != 0));
    }

    [Fact]
    public async Task WhoSaysNothingIsTalkedTo()
    {
        await using ScriptedCall call = Place();
        await call.RunAsync(8);
        Assert.Equal(AnswerKind.Silent, AnswerOutcome.From(call.Events).Kind);
        Assert.True(call.Audio.WasAudible(TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(4.6)));
    }

    [Fact]
    public async Task SilenceEndsTheCallWhereThatIsWanted()
    {
        await using ScriptedCall call = Place(Leaves with { AnswerDetection = Leaves.AnswerDetection with { OnSilence = AnswerAction.HangUp } });
        await call.RunAsync(20);
        Assert.Equal("silence", call.EventsOf<TimelineEvent.Ended>().Single().Disposition);
    }

    [Fact]
    public async Task WhoCallsUsIsGreetedAtOnce()
    {
        await using ScriptedCall call = Place(direction: CallDirection.Inbound);
        await call.RunAsync(3);
        Assert.True(call.Audio.WasAudible(TimeSpan.Zero, TimeSpan.FromSeconds(0.5)));
        Assert.Empty(call.EventsOf<TimelineEvent.AnsweredBy>());
        Assert.Equal(AnswerKind.Undecided, AnswerOutcome.From(call.Events).Kind);
    }

    /// <summary>"hz:milliseconds …", 0 Hz is silence.</summary>
    private static short[] Tones(string line)
    {
        var samples = new List<short>();
        foreach (int[] part in line.Split(' ').Select(part => part.Split(':').Select(int.Parse).ToArray()))
        {
            var sound = new short[part[1] * (AudioFormat.SampleRate / 1_000)];
            if (part[0] > 0)
            {
                var tone = new ToneGenerator(AudioFormat.SampleRate);
                tone.Start(part[0], -18, TimeSpan.FromMilliseconds(part[1]));
                tone.Fill(sound);
            }
            samples.AddRange(sound);
        }
        return [.. samples];
    }
}
