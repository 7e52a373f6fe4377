namespace PhoneAgent.Audio.Tones;

/// <summary>How much of a frame's power two known tones explain, by least squares over 20 ms at 8 kHz. Immutable.</summary>
internal sealed class TonePair
{
    private const int Rate = 8_000;
    private const int Length = Rate / 50;
    private const int Size = 4;

    private readonly float[][] _basis = new float[Size][];
    private readonly double[,] _inverse;

    public TonePair(double hz1, double hz2)
    {
        for (int row = 0; row < Size; row++)
        {
            double step = 2 * Math.PI * (row < 2 ? hz1 : hz2) / Rate;
            _basis[row] = new float[Length];
            for (int i = 0; i < Length; i++)
                _basis[row][i] = (float)(row % 2 == 0 ? Math.Cos(step * i) : Math.Sin(step * i));
        }
        var gram = new double[Size, Size];
        for (int row = 0; row < Size; row++)
            for (int column = 0; column < Size; column++)
                gram[row, column] = VectorMath.Dot(_basis[row], _basis[column]);
        _inverse = Invert(gram);
    }

    /// <summary>Both tones together over the whole frame, 0–1.</summary>
    /// <param name="frame">160 samples at 8 kHz.</param>
    public double ShareOf(ReadOnlySpan<float> frame)
    {
        double power = VectorMath.Dot(frame, frame);
        if (power <= 0)
            return 0;
        Span<double> projected = stackalloc double[Size];
        for (int row = 0; row < Size; row++)
            projected[row] = VectorMath.Dot(_basis[row], frame);
        double explained = 0;
        for (int row = 0; row < Size; row++)
            for (int column = 0; column < Size; column++)
                explained += projected[row] * _inverse[row, column] * projected[column];
        return explained / power;
    }

    /// <summary>Gauss and Jordan; the matrix is symmetric and positive definite, so no pivoting.</summary>
    private static double[,] Invert(double[,] matrix)
    {
        var inverse = new double[Size, Size];
        for (int i = 0; i < Size; i++)
            inverse[i, i] = 1;
        for (int pivot = 0; pivot < Size; pivot++)
        {
            double scale = matrix[pivot, pivot];
            for (int column = 0; column < Size; column++)
                (matrix[pivot, column], inverse[pivot, column]) = (matrix[pivot, column] / scale, inverse[pivot, column] / scale);
            for (int row = 0; row < Size; row++)
            {
                double factor = matrix[row, pivot];
                for (int column = 0; row != pivot && column < Size; column++)
                {
                    matrix[row, column] -= factor * matrix[pivot, column];
                    inverse[row, column] -= factor * inverse[pivot, column];
                }
            }
        }
        return inverse;
    }
}
