using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Conversation.Escalation;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Testing.Calls;
using PhoneAgent.Testing.Contracts;
using Xunit;

namespace PhoneAgent.Tests.Conversation.Hearing;

public class ToneTests
{
    private static readonly Expectation Anything = new() { FreeText = true };

    private static IEnumerable<DialogueAction> Answer(DialogueTurn turn) => turn switch
    {
        DialogueTurn.Escalated escalated => [new DialogueAction.Transfer("200", escalated.Reason)],
        DialogueTurn.CallerSaid said => [new DialogueAction.Say($"You seem {said.Mood ?? "fine"}."), new DialogueAction.Listen(Anything)],
        _ => [new DialogueAction.Say("Hello."), new DialogueAction.Listen(Anything)],
    };

    [Fact]
    public async Task The_tone_of_an_utterance_is_there_before_its_words()
    {
        await using var call = new ScriptedCall(Answer, hearsTone: true);
        await call.Say(2, "where is my parcel", 2, complete: false, tone: "frustrated").RunAsync(7);

        TimelineEvent.Emotion final = Assert.Single(call.EventsOf<TimelineEvent.Emotion>(), e => e.IsFinal);
        Assert.Equal(("frustrated", 0.9), (final.Label, final.Confidence));
        List<TimelineEvent> events = [.. call.Events];
        Assert.True(events.IndexOf(final) < events.FindIndex(e => e is TimelineEvent.Final));
        Assert.Equal(["en-US"], call.Classifier.Languages);
        Assert.Equal(0, call.Classifier.OpenStreams);
    }

    [Fact]
    public async Task Interim_readings_come_every_half_second_of_speech()
    {
        await using var call = new ScriptedCall(Answer, hearsTone: true);
        await call.Say(2, "this is quite a long story", 2.6, complete: false, tone: "calm").RunAsync(8);

        TimeSpan[] interims = [.. call.EventsOf<TimelineEvent.Emotion>().Where(e => !e.IsFinal).Select(e => e.At)];
        Assert.InRange(interims.Length, 5, 7);
        // The last one is that of the pause, whenever it comes.
        Assert.All(interims.Zip(interims.Skip(1)).SkipLast(1), pair => Assert.Equal(500, (pair.Second - pair.First).TotalMilliseconds));
    }

    [Fact]
    public async Task A_guessed_reply_knows_the_tone_and_is_the_one_that_stands()
    {
        await using var call = new ScriptedCall(Answer, escalation: new EscalationOptions { Enabled = false }, hearsTone: true);
        await call.Say(2, "where is my parcel", 1, complete: false, tone: "anxious").Say(7, "where is it now", 1, complete: false, tone: "calm").RunAsync(12);

        Assert.Equal(["Hello.", "You seem anxious.", "You seem calm."], call.EventsOf<TimelineEvent.AgentSentence>().Select(e => e.Text));
        Assert.Equal(2, call.EventsOf<TimelineEvent.Speculation>().Count(e => e.Step == SpeculationStep.Hit));
        Assert.Equal(0, call.Classifier.Finals); // what the pause brought stood
    }

    [Fact]
    public async Task A_caller_who_goes_on_after_a_pause_is_read_anew()
    {
        await using var call = new ScriptedCall(Answer, hearsTone: true);
        await call.Say(2, "I would like", 0.8, complete: false, tone: "calm").Say(3.1, "an answer at last", 1, complete: false, tone: "frustrated").RunAsync(7);

        Assert.Equal("frustrated", Assert.Single(call.EventsOf<TimelineEvent.Emotion>(), e => e.IsFinal).Label);
        Assert.Equal("You seem frustrated.", call.EventsOf<TimelineEvent.AgentSentence>().Last().Text);
    }

    [Fact]
    public async Task By_tone_alone_the_same_words_are_escalated_or_not()
    {
        var options = new EscalationOptions { MinSources = 1 };
        foreach ((string tone, bool isEscalated) in new[] { ("frustrated", true), ("calm", false), ("neutral", false), ("unknown", false) })
        {
            await using var call = new ScriptedCall(Answer, escalation: options, hearsTone: true);
            await call.Say(2, "where is my parcel", 1, tone: tone).Say(6, "what about the invoice", 1, tone: tone).Say(10, "and the other one", 1, tone: tone).RunAsync(16);
            Assert.Equal(isEscalated, call.EventsOf<TimelineEvent.Escalated>().Any());
        }
    }

    [Fact]
    public async Task A_classifier_that_is_late_is_not_waited_for()
    {
        TimeSpan[] at = new TimeSpan[2];
        for (int i = 0; i < 2; i++)
        {
            await using var call = new ScriptedCall(Answer, hearsTone: true) { DoesNotWait = true };
            call.Classifier.Holds = i == 1;
            await call.Say(2, "where is my parcel", 0.4, tone: "frustrated").At(6, call.Classifier.Release).RunAsync(8);
            at[i] = call.EventsOf<TimelineEvent.Final>().Single().At;
            Assert.Equal("You seem " + (i == 0 ? "frustrated." : "fine."), call.EventsOf<TimelineEvent.AgentSentence>().Last().Text);
            Assert.Equal("frustrated", call.EventsOf<TimelineEvent.Emotion>().Single(e => e.IsFinal).Label); // late, but it is written down
        }
        // Long before the tone came, at 6 s; ToneJoinTests say how long exactly.
        Assert.InRange(at[1] - at[0], TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_classifier_without_a_free_place_loses_interims_only()
    {
        await using var call = new ScriptedCall(Answer, hearsTone: true);
        call.Classifier.IsBusy = true;
        await call.Say(2, "where is my parcel", 2, tone: "frustrated").RunAsync(7);

        Assert.Equal("frustrated", Assert.Single(call.EventsOf<TimelineEvent.Emotion>()).Label);
        Assert.Equal(1, call.Classifier.Finals);
    }

    [Fact]
    public async Task A_classifier_that_throws_costs_nothing_but_the_tone()
    {
        await using var call = new ScriptedCall(Answer, hearsTone: true);
        call.Classifier.Failure = "no memory";
        await call.Say(2, "where is my parcel", 1, tone: "frustrated").Say(7, "where is it", 1, tone: "frustrated").RunAsync(12);

        Assert.Equal(2, call.EventsOf<TimelineEvent.Final>().Count());
        Assert.All(call.EventsOf<TimelineEvent.Emotion>(), e => Assert.Equal("unknown", e.Label));
        TimelineEvent.Failure failure = Assert.Single(call.EventsOf<TimelineEvent.Failure>());
        Assert.Equal(("emotion", "no memory"), (failure.Who, failure.What));
        Assert.Equal("You seem fine.", call.EventsOf<TimelineEvent.AgentSentence>().Last().Text);
    }

    [Fact]
    public async Task A_classifier_that_hangs_does_not_keep_the_call()
    {
        await using var call = new ScriptedCall(Answer, hearsTone: true) { DoesNotWait = true };
        call.Classifier.Holds = true;
        await call.Say(2, "a very long story indeed", 8).RunAsync(12);

        Assert.Equal(0, call.Classifier.OpenStreams);
        Assert.Contains(call.EventsOf<TimelineEvent.Dropped>(), dropped => dropped.Count > 100);
        Assert.NotEmpty(call.EventsOf<TimelineEvent.Final>());
    }
}

public sealed class FakeEmotionClassifierTests : EmotionClassifierContract
{
    private const short Value = ScriptedAudio.Base + 7;

    protected override string Tone => EmotionLabels.Anxious;

    protected override short[] Voice
    {
        get
        {
            short[] voice = new short[AudioFormat.FrameSamples * 100];
            voice.AsSpan().Fill(Value);
            return voice;
        }
    }

    protected override IEmotionClassifier Create()
    {
        var classifier = new FakeEmotionClassifier();
        classifier.Add(Value, FakeEmotionClassifier.Sure(EmotionLabels.Anxious, 0.8));
        return classifier;
    }
}
