using System.Globalization;
using PhoneAgent.Inference.PocketSphinx;
using PhoneAgent.Inference.PocketSphinx.Native;

namespace PhoneAgent.EvalRejection;

/// <summary>Least squares from the cepstra of narrow speech to those of the same speech in full, means taken off.</summary>
internal static class LineFit
{
    private const int D = CepstrumFrontEnd.Dimension;
    private const int Frame = 320;
    private const int NoisePeak = 20;
    private const double Ridge = 1.001;

    public static void Run(IEnumerable<short[]> speech)
    {
        SphinxNative.Load();
        using var config = SphinxConfigs.ForGrammar(new PocketSphinxOptions());
        using var frontEnd = new CepstrumFrontEnd(config);
        // Row d: products of narrow coefficient d with all narrow ones, then with all wide ones.
        var products = new double[D, 2 * D];
        foreach (var (number, clean) in speech.Index())
        {
            var random = new Random(number);
            var wide = Array.ConvertAll(clean, s => (short)Math.Clamp(s + random.Next(-NoisePeak, NoisePeak + 1), short.MinValue, short.MaxValue));
            Accumulate(products, Cepstra(frontEnd, Corpus.Narrow(wide)), Cepstra(frontEnd, wide));
        }
        for (var d = 0; d < D; d++)
            products[d, d] *= Ridge;
        Solve(products);
        for (var row = 0; row < D; row++)
            Console.WriteLine(string.Join(' ', Enumerable.Range(0, D).Select(d => products[d, D + row].ToString("F4", CultureInfo.InvariantCulture) + "f,")));
    }

    private static void Accumulate(double[,] products, float[] narrow, float[] wide)
    {
        for (var t = 0; t + D <= Math.Min(narrow.Length, wide.Length); t += D)
        {
            if (wide[t] < 0)
                continue; // less loud than the mean: silence has nothing to teach
            for (var d = 0; d < D; d++)
                for (var k = 0; k < D; k++)
                {
                    products[d, k] += narrow[t + d] * narrow[t + k];
                    products[d, D + k] += narrow[t + d] * wide[t + k];
                }
        }
    }

    private static float[] Cepstra(CepstrumFrontEnd frontEnd, short[] audio)
    {
        frontEnd.Start();
        for (var at = 0; at + Frame <= audio.Length; at += Frame)
            frontEnd.Push(audio.AsSpan(at, Frame));
        var cepstra = frontEnd.Frames.ToArray();
        for (var d = 0; d < D; d++)
        {
            var mean = Enumerable.Range(0, frontEnd.FrameCount).Average(t => cepstra[(t * D) + d]);
            for (var t = 0; t < frontEnd.FrameCount; t++)
                cepstra[(t * D) + d] -= mean;
        }
        return cepstra;
    }

    /// <summary>Gauss and Jordan: the left half becomes the identity, the right half the answer. Positive definite, so no pivoting.</summary>
    private static void Solve(double[,] m)
    {
        for (var p = 0; p < D; p++)
        {
            for (var c = (2 * D) - 1; c >= p; c--)
                m[p, c] /= m[p, p];
            for (var r = 0; r < D; r++)
                for (var c = (2 * D) - 1; c >= p && r != p; c--)
                    m[r, c] -= m[r, p] * m[p, c];
        }
    }
}
