using System.Globalization;

namespace PhoneAgent.Tests.Audio.Features;

/// <summary>What <c>Vectors/make_vectors.py</c> and <c>Vectors/make_pitch.py</c> wrote.</summary>
internal static class ReferenceVectors
{
    public static short[] Signal() => [.. Rows("signal").SelectMany(row => row).Select(value => (short)value)];

    public static double[][] Rows(string name)
    {
        using Stream stream = typeof(ReferenceVectors).Assembly.GetManifestResourceStream($"PhoneAgent.Tests.Audio.Features.Vectors.{name}.csv")
            ?? throw new FileNotFoundException($"{name}.csv is not among the test's vectors.");
        using var reader = new StreamReader(stream);
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Row)];
    }

    private static double[] Row(string line) => [.. line.Split(',').Select(value => double.Parse(value, CultureInfo.InvariantCulture))];
}
