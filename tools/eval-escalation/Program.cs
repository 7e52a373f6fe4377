// How well frustrated callers are told from the others, over the scripted callers of scripts/ (README.md says what came out).
//   eval-escalation                 the table, for the tuning half and the held-out half
//   eval-escalation tune            the tuning half with other weights and thresholds, the best first
//   eval-escalation why [NAME]      what spoke for and against, for each wrong call of the tuning half, or for one call by name
using System.Globalization;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Dialogue.Scripted;
using PhoneAgent.Conversation.Escalation;
using PhoneAgent.Testing.Escalation;

string root = Path.GetFullPath(".");
if (!AgentDefinition.TryLoad(Path.Combine(root, "config/agents/front-desk.yaml"), out AgentDefinition? frontDesk, out IReadOnlyList<ConfigProblem> problems))
{
    Console.Error.WriteLine(string.Join('\n', problems) + "\nRun this in the root of the repository.");
    return 1;
}
string[] halves = ["tuning", "held-out"];
var tones = new RecordedTones(Path.Combine(root, "tools/eval-escalation/readings.csv"));
EscalationOptions voiceAlone = frontDesk.Escalation with
{
    MinSources = 1,
    Frustration = new FrustrationOptions { Words = 0, KindWords = 0, Repetition = 0, Interruption = 0, NotUnderstood = 0, Uncertain = 0, Silence = 0, ZeroKey = 0, Model = 0 },
};
var modes = new (string Name, EscalationOptions Options, RecordedTones? Tones)[]
{
    ("words and behaviour", frontDesk.Escalation, null), ("voice alone", voiceAlone, tones), ("all together", frontDesk.Escalation, tones),
};
switch (args)
{
    case []:
        await PrintTableAsync();
        return 0;
    case ["tune"]:
        await TuneAsync();
        return 0;
    case ["why"]:
        foreach (EvaluationOutcome wrong in (await RunAsync("tuning", frontDesk.Escalation, tones)).Where(outcome => !outcome.IsRight))
            Explain(wrong);
        return 0;
    case ["why", var name]:
        foreach (string half in halves)
            foreach (EvaluationCall call in Load(half).Where(call => call.Name == name))
                Explain(await new EvaluationRun(frontDesk, frontDesk.Escalation, tones).RunAsync(call));
        return 0;
    default:
        Console.Error.WriteLine("usage: eval-escalation [why [NAME]]");
        return 2;
}

IReadOnlyList<EvaluationCall> Load(string half) => EvaluationCall.Load(Path.Combine(root, "tools/eval-escalation/scripts", $"{half}.yaml"));

async Task<List<EvaluationOutcome>> RunAsync(string half, EscalationOptions options, RecordedTones? voices)
{
    var outcomes = new List<EvaluationOutcome>();
    foreach (EvaluationCall call in Load(half))
        outcomes.Add(await new EvaluationRun(frontDesk, options, voices).RunAsync(call));
    return outcomes;
}

async Task PrintTableAsync()
{
    Console.WriteLine("| Half | By | calls | precision | recall, in time | false per 100 calls | seconds: median, p90 | turns: median, p90 | asked for a human, obeyed |");
    Console.WriteLine("|---|---|---|---|---|---|---|---|---|");
    foreach (string half in halves)
    {
        foreach ((string by, EscalationOptions options, RecordedTones? voices) in modes)
        {
            var score = new EvaluationScore(await RunAsync(half, options, voices));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {half} | {by} | {score.Calls} | {score.Precision:0.00} | {score.Recall:0.00} | {score.FalsePer100:0.0} | {score.MedianSeconds:0.0}, {score.P90Seconds:0.0} | {score.MedianTurns:0}, {score.P90Turns:0} | {score.Asked.Obeyed} of {score.Asked.Of} |"));
        }
    }
}

async Task TuneAsync()
{
    EscalationOptions now = frontDesk.Escalation;
    var lines = new List<(double Value, string Line)>();
    foreach (double threshold in (double[])[0.4, 0.45, 0.5, 0.55])
    foreach (double words in (double[])[0.3, 0.35, 0.4, 0.45])
    foreach (double repetition in (double[])[0.25, 0.3, 0.35])
    foreach (double voice in (double[])[0.25, 0.3, 0.35, 0.4])
    {
        var score = new EvaluationScore(await RunAsync("tuning", now with
        {
            Threshold = threshold, Release = threshold - 0.15,
            Frustration = now.Frustration with { Words = words, Repetition = repetition, Voice = voice },
        }, tones));
        lines.Add((score.Recall - (score.FalsePer100 / 10), string.Create(CultureInfo.InvariantCulture,
            $"threshold {threshold:0.00}, words {words:0.00}, repetition {repetition:0.00}, voice {voice:0.00}: precision {score.Precision:0.00}, recall {score.Recall:0.00}, false {score.FalsePer100:0.0}, seconds {score.MedianSeconds:0.0} {score.P90Seconds:0.0}")));
    }
    foreach ((_, string line) in lines.OrderByDescending(line => line.Value))
        Console.WriteLine(line);
}

static void Explain(EvaluationOutcome outcome)
{
    Console.WriteLine($"{outcome.Call.Name} ({outcome.Call.Kind}): should {(outcome.Call.Escalate ? $"by turn {outcome.Call.ByTurn}" : "not")}, {(outcome.Turn is { } turn ? $"was after turn {turn} ({outcome.Route})" : "was not")}");
    foreach (TimelineEvent happened in outcome.Events)
    {
        if (happened is TimelineEvent.Final or TimelineEvent.Frustration or TimelineEvent.Escalated or TimelineEvent.AgentSentence or TimelineEvent.Transfer or TimelineEvent.Emotion { IsFinal: true })
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {happened.At.TotalSeconds,6:0.0}  {Line(happened)}"));
    }
}

static string Line(TimelineEvent happened) => happened switch
{
    TimelineEvent.Final final => $"caller: {(final.Text.Length > 0 ? final.Text : final.Outcome.ToString())}",
    TimelineEvent.AgentSentence sentence => $"agent:  {sentence.Text}",
    TimelineEvent.Frustration sign => string.Create(CultureInfo.InvariantCulture, $"        {sign.Source} {sign.Amount:+0.00;-0.00} = {sign.Score:0.00}  {sign.Detail}"),
    TimelineEvent.Emotion emotion => string.Create(CultureInfo.InvariantCulture, $"        sounds {emotion.Label} {emotion.Confidence:0.00}"),
    TimelineEvent.Escalated escalated => $"ESCALATED {escalated.Rule} ({escalated.Sources})",
    _ => happened.GetType().Name,
};
