using System.Globalization;
using PhoneAgent.Inference.PocketSphinx;
using PhoneAgent.Inference.PocketSphinx.Native;
using PhoneAgent.Inference.PocketSphinx.Rejection;

namespace PhoneAgent.EvalRejection;

/// <summary>Writes the evidence of every verdict, as the recogniser sees it, for <see cref="Fit"/>.</summary>
internal static class Features
{
    public const int EvidenceFrom = 8;

    public static void Run(IEnumerable<Trial> trials, string csv)
    {
        SphinxNative.Load();
        var options = new PocketSphinxOptions();
        var grammars = new GrammarCache(PronouncingDictionary.Load(options.ModelFolder), LetterToSound.TryLoad());
        using var pool = new DecoderPool(options);
        var engine = pool.TryRent()!;
        using var writer = new StreamWriter(csv);
        writer.WriteLine("kind,train,speaker,grammar,expected,right,said,heard," + string.Join(',', Evidence.Names));
        var right = new SortedDictionary<string, (int Right, int All)>(StringComparer.Ordinal);
        var (cpu, seconds) = (TimeSpan.Zero, 0.0);
        foreach (var trial in trials)
        {
            var grammar = grammars.Get(trial.Expectation);
            if (grammar.Problems.Count > 0)
                throw new InvalidOperationException(grammar.Problems[0]);
            var began = Environment.CpuUsage.TotalTime;
            var utterance = new Utterance(engine, grammar, options with { RejectBelow = 0 });
            foreach (var frame in trial.Clip.Audio.Chunk(320).Where(f => f.Length == 320))
                utterance.Push(frame);
            var result = utterance.Conclude(final: true);
            cpu += Environment.CpuUsage.TotalTime - began;
            seconds += trial.Clip.Audio.Length / 16_000.0;
            var isRight = trial.IsRight(result.Tag, result.Text.Split(' '));
            if (trial.Truth is not null)
            {
                var key = $"{trial.Clip.Kind}{(trial.Clip.Train ? " (training)" : "")}, {trial.Grammar}";
                var (r, all) = right.GetValueOrDefault(key);
                right[key] = (r + (isRight ? 1 : 0), all + 1);
            }
            var evidence = utterance.Features ?? new double[Evidence.Names.Length];
            string[] row =
            [
                trial.Clip.Kind, trial.Clip.Train ? "1" : "0", trial.Clip.Speaker, trial.Grammar, trial.Truth is null ? "0" : "1", isRight ? "1" : "0",
                trial.Clip.Words ?? trial.Clip.Name, utterance.Features is null ? "" : result.Text, .. evidence.Select(v => v.ToString("F4", CultureInfo.InvariantCulture)),
            ];
            writer.WriteLine(string.Join(',', row.Select(field => field.Replace(',', ' '))));
        }
        pool.Return(engine);
        Console.WriteLine($"CPU of everything: RTF {cpu.TotalSeconds / seconds:F3}");
        foreach (var (key, (r, all)) in right)
            Console.WriteLine($"{key}: {r} of {all} right without refusal");
        Console.WriteLine($"all: {right.Values.Sum(v => v.Right)} of {right.Values.Sum(v => v.All)}");
    }
}
