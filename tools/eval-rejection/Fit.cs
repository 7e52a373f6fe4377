using System.Globalization;
using PhoneAgent.Inference.PocketSphinx.Rejection;

namespace PhoneAgent.EvalRejection;

/// <param name="Good">In the grammar and rightly understood.</param>
internal sealed record Sample(string Kind, bool Train, bool InGrammar, bool Good, bool HasHypothesis, double[] Features);

/// <summary>Logistic regression on the training voices; trade-off curves on the voices and people held out.</summary>
internal static class Fit
{
    public static void Run(string csv)
    {
        var samples = File.ReadLines(csv).Skip(1).Select(Parse).ToList();
        // No hypothesis is a rejection already; the classifier sees the others only.
        var train = samples.Where(s => s.Train && s.HasHypothesis && s.Kind != "fsdd").ToList();
        var model = Train(train);
        Print(model);
        foreach (var kind in new[] { "synthetic", "real", "fsdd", "noise" })
        {
            var test = samples.Where(s => !s.Train && s.Kind == kind).ToList();
            var bad = kind is "fsdd" ? test.Where(s => !s.InGrammar) : kind == "real" ? samples.Where(s => !s.Train && s.Kind is "real" or "noise" && !s.InGrammar) : test.Where(s => !s.InGrammar);
            Curve(kind + ", classifier", test.Where(s => s.Good), bad, model.Score);
            for (var f = 0; f < 4; f++)
            {
                var feature = f;
                if (f == 3)
                    feature = Array.IndexOf(Evidence.Names, "score");
                Curve($"{kind}, {Evidence.Names[feature]} alone", test.Where(s => s.Good), bad, x => x[feature]);
            }
        }
        Calibration(model, samples.Where(s => !s.Train && s.HasHypothesis && s.Kind is "synthetic" or "real"));
    }

    private static void Curve(string name, IEnumerable<Sample> good, IEnumerable<Sample> bad, Func<double[], double> score)
    {
        var accepted = good.Where(s => s.HasHypothesis).Select(s => score(s.Features)).Order().ToArray();
        var all = bad.ToList();
        var wrong = all.Where(s => s.HasHypothesis).Select(s => score(s.Features)).ToArray();
        if (accepted.Length == 0 || all.Count == 0)
            return;
        Console.Write($"| {name} ({accepted.Length}/{all.Count}) |");
        foreach (var lost in new[] { 0.01, 0.02, 0.05, 0.1, 0.2 })
        {
            var threshold = accepted[Math.Min((int)(lost * accepted.Length), accepted.Length - 1)];
            Console.Write(string.Create(CultureInfo.InvariantCulture, $" {100.0 * (1 - (wrong.Count(w => w >= threshold) / (double)all.Count)):F0} (≥ {threshold:F2}) |"));
        }
        Console.WriteLine();
    }

    private static void Calibration(Model model, IEnumerable<Sample> samples)
    {
        foreach (var bin in samples.GroupBy(s => Math.Min((int)(model.Score(s.Features) * 5), 4)).OrderBy(g => g.Key))
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"confidence {bin.Key / 5.0:F1}-{(bin.Key + 1) / 5.0:F1}: {bin.Count()} samples, right {100.0 * bin.Count(s => s.Good) / bin.Count():F0} %"));
    }

    private static Model Train(List<Sample> samples)
    {
        var n = Evidence.Names.Length;
        var mean = Enumerable.Range(0, n).Select(i => samples.Average(s => s.Features[i])).ToArray();
        var deviation = Enumerable.Range(0, n).Select(i => Math.Sqrt(samples.Average(s => Math.Pow(s.Features[i] - mean[i], 2))) + 0.01).ToArray();
        var model = new Model(mean, deviation, new double[n]);
        // Both classes weigh the same: how often callers stray is not known.
        var goods = samples.Count(s => s.Good);
        double[] weight = [samples.Count / (2.0 * (samples.Count - goods)), samples.Count / (2.0 * goods)];
        for (var step = 0; step < 6_000; step++)
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

    private static void Print(Model model)
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
        var features = fields[8..].Select(f => double.Parse(f, CultureInfo.InvariantCulture)).ToArray();
        return new Sample(fields[0], fields[1] == "1", fields[4] == "1", fields[5] == "1", fields[7].Length > 0, features);
    }

    private sealed class Model(double[] mean, double[] deviation, double[] weights)
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
