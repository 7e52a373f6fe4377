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

    private const double Bias = -0.6660;
    private static readonly double[] Weights =
    [
        0.6823, 0.2828, 0.9036, -0.4152, -1.4749, 0.0000, 0.6408, -0.9782, 0.1438, 1.7001, -1.6619, -0.3161,
    ];
    private static readonly double[] Means =
    [
        -29.1415, -45.1429, 0.3797, 0.1959, 0.0938, 0.0000, 7.0426, 13.8802, 2.3324, -34.4534, 0.0520, 4.5716,
    ];
    private static readonly double[] Deviations =
    [
        15.5591, 21.8891, 0.1919, 0.2094, 0.1753, 0.0100, 2.4180, 5.4742, 0.5415, 13.6880, 0.1641, 0.4882,
    ];
}
