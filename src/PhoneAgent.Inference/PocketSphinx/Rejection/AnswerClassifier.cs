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

    private const double Bias = -0.3679;
    private static readonly double[] Weights =
    [
        0.7149, -0.1403, 0.8033, -0.0146, -1.2764, 0.5824, -0.8384, 0.1081, 1.8259, -1.2013, -0.0777,
    ];
    private static readonly double[] Means =
    [
        -28.0302, -41.3078, 0.3464, 0.2038, 0.1062, 7.6030, 14.6722, 2.2266, -34.0995, 0.0454, 4.5431,
    ];
    private static readonly double[] Deviations =
    [
        15.4728, 22.7751, 0.1910, 0.2117, 0.1739, 2.8337, 6.2262, 0.5763, 13.1797, 0.1462, 0.4821,
    ];
}
