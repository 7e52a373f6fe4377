using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Inference.PocketSphinx;

namespace PhoneAgent.EvalRejection;

/// <summary>The recogniser itself, through its port and at its default threshold: what a dialogue would see.</summary>
internal static class EndToEnd
{
    /// <summary>The scripted dialogue's own default: from here on an answer is taken without asking back.</summary>
    private const double Taken = 0.75;

    public static async Task RunAsync(IEnumerable<Trial> trials, bool all)
    {
        await using var recognizer = new PocketSphinxRecognizer(new PocketSphinxOptions());
        var groups = new SortedDictionary<string, Verdicts>(StringComparer.Ordinal);
        var (cpu, finishCpu, seconds, count) = (Environment.CpuUsage.TotalTime, TimeSpan.Zero, 0.0, 0);
        foreach (var trial in trials)
        {
            RecognitionResult? final = null;
            using var stream = recognizer.Open(new RecognitionRequest(trial.Expectation), r => final = r);
            foreach (var frame in trial.Clip.Audio.Chunk(AudioFormat.FrameSamples).Where(f => f.Length == AudioFormat.FrameSamples))
                stream.Push(frame);
            var beforeFinish = Environment.CpuUsage.TotalTime;
            stream.Finish();
            finishCpu += Environment.CpuUsage.TotalTime - beforeFinish;
            count++;
            seconds += trial.Clip.Audio.Length / (double)AudioFormat.SampleRate;

            var verdict = final!.Outcome != RecognitionOutcome.Recognized ? Verdict.Refused : final.Confidence < Taken ? Verdict.Unsure : Verdict.Taken;
            var right = verdict != Verdict.Refused && trial.IsRight(final.Tag, final.Text.Split(' '));
            foreach (var group in new[] { trial.Clip.Kind, $"{trial.Clip.Kind}, {trial.Grammar}" })
            {
                if (!groups.TryGetValue(group, out var verdicts))
                    groups[group] = verdicts = new Verdicts();
                verdicts.Add(trial.Truth is not null, right, verdict);
            }
            if (all && right != (trial.Truth is not null))
                Console.WriteLine($"{trial.Clip.Kind} {trial.Clip.Speaker} {trial.Grammar}: '{trial.Clip.Words ?? trial.Clip.Name}' -> {final.Outcome} '{final.Text}' {final.Confidence:F2} {final.Error}");
        }
        Console.WriteLine($"CPU of everything: RTF {(Environment.CpuUsage.TotalTime - cpu).TotalSeconds / seconds:F3}; of Finish: {finishCpu.TotalMilliseconds / count:F1} ms for {seconds / count:F1} s");
        Console.WriteLine("| Clips | expected | right, taken | right, unsure | misheard, taken | misheard, unsure | refused | not expected | taken | unsure | refused |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|---|");
        foreach (var (group, verdicts) in groups)
            Console.WriteLine($"| {group} | {verdicts} |");
    }

    private enum Verdict
    {
        Taken,
        Unsure,
        Refused,
    }

    private sealed class Verdicts
    {
        private readonly Dictionary<(bool Expected, bool Right, Verdict Verdict), int> counts = [];

        public void Add(bool expected, bool right, Verdict verdict) => counts[(expected, right, verdict)] = counts.GetValueOrDefault((expected, right, verdict)) + 1;

        public override string ToString() => string.Join(" | ",
            Sum(true), Of(true, true, Verdict.Taken), Of(true, true, Verdict.Unsure), Of(true, false, Verdict.Taken), Of(true, false, Verdict.Unsure), Of(true, false, Verdict.Refused),
            Sum(false), Of(false, false, Verdict.Taken), Of(false, false, Verdict.Unsure), Of(false, false, Verdict.Refused));

        private int Of(bool expected, bool right, Verdict verdict) => counts.GetValueOrDefault((expected, right, verdict));

        private int Sum(bool expected) => counts.Where(c => c.Key.Expected == expected).Sum(c => c.Value);
    }
}
