using System.Globalization;
using PhoneAgent.Inference.PocketSphinx.Rejection;

namespace PhoneAgent.EvalRejection;

/// <param name="Good">In the grammar and rightly understood.</param>
internal sealed record Sample(string Kind, bool Train, string Speaker, bool InGrammar, bool Good, bool HasHypothesis, double[] Features);

/// <summary>Logistic regression on the training voices; its threshold by cross-validation over them; trade-off curves on the voices and people held out.</summary>
internal static class Fit
{
    private const double Lost = 0.05;

    /// <summary>How many utterances are an answer, of all that a recogniser hears; a guess, for the corpus does not say.</summary>
    private const double Answers = 2 / 3.0;

    public static void Run(string csv)
    {
        var samples = File.ReadLines(csv).Skip(1).Select(Parse).ToList();
        // No hypothesis is a rejection already; the classifier sees the others only.
        var train = samples.Where(s => s.Train && s.HasHypothesis).ToList();
        var model = Train(train);
        Print(model);
        PrintThreshold(train);
        foreach (var kind in new[] { "synthetic", "real", "fsdd" })
        {
            var test = samples.Where(s => !s.Train && s.Kind == kind).ToList();
            var bad = samples.Where(s => !s.Train && !s.InGrammar && (s.Kind == kind || (kind == "real" && s.Kind == "noise"))).ToList();
            Curve($"{kind}, classifier", test.Where(s => s.Good), bad, model.Score);
            foreach (var alone in new[] { "llr", "worstWordLlr", "agreement", "score" })
                Curve($"{kind}, {alone} alone", test.Where(s => s.Good), bad, x => x[Array.IndexOf(Evidence.Names, alone)]);
        }
        Calibration(model, samples.Where(s => !s.Train && s.HasHypothesis));
    }

    /// <summary>Each training voice judged by a model that has not heard it.</summary>
    private static void PrintThreshold(List<Sample> train)
    {
        var scored = new List<(Sample Sample, double Score)>();
        foreach (var voice in train.GroupBy(s => s.Kind == "noise" ? "noise" : s.Speaker))
        {
            var model = Train([.. train.Except(voice)]);
            scored.AddRange(voice.Select(s => (s, model.Score(s.Features))));
        }
        var good = scored.Where(s => s.Sample.Good).Select(s => s.Score).Order().ToArray();
        var threshold = good[(int)(Lost * good.Length)];
        var bad = scored.Where(s => !s.Sample.InGrammar).ToArray();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"threshold that loses {Lost:P0} of the right answers of voices not heard in training: {threshold:F3}; it refuses {bad.Count(b => b.Score < threshold) / (double)bad.Length:P0} of {bad.Length}"));
    }

    private static void Curve(string name, IEnumerable<Sample> good, List<Sample> bad, Func<double[], double> score)
    {
        var accepted = good.Select(s => score(s.Features)).Order().ToArray();
        var wrong = bad.Where(s => s.HasHypothesis).Select(s => score(s.Features)).ToArray();
        if (accepted.Length == 0 || bad.Count == 0)
            return;
        Console.Write($"| {name} ({accepted.Length}/{bad.Count}) |");
        foreach (var lost in new[] { 0.01, 0.02, 0.05, 0.1, 0.2 })
        {
            var threshold = accepted[Math.Min((int)(lost * accepted.Length), accepted.Length - 1)];
            Console.Write(string.Create(CultureInfo.InvariantCulture, $" {100.0 * (1 - (wrong.Count(w => w >= threshold) / (double)bad.Count)):F0} (≥ {threshold:F2}) |"));
        }
        Console.WriteLine();
    }

    private static void Calibration(LogisticModel model, IEnumerable<Sample> samples)
    {
        foreach (var bin in samples.GroupBy(s => Math.Min((int)(model.Score(s.Features) * 5), 4)).OrderBy(g => g.Key))
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"confidence {bin.Key / 5.0:F1}-{(bin.Key + 1) / 5.0:F1}: {bin.Count()} samples, right {100.0 * bin.Count(s => s.Good) / bin.Count():F0} %"));
    }

    private static LogisticModel Train(List<Sample> samples)
    {
        var n = Evidence.Names.Length;
        var mean = Enumerable.Range(0, n).Select(i => samples.Average(s => s.Features[i])).ToArray();
        var deviation = Enumerable.Range(0, n).Select(i => Math.Sqrt(samples.Average(s => Math.Pow(s.Features[i] - mean[i], 2))) + 0.01).ToArray();
        var model = new LogisticModel(mean, deviation, new double[n]);
        var goods = samples.Count(s => s.Good);
        double[] weight = [(1 - Answers) * samples.Count / (samples.Count - goods), Answers * samples.Count / goods];
        for (var step = 0; step < 3_000; step++)
        {
            var gradient = new double[n];
            double bias = 0;
            foreach (var s in samples)
            {
                var error = weight[s.Good ? 1 : 0] * (model.Score(s.Features) - (s.Good ? 1 : 0)) / samples.Count;
                bias += error;
                for (var i = 0; i < n; i++)
                    gradient[i] += error * model.Standard(s.Features, i);
            }
            model.Bias -= 0.5 * bias;
            for (var i = 0; i < n; i++)
                model.Weights[i] -= 0.5 * (gradient[i] + (0.002 * model.Weights[i]));
        }
        return model;
    }

    private static void Print(LogisticModel model)
    {
        static string List(double[] values) => string.Join(", ", values.Select(v => v.ToString("F4", CultureInfo.InvariantCulture)));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"    private const double Bias = {model.Bias:F4};"));
        Console.WriteLine($"    private static readonly double[] Weights = [{List(model.Weights)}];");
        Console.WriteLine($"    private static readonly double[] Means = [{List(model.Mean)}];");
        Console.WriteLine($"    private static readonly double[] Deviations = [{List(model.Deviation)}];");
        Console.WriteLine(string.Join(", ", Evidence.Names));
    }

    private static Sample Parse(string line)
    {
        var fields = line.Split(',');
        var features = fields[EvalRejection.Features.EvidenceFrom..].Select(f => double.Parse(f, CultureInfo.InvariantCulture)).ToArray();
        return new Sample(fields[0], fields[1] == "1", fields[2], fields[4] == "1", fields[5] == "1", fields[7].Length > 0, features);
    }

    private sealed class LogisticModel(double[] mean, double[] deviation, double[] weights)
    {
        public double[] Mean => mean;
        public double[] Deviation => deviation;
        public double[] Weights => weights;
        public double Bias { get; set; }

        public double Standard(double[] x, int i) => Math.Clamp((x[i] - mean[i]) / deviation[i], -4, 4);

        public double Score(double[] x)
        {
            var sum = Bias;
            for (var i = 0; i < weights.Length; i++)
                sum += weights[i] * Standard(x, i);
            return 1 / (1 + Math.Exp(-sum));
        }
    }
}
