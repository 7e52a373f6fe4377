using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Escalation;
using PhoneAgent.Testing.Escalation;
using PhoneAgent.Tests.Conversation.Dialogue.Scripted;
using Xunit;

namespace PhoneAgent.Tests.Conversation.Escalation;

/// <summary>
/// The callers of <c>tools/eval-escalation</c> with the shipped numbers, without and with their voices. Floors, somewhat below what was
/// measured: who changes a weight or a word sees here what it costs.
/// </summary>
public sealed class EscalationEvaluationTests
{
    [Theory]
    [InlineData("tuning", false, 60, 0.95, 0.75, 4)]
    [InlineData("held-out", false, 30, 0.85, 0.45, 7)]
    [InlineData("tuning", true, 60, 0.95, 0.9, 4)]
    [InlineData("held-out", true, 30, 0.85, 0.6, 7)]
    public async Task Callers_by_words_and_behaviour_and_voice(string half, bool hearsVoice, int calls, double precision, double recall, double falsePer100)
    {
        var score = new EvaluationScore(await RunAsync(half, tones: hearsVoice ? Tones() : null));

        Assert.True(score.Calls >= calls);
        Assert.InRange(score.Precision, precision, 1);
        Assert.InRange(score.Recall, recall, 1);
        Assert.InRange(score.FalsePer100, 0, falsePer100);
        Assert.Equal(score.Asked.Of, score.Asked.Obeyed);
        Assert.True(score.Asked.Of > 0);
    }

    [Fact]
    public async Task A_call_ends_the_same_in_every_run()
    {
        EvaluationCall script = Load("tuning").First(call => call.Kind == "barge-in" && call.Escalate);
        var run = new EvaluationRun(TextCall.FrontDesk(), TextCall.FrontDesk().Escalation);
        EvaluationOutcome first = await run.RunAsync(script), again = await run.RunAsync(script);
        Assert.Equal((first.Turn, first.Took, first.Route), (again.Turn, again.Took, again.Route));
        Assert.Equal(first.Events.OfType<TimelineEvent.Frustration>(), again.Events.OfType<TimelineEvent.Frustration>());
    }

    [Fact]
    public async Task A_rule_that_hands_everybody_on_does_not_pass()
    {
        EscalationOptions touchy = TextCall.FrontDesk().Escalation with { Threshold = 0.1, Release = 0.05, SustainedTurns = 1, MinSources = 1 };
        var score = new EvaluationScore(await RunAsync("tuning", touchy));
        Assert.True(score.FalsePer100 > 20, $"{score.FalsePer100}");
        Assert.True(score.Precision < 0.8, $"{score.Precision}");
    }

    [Theory]
    [InlineData("- {name: a, kind: b, turns: []}", "has no turns")]
    [InlineData("- {name: a, kind: b, turns: [{say: x, keys: '1'}]}", "one of say, mumble, keys, silent")]
    [InlineData("- {name: a, kind: b, agent: clerk, turns: [{say: x}]}", "there is no agent 'clerk'")]
    [InlineData("- {name: a, kind: b, turns: [{say: x, voice: angry}]}", "no speaker")]
    [InlineData("- {name: a, kind: b, escalate: true, turns: [{say: x}]}", "since <= by_turn <= turns")]
    [InlineData("- {name: a, kind: b, turns: [{say: x}]}\n- {name: a, kind: b, turns: [{say: x}]}", "same name")]
    public void A_script_that_makes_no_sense_is_refused(string yaml, string problem)
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, yaml);
            Assert.Contains(problem, Assert.Throws<InvalidDataException>(() => EvaluationCall.Load(file)).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static async Task<List<EvaluationOutcome>> RunAsync(string half, EscalationOptions? options = null, RecordedTones? tones = null)
    {
        var run = new EvaluationRun(TextCall.FrontDesk(), options ?? TextCall.FrontDesk().Escalation, tones);
        var outcomes = new List<EvaluationOutcome>();
        foreach (EvaluationCall call in Load(half))
            outcomes.Add(await run.RunAsync(call));
        return outcomes;
    }

    private static RecordedTones Tones() => new(Path.Combine(TextCall.Root(), "tools/eval-escalation/readings.csv"));

    private static IReadOnlyList<EvaluationCall> Load(string half) => EvaluationCall.Load(Path.Combine(TextCall.Root(), "tools/eval-escalation/scripts", $"{half}.yaml"));
}
