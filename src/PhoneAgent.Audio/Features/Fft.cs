namespace PhoneAgent.Audio.Features;

/// <summary>
/// The spectrum of a real signal whose length is a power of two: a complex transform of half the length, then the split into
/// even and odd samples. In double precision, so that quiet bands beside loud ones keep their digits. Allocates only when
/// made; not thread-safe.
/// </summary>
public sealed class Fft
{
    private readonly int _half;
    private readonly double[] _re;
    private readonly double[] _im;
    // cos and −sin of 2πk/size: the half-length transform takes every second one.
    private readonly double[] _cos;
    private readonly double[] _sin;
    private readonly int[] _reversed;

    /// <param name="size">A power of two, 4 to 65,536.</param>
    public Fft(int size)
    {
        if (size is < 4 or > 65_536 || !int.IsPow2(size))
            throw new ArgumentOutOfRangeException(nameof(size), size, "The transform's size must be a power of two from 4 to 65,536.");
        Size = size;
        _half = size / 2;
        _re = new double[_half];
        _im = new double[_half];
        _cos = new double[_half];
        _sin = new double[_half];
        _reversed = new int[_half];
        for (int k = 0; k < _half; k++)
        {
            (double sin, double cos) = Math.SinCos(-2 * Math.PI * k / size);
            (_cos[k], _sin[k]) = (cos, sin);
        }
        int bits = int.Log2(_half);
        for (int i = 0; i < _half; i++)
            _reversed[i] = (_reversed[i >> 1] >> 1) | ((i & 1) << (bits - 1));
    }

    public int Size { get; }

    /// <summary>How many bins come out: from 0 Hz to half the sample rate, both included.</summary>
    public int Bins => _half + 1;

    /// <summary>Squared magnitudes, not scaled by the size.</summary>
    /// <param name="signal">At most <see cref="Size"/> samples; the rest counts as zero.</param>
    /// <param name="power">At least <see cref="Bins"/>.</param>
    public void Power(ReadOnlySpan<double> signal, Span<double> power)
    {
        power = power[..Bins];
        Load(signal);
        Butterflies();
        double even = _re[0], odd = _im[0];
        power[0] = (even + odd) * (even + odd);
        power[_half] = (even - odd) * (even - odd);
        for (int k = 1; k < _half; k++)
        {
            (double re, double im) = Untangle(k);
            power[k] = re * re + im * im;
        }
    }

    /// <summary>The complex spectrum, not scaled by the size.</summary>
    /// <param name="signal">At most <see cref="Size"/> samples; the rest counts as zero.</param>
    /// <param name="real">At least <see cref="Bins"/>.</param>
    /// <param name="imaginary">At least <see cref="Bins"/>.</param>
    public void Transform(ReadOnlySpan<double> signal, Span<double> real, Span<double> imaginary)
    {
        Load(signal);
        Butterflies();
        (real[0], imaginary[0]) = (_re[0] + _im[0], 0);
        (real[_half], imaginary[_half]) = (_re[0] - _im[0], 0);
        for (int k = 1; k < _half; k++)
            (real[k], imaginary[k]) = Untangle(k);
    }

    private void Load(ReadOnlySpan<double> signal)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(signal.Length, Size, nameof(signal));
        for (int i = 0; i < _half; i++)
        {
            int at = _reversed[i];
            _re[at] = 2 * i < signal.Length ? signal[2 * i] : 0;
            _im[at] = 2 * i + 1 < signal.Length ? signal[2 * i + 1] : 0;
        }
    }

    private void Butterflies()
    {
        double[] re = _re, im = _im;
        for (int span = 1, stride = _half; span < _half; span *= 2, stride /= 2)
        {
            for (int start = 0; start < re.Length; start += 2 * span)
            {
                for (int k = 0; k < span; k++)
                {
                    double cos = _cos[k * stride], sin = _sin[k * stride];
                    int a = start + k, b = a + span;
                    double x = re[b] * cos - im[b] * sin;
                    double y = re[b] * sin + im[b] * cos;
                    (re[b], im[b]) = (re[a] - x, im[a] - y);
                    (re[a], im[a]) = (re[a] + x, im[a] + y);
                }
            }
        }
    }

    /// <summary>Bin k of the real signal from bins k and half − k of the transform of its pairs.</summary>
    private (double Re, double Im) Untangle(int k)
    {
        double re = _re[k], im = _im[k], mirrorRe = _re[_half - k], mirrorIm = -_im[_half - k];
        double evenRe = (re + mirrorRe) / 2, evenIm = (im + mirrorIm) / 2;
        double oddRe = (im - mirrorIm) / 2, oddIm = (mirrorRe - re) / 2;
        return (evenRe + oddRe * _cos[k] - oddIm * _sin[k], evenIm + oddRe * _sin[k] + oddIm * _cos[k]);
    }
}
