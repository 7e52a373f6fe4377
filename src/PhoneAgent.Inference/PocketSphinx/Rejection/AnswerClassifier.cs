namespace PhoneAgent.Inference.PocketSphinx.Rejection;

/// <summary>
/// Logistic regression over <see cref="Evidence"/>: the probability that the hypothesis is what was said. The numbers are
/// printed by <c>tools/eval-rejection … fit</c> (README.md here); features are standardised by the training set's mean and deviation.
/// </summary>
internal static class AnswerClassifier
{
    public static double Probability(ReadOnlySpan<double> features)
    {
        var sum = Bias;
        for (var i = 0; i < features.Length; i++)
            sum += Weights[i] * Math.Clamp((features[i] - Means[i]) / Deviations[i], -4, 4);
        return 1 / (1 + Math.Exp(-sum));
    }

    private const double Bias = -0.7946;
    private static readonly double[] Weights =
    [
        -0.1141, 0.4241, -0.2169, 0.6071, -1.5374, 0.0000, 0.3513, -0.2499, -0.1084, 1.8510, -0.5693, -0.5286,
    ];
    private static readonly double[] Means =
    [
        -32.9545, -48.6124, 0.3250, 0.1604, 0.1155, 0.0000, 6.9388, 16.0030, 2.2576, -39.3511, 0.0557, 4.5691,
    ];
    private static readonly double[] Deviations =
    [
        14.6741, 22.3975, 0.1853, 0.2032, 0.1940, 0.0100, 2.7529, 7.6541, 0.6086, 12.1000, 0.1844, 0.5256,
    ];
}
