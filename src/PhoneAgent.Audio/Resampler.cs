using System.Numerics;
using System.Runtime.InteropServices;

namespace PhoneAgent.Audio;

/// <summary>
/// Streaming conversion between 8 and 16 kHz by a half-band FIR (Kaiser window). Every second tap of a half-band filter
/// is zero and the middle one is ½, so one of the two phases is a plain delay and the other has <see cref="Taps"/> taps.
/// Pass band to 3.5 kHz, stop band from 4.5 kHz; delay 39 samples at 16 kHz (2.4 ms). One object per direction and call.
/// </summary>
public sealed class Resampler
{
    private const int Taps = 40;
    private const int MaxFrame = 960;
    private static readonly float[] Half = MakeTaps();

    private readonly bool _up;
    /// <summary>Input of the phase with taps: <see cref="Taps"/> − 1 samples of the past, then the frame.</summary>
    private readonly float[] _fir = new float[Taps - 1 + MaxFrame + 32];
    /// <summary>Down only: input of the phase that is a delay.</summary>
    private readonly short[] _delay;
    private readonly float[] _out = new float[MaxFrame + 32];

    private Resampler(bool up)
    {
        _up = up;
        _delay = up ? [] : new short[(Taps / 2) + MaxFrame];
    }

    public static Resampler From8To16() => new(up: true);

    public static Resampler From16To8() => new(up: false);

    /// <summary>Converts a frame of up to 60 ms: twice the samples come out, or half of them. Does not allocate.</summary>
    public void Process(ReadOnlySpan<short> input, Span<short> output)
    {
        var count = _up ? input.Length : input.Length / 2;
        if (count > MaxFrame || output.Length != (_up ? input.Length * 2 : count) || (!_up && (input.Length & 1) != 0))
            throw new ArgumentException("Frames are at most 60 ms, and the output is exactly twice or half of the input.", nameof(input));
        if (_up)
            Up(input, output);
        else
            Down(input, output, count);
    }

    /// <summary>Forgets the past.</summary>
    public void Reset()
    {
        Array.Clear(_fir);
        Array.Clear(_delay);
    }

    private void Up(ReadOnlySpan<short> input, Span<short> output)
    {
        var count = input.Length;
        var fresh = _fir.AsSpan(Taps - 1, count);
        for (var i = 0; i < count; i++)
            fresh[i] = input[i];
        Convolve(count, gain: 2f);
        // The centre tap lies between samples Taps/2 - 1 and Taps/2 of the window: the delay phase takes the latter.
        var delayed = _fir.AsSpan((Taps / 2) - 1, count + 1);
        for (var i = 0; i < count; i++)
        {
            output[2 * i] = Saturate(_out[i]);
            output[(2 * i) + 1] = (short)delayed[i + 1];
        }
        KeepPast(count);
    }

    private void Down(ReadOnlySpan<short> input, Span<short> output, int count)
    {
        const int Lag = Taps / 2;
        var fresh = _fir.AsSpan(Taps - 1, count);
        var delay = _delay.AsSpan(Lag, count);
        for (var i = 0; i < count; i++)
        {
            delay[i] = input[2 * i];
            fresh[i] = input[(2 * i) + 1];
        }
        Convolve(count, gain: 1f);
        for (var i = 0; i < count; i++)
            output[i] = Saturate(_out[i] + (0.5f * _delay[i + 1]));
        _delay.AsSpan(count, Lag).CopyTo(_delay);
        KeepPast(count);
    }

    /// <summary>The filter is symmetric, so taps are used in pairs.</summary>
    private void Convolve(int count, float gain)
    {
        var width = Vector<float>.Count;
        ref var x = ref MemoryMarshal.GetArrayDataReference(_fir);
        ref var y = ref MemoryMarshal.GetArrayDataReference(_out);
        for (var n = 0; n < count; n += 2 * width)
        {
            var a = Vector<float>.Zero;
            var b = Vector<float>.Zero;
            for (var k = 0; k < Taps / 2; k++)
            {
                var h = new Vector<float>(Half[k] * gain);
                a += h * (Vector.LoadUnsafe(ref x, (nuint)(n + k)) + Vector.LoadUnsafe(ref x, (nuint)(n + Taps - 1 - k)));
                b += h * (Vector.LoadUnsafe(ref x, (nuint)(n + width + k)) + Vector.LoadUnsafe(ref x, (nuint)(n + width + Taps - 1 - k)));
            }
            a.StoreUnsafe(ref y, (nuint)n);
            b.StoreUnsafe(ref y, (nuint)(n + width));
        }
    }

    private void KeepPast(int count) => _fir.AsSpan(count, Taps - 1).CopyTo(_fir);

    private static short Saturate(float value) => (short)Math.Clamp(value >= 0 ? value + 0.5f : value - 0.5f, short.MinValue, short.MaxValue);

    /// <summary>The non-zero odd taps of a half-band low-pass, scaled so that they sum to ½.</summary>
    private static float[] MakeTaps()
    {
        const double Beta = 8.0;
        const int Centre = Taps - 1;
        var taps = new double[Taps];
        var sum = 0.0;
        for (var k = 0; k < Taps; k++)
        {
            var t = (2 * k) - Centre;
            var r = t / (double)(Centre + 1);
            taps[k] = Math.Sin(Math.PI * t / 2) / (Math.PI * t) * Bessel(Beta * Math.Sqrt(1 - (r * r))) / Bessel(Beta);
            sum += taps[k];
        }
        return Array.ConvertAll(taps, h => (float)(h / sum * 0.5));
    }

    private static double Bessel(double x)
    {
        double term = 1, sum = 1;
        for (var k = 1; k < 40; k++)
        {
            term *= x / 2 / k * (x / 2 / k);
            sum += term;
        }
        return sum;
    }
}
