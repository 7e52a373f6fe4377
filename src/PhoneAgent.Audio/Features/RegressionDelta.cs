namespace PhoneAgent.Audio.Features;

/// <summary>The slope in time of each of several values over the last five frames: Σ n·(c[+n] − c[−n]) / 2·Σ n².</summary>
internal sealed class RegressionDelta(int values)
{
    private const int Width = 5;

    private readonly float[] _rows = new float[Width * values];
    private readonly float[] _slopes = new float[values];
    private bool _started;

    public ReadOnlySpan<float> Slopes => _slopes;

    public void Add(ReadOnlySpan<float> row)
    {
        if (_started)
            _rows.AsSpan(values).CopyTo(_rows);
        for (int at = _started ? Width - 1 : 0; at < Width; at++)
            row.CopyTo(_rows.AsSpan(at * values, values));
        _started = true;
        for (int i = 0; i < values; i++)
        {
            double near = (double)_rows[3 * values + i] - _rows[values + i];
            double far = (double)_rows[4 * values + i] - _rows[i];
            _slopes[i] = (float)((near + 2 * far) / 10);
        }
    }

    public void Reset()
    {
        _started = false;
        _slopes.AsSpan().Clear();
    }
}
