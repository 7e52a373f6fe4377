using System.Numerics;

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
    // cos and −sin of 2πk/size.
    private readonly double[] _cos;
    private readonly double[] _sin;
    // The same for the stages of the half-length transform, one after the other, so that each reads its own in a row.
    private readonly double[] _stageCos;
    private readonly double[] _stageSin;
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
        _stageCos = new double[_half];
        _stageSin = new double[_half];
        _reversed = new int[_half];
        for (int k = 0; k < _half; k++)
        {
            (double sin, double cos) = Math.SinCos(-2 * Math.PI * k / size);
            (_cos[k], _sin[k]) = (cos, sin);
        }
        for (int span = 1, at = 0; span < _half; span *= 2)
        {
            for (int k = 0; k < span; k++, at++)
                (_stageCos[at], _stageSin[at]) = (_cos[k * (_half / span)], _sin[k * (_half / span)]);
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
        int twiddle = 0;
        for (int span = 1; span < _half; span *= 2)
        {
            ReadOnlySpan<double> cos = _stageCos.AsSpan(twiddle, span), sin = _stageSin.AsSpan(twiddle, span);
            twiddle += span;
            for (int start = 0; start < _half; start += 2 * span)
            {
                Span<double> re = _re.AsSpan(start, 2 * span), im = _im.AsSpan(start, 2 * span);
                Combine(cos, sin, re[..span], im[..span], re[span..], im[span..]);
            }
        }
    }

    private static void Combine(ReadOnlySpan<double> cos, ReadOnlySpan<double> sin, Span<double> re, Span<double> im, Span<double> reOdd, Span<double> imOdd)
    {
        int k = 0;
        for (int width = Vector<double>.Count; k <= cos.Length - width; k += width)
        {
            Vector<double> c = new(cos[k..]), s = new(sin[k..]), a = new(re[k..]), b = new(im[k..]), p = new(reOdd[k..]), q = new(imOdd[k..]);
            Vector<double> x = p * c - q * s;
            Vector<double> y = p * s + q * c;
            (a - x).CopyTo(reOdd[k..]);
            (b - y).CopyTo(imOdd[k..]);
            (a + x).CopyTo(re[k..]);
            (b + y).CopyTo(im[k..]);
        }
        for (; k < cos.Length; k++)
        {
            double x = reOdd[k] * cos[k] - imOdd[k] * sin[k];
            double y = reOdd[k] * sin[k] + imOdd[k] * cos[k];
            (reOdd[k], imOdd[k]) = (re[k] - x, im[k] - y);
            (re[k], im[k]) = (re[k] + x, im[k] + y);
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
