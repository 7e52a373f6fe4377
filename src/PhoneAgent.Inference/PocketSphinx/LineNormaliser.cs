using PhoneAgent.Inference.PocketSphinx.Native;

namespace PhoneAgent.Inference.PocketSphinx;

/// <summary>
/// Makes cepstra of a telephone line like those that the model was trained on. First their mean comes off, and with it the
/// colour and the level of line and microphone: a usual telephone's, which the frames heard so far outweigh soon. Then a
/// linear map gives the cepstra that the same speech would have with the band above 4 kHz. Not thread-safe.
/// </summary>
internal sealed class LineNormaliser
{
    private const int D = CepstrumFrontEnd.Dimension;

    /// <summary>How many frames the usual telephone weighs.</summary>
    private const float UsualFrames = 40;

    /// <summary>Mean over G.711 speech at usual level, resampled to 16 kHz.</summary>
    private static readonly float[] UsualMean =
        [39.16f, 17.36f, -32.34f, 40.16f, -27.97f, 8.46f, 1.54f, -19.93f, 13.79f, -16.65f, 10.92f, -3.28f, -1.65f];

    /// <summary>Row by row; least squares over pairs of narrow and wide speech, printed by <c>tools/eval-rejection line</c>.</summary>
    private static readonly float[] WideOfNarrow =
    [
        0.8434f, 0.0439f, -0.1316f, 0.0449f, -0.0396f, 0.0039f, 0.0196f, -0.0347f, 0.0530f, -0.0451f, 0.0299f, -0.0164f, 0.0372f,
        0.4576f, 0.8673f, 0.3251f, -0.1676f, 0.1032f, -0.0190f, -0.0897f, 0.1143f, -0.1887f, 0.1512f, -0.1120f, 0.0609f, -0.1433f,
        -0.6205f, 0.2057f, 0.6686f, 0.2272f, -0.1474f, 0.0505f, 0.1366f, -0.1524f, 0.2607f, -0.2301f, 0.1740f, -0.1023f, 0.2119f,
        0.6841f, -0.2764f, 0.4423f, 0.8436f, 0.1754f, -0.0979f, -0.0524f, 0.0874f, -0.2016f, 0.2224f, -0.1688f, 0.0948f, -0.1688f,
        -0.6404f, 0.2434f, -0.4565f, 0.1895f, 0.8714f, 0.1441f, -0.0399f, 0.0239f, 0.0942f, -0.1468f, 0.1261f, -0.0695f, 0.1019f,
        0.5686f, -0.2722f, 0.2650f, -0.2358f, 0.1400f, 0.8460f, 0.0905f, -0.1549f, 0.0741f, -0.0005f, -0.0374f, 0.0496f, -0.0003f,
        -0.3633f, 0.2445f, -0.1303f, 0.1057f, -0.1872f, 0.2024f, 0.8151f, 0.2714f, -0.2897f, 0.1211f, -0.0913f, -0.0312f, -0.1370f,
        0.0909f, -0.1225f, 0.0132f, -0.0135f, 0.1071f, -0.2456f, 0.2941f, 0.6742f, 0.3819f, -0.2108f, 0.1573f, -0.0346f, 0.1868f,
        0.0224f, 0.0329f, 0.0472f, 0.0061f, -0.0393f, 0.1555f, -0.2946f, 0.2987f, 0.6397f, 0.2535f, -0.1860f, 0.0994f, -0.2047f,
        -0.1183f, 0.0149f, -0.0599f, -0.0120f, -0.0169f, -0.0744f, 0.1728f, -0.2519f, 0.3283f, 0.7375f, 0.2287f, -0.1039f, 0.2336f,
        0.2141f, -0.0996f, 0.0866f, -0.0005f, 0.0660f, 0.0151f, -0.0580f, 0.1205f, -0.2214f, 0.2071f, 0.8035f, 0.0869f, -0.1568f,
        -0.1992f, 0.1290f, -0.0972f, 0.0096f, -0.0961f, 0.0459f, -0.0399f, 0.0144f, 0.0479f, -0.1304f, 0.1067f, 0.9091f, 0.0574f,
        0.1294f, -0.0926f, 0.0713f, 0.0148f, 0.1218f, -0.0631f, 0.1220f, -0.0985f, 0.0696f, 0.0340f, -0.0619f, 0.0587f, 0.9792f,
    ];

    private readonly float[] sum = new float[D];
    private readonly float[] mean = new float[D];
    private float[] output = new float[CepstrumFrontEnd.FramesPerSecond * D];
    private int summed;

    /// <summary>The frames from <paramref name="first"/> on, by the mean of all <paramref name="frames"/>. Valid until the next call.</summary>
    public ReadOnlySpan<float> Normalise(ReadOnlySpan<float> frames, int first)
    {
        for (; summed * D < frames.Length; summed++)
            for (var d = 0; d < D; d++)
                sum[d] += frames[(summed * D) + d];
        for (var d = 0; d < D; d++)
            mean[d] = (sum[d] + (UsualFrames * UsualMean[d])) / (UsualFrames + summed);
        var fresh = frames[(first * D)..];
        if (output.Length < fresh.Length)
            output = new float[fresh.Length * 2];
        for (var i = 0; i < fresh.Length; i += D)
            Widen(fresh.Slice(i, D), output.AsSpan(i, D));
        return output.AsSpan(0, fresh.Length);
    }

    private void Widen(ReadOnlySpan<float> narrow, Span<float> wide)
    {
        for (var row = 0; row < D; row++)
        {
            var value = 0f;
            for (var d = 0; d < D; d++)
                value += WideOfNarrow[(row * D) + d] * (narrow[d] - mean[d]);
            wide[row] = value;
        }
    }
}
