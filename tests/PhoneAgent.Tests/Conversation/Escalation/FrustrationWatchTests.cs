using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Escalation;
using PhoneAgent.Conversation.Hearing;
using Xunit;

namespace PhoneAgent.Tests.Conversation.Escalation;

public class FrustrationWatchTests
{
    private readonly List<TimelineEvent> _found = [];

    private static TimelineEvent.Final Said(double at, string text) =>
        new(text, RecognitionOutcome.Recognized, 0.9, null) { At = TimeSpan.FromSeconds(at) };

    private static TimelineEvent.Emotion Sounded(double at, string label, double confidence) =>
        new(label, confidence, Enumerable.Range(0, 5).ToDictionary(i => $"{i}", _ => 0.2), IsFinal: true) { At = TimeSpan.FromSeconds(at) };

    private static TimelineEvent.Dtmf Pressed(double at, char digit) => new(digit, DtmfSource.Rtp) { At = TimeSpan.FromSeconds(at) };

    private FrustrationWatch Read(EscalationOptions options, params TimelineEvent[] events)
    {
        var watch = new FrustrationWatch(options);
        foreach (TimelineEvent happened in events)
            watch.Read(happened, _found.Add);
        return watch;
    }

    private TimelineEvent.Escalated? Decision => _found.OfType<TimelineEvent.Escalated>().SingleOrDefault();

    [Fact]
    public void An_angry_voice_with_angry_words_for_two_turns_is_escalated_and_says_why()
    {
        Read(new EscalationOptions(),
            Sounded(10, "frustrated", 0.9), Said(10, "this is ridiculous where is my order"),
            Sounded(20, "frustrated", 0.9), Said(20, "this is useless"));

        TimelineEvent.Escalated decision = Assert.IsType<TimelineEvent.Escalated>(Decision);
        Assert.Equal(("sustained-turns", 2, "Voice, Words"), (decision.Rule, decision.Turns, decision.Sources));
        double sum = 0;
        TimeSpan at = default;
        foreach (TimelineEvent.Frustration sign in _found.OfType<TimelineEvent.Frustration>())
        {
            sum = sum * Math.Pow(0.5, (sign.At - at) / new FrustrationOptions().HalfLife) + sign.Amount;
            at = sign.At;
            Assert.Equal(sign.Score, sum, 9);
        }
    }

    [Fact]
    public void Zeros_within_a_number_are_an_answer()
    {
        Read(new EscalationOptions(), [.. "41000052".Select((digit, i) => Pressed(1 + i / 2.0, digit))]);
        Assert.Empty(_found);
        Read(new EscalationOptions(), Pressed(20, '0'), Pressed(20.5, '0'), Pressed(21, '0'));
        Assert.Equal(FrustrationSource.ZeroKey, Assert.IsType<TimelineEvent.Frustration>(Assert.Single(_found)).Source);
    }

    [Fact]
    public void The_same_words_in_a_calm_voice_are_not()
    {
        Read(new EscalationOptions(),
            Sounded(10, "calm", 0.9), Said(10, "this is ridiculous where is my order"),
            Sounded(20, "calm", 0.9), Said(20, "this is useless"));
        Assert.Null(Decision);
    }

    [Fact]
    public void One_angry_word_alone_never_is_unless_so_configured()
    {
        TimelineEvent[] words = [Said(1, "ridiculous"), Said(2, "ridiculous"), Said(3, "ridiculous"), Said(4, "ridiculous")];
        Read(new EscalationOptions(), words);
        Assert.Null(Decision);

        Read(new EscalationOptions { MinSources = 1, Threshold = 0.25, SustainedTurns = 1 }, words[0]);
        Assert.NotNull(Decision);
    }

    [Fact]
    public void Angry_words_alone_are_enough_where_they_are_others_in_several_turns()
    {
        Read(new EscalationOptions(), Said(10, "this is ridiculous"), Said(18, "I am fed up with you"), Said(26, "what a waste of time"));
        Assert.Equal(("Words", 2), (Decision?.Sources, Decision?.Turns));
    }

    [Fact]
    public void Where_is_my_order_is_a_request_that_can_be_repeated()
    {
        Read(new EscalationOptions(), Said(10, "where is my order"), Said(18, "I don't have the number where is my order"), Said(30, "where is the bus stop"));
        TimelineEvent.Frustration sign = Assert.Single(_found.OfType<TimelineEvent.Frustration>());
        Assert.Equal((FrustrationSource.Repetition, 18.0), (sign.Source, sign.At.TotalSeconds));
    }

    [Fact]
    public void Hammering_zero_twice_counts_as_turns_of_somebody_who_does_not_speak()
    {
        Read(new EscalationOptions { MinSources = 1 }, [.. Enumerable.Range(0, 9).Select(i => Pressed(5 + i, '0'))]);
        Assert.Equal("ZeroKey", Decision?.Sources);
    }

    [Fact]
    public void What_the_dialogue_could_make_nothing_of_is_a_sign_but_no_turn_of_its_own()
    {
        Read(new EscalationOptions { SustainedTurns = 3 },
            Said(10, "this is ridiculous"), new TimelineEvent.Reprompt("not-expected", 1) { At = TimeSpan.FromSeconds(10) },
            Said(15, "this is useless"), new TimelineEvent.Reprompt("not-expected", 2) { At = TimeSpan.FromSeconds(15) },
            Said(20, "so what now"), new TimelineEvent.Reprompt("not-expected", 3) { At = TimeSpan.FromSeconds(20) });
        Assert.Null(Decision); // above the threshold with the second turn only
        Assert.Equal(3, _found.OfType<TimelineEvent.Frustration>().Count(sign => sign.Source == FrustrationSource.NotUnderstood));
    }

    [Fact]
    public void A_request_that_is_repeated_and_not_understood_counts_without_an_angry_word()
    {
        Read(new EscalationOptions(),
            Said(5, "I want to change my delivery address"),
            new TimelineEvent.Reprompt("not-understood", 1) { At = TimeSpan.FromSeconds(10) },
            Said(15, "my delivery address should be changed"),
            new TimelineEvent.Reprompt("not-understood", 1) { At = TimeSpan.FromSeconds(20) },
            Said(25, "change the delivery address"),
            Said(30, "the delivery address please change it"));
        Assert.Equal("Repetition, NotUnderstood", Decision?.Sources);
    }

    [Fact]
    public void Frustration_fades_and_has_to_begin_anew()
    {
        FrustrationWatch watch = Read(new EscalationOptions(),
            Sounded(10, "frustrated", 0.95), Said(10, "this is ridiculous"));
        Assert.InRange(watch.ScoreAt(TimeSpan.FromSeconds(10)), 0.55, 0.7);
        Assert.InRange(watch.ScoreAt(TimeSpan.FromSeconds(55)), 0.28, 0.35);
        watch.Read(Said(60, "when will you be open"), _found.Add);
        watch.Read(Sounded(61, "frustrated", 0.9), _found.Add);
        watch.Read(Said(61, "is there a bus"), _found.Add);
        Assert.Null(Decision);
    }

    [Fact]
    public void Time_alone_sustains_what_has_begun()
    {
        var options = new EscalationOptions { SustainedTurns = 0, SustainedFor = TimeSpan.FromSeconds(8) };
        FrustrationWatch watch = Read(options, Sounded(10, "frustrated", 1), Said(10, "this is ridiculous"), Sounded(14, "frustrated", 0.7), Said(14, "where is it"));
        watch.Tick(TimeSpan.FromSeconds(15), _found.Add);
        Assert.Null(Decision);
        watch.Tick(TimeSpan.FromSeconds(18), _found.Add);
        Assert.Equal("sustained-time", Decision?.Rule); // faded a little, but not below the release
    }

    [Fact]
    public void After_a_single_outburst_neither_time_nor_calm_turns_sustain_anything()
    {
        FrustrationWatch watch = Read(new EscalationOptions(), Sounded(10, "frustrated", 1), Said(10, "this is ridiculous I dropped my phone"));
        Assert.True(watch.IsFrustrated);
        watch.Read(Said(13, "I would like a new saddle"), _found.Add);
        watch.Read(Sounded(16, "neutral", 0.9), _found.Add);
        watch.Read(Said(16, "a black one"), _found.Add);
        for (int second = 17; second < 120; second++)
            watch.Tick(TimeSpan.FromSeconds(second), _found.Add);
        Assert.Null(Decision);
    }

    [Fact]
    public void Who_sounds_neutral_is_taken_for_calm()
    {
        Read(new EscalationOptions(), Said(10, "this is ridiculous"), Sounded(11, "neutral", 1));
        Assert.Equal([FrustrationSource.Words, FrustrationSource.CalmVoice], _found.OfType<TimelineEvent.Frustration>().Select(sign => sign.Source));
    }

    [Fact]
    public void Time_does_not_count_once_the_score_has_fallen_below_the_release()
    {
        var options = new EscalationOptions { SustainedTurns = 0, SustainedFor = TimeSpan.FromSeconds(60) };
        FrustrationWatch watch = Read(options, Sounded(10, "frustrated", 1), Said(10, "this is ridiculous"));
        for (int second = 11; second < 200; second++)
            watch.Tick(TimeSpan.FromSeconds(second), _found.Add);
        Assert.Null(Decision);
    }

    [Fact]
    public void Zero_pressed_again_and_again_is_one_sign()
    {
        Read(new EscalationOptions(), [.. Enumerable.Range(0, 5).Select(i => new TimelineEvent.Dtmf('0', DtmfSource.Rtp) { At = TimeSpan.FromSeconds(5 + i * 0.4) })]);
        Assert.Equal(FrustrationSource.ZeroKey, Assert.Single(_found.OfType<TimelineEvent.Frustration>()).Source);
    }

    [Fact]
    public void It_is_decided_once_a_call()
    {
        Read(new EscalationOptions { SustainedTurns = 1 }, [.. Enumerable.Range(1, 10).SelectMany(i => new TimelineEvent[] { Sounded(i * 5, "frustrated", 1), Said(i * 5, "this is useless") })]);
        Assert.NotNull(Decision);
    }
}
