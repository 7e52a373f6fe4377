using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace PhoneAgent.Audio;

/// <summary>The inner loops that everything here is made of.</summary>
internal static class VectorMath
{
    /// <summary>Sum of products of two spans of the same length.</summary>
    public static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        b = b[..a.Length];
        ref float left = ref MemoryMarshal.GetReference(a);
        ref float right = ref MemoryMarshal.GetReference(b);
        int width = Vector<float>.Count;
        int i = 0;
        // Two sums, so that an addition need not wait for the one before it.
        Vector<float> sum0 = Vector<float>.Zero;
        Vector<float> sum1 = Vector<float>.Zero;
        for (; i <= a.Length - 2 * width; i += 2 * width)
        {
            sum0 += Load(ref left, i) * Load(ref right, i);
            sum1 += Load(ref left, i + width) * Load(ref right, i + width);
        }
        for (; i <= a.Length - width; i += width)
            sum0 += Load(ref left, i) * Load(ref right, i);
        float sum = Vector.Sum(sum0 + sum1);
        for (; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }

    /// <summary>
    /// A filter over a whole block: <c>sums[i] = Σ taps[k] · signal[i + k]</c>. Several results at a time, so that no vector
    /// is ever added up across. The signal has taps − 1 samples more than there are sums.
    /// </summary>
    public static void Filter(ReadOnlySpan<float> taps, ReadOnlySpan<float> signal, Span<float> sums)
    {
        signal = signal[..(sums.Length + taps.Length - 1)];
        ref float from = ref MemoryMarshal.GetReference(signal);
        int width = Vector<float>.Count;
        int i = 0;
        for (; i <= sums.Length - 4 * width; i += 4 * width)
        {
            Vector<float> sum0 = Vector<float>.Zero, sum1 = sum0, sum2 = sum0, sum3 = sum0;
            for (int k = 0; k < taps.Length; k++)
            {
                var tap = new Vector<float>(taps[k]);
                sum0 = Vector.MultiplyAddEstimate(tap, Load(ref from, i + k), sum0);
                sum1 = Vector.MultiplyAddEstimate(tap, Load(ref from, i + k + width), sum1);
                sum2 = Vector.MultiplyAddEstimate(tap, Load(ref from, i + k + 2 * width), sum2);
                sum3 = Vector.MultiplyAddEstimate(tap, Load(ref from, i + k + 3 * width), sum3);
            }
            sum0.CopyTo(sums[i..]);
            sum1.CopyTo(sums[(i + width)..]);
            sum2.CopyTo(sums[(i + 2 * width)..]);
            sum3.CopyTo(sums[(i + 3 * width)..]);
        }
        for (; i < sums.Length; i++)
            sums[i] = Dot(taps, signal.Slice(i, taps.Length));
    }

    /// <summary>Adds a signal to another.</summary>
    public static void Add(ReadOnlySpan<float> signal, Span<float> sums)
    {
        int width = Vector<float>.Count;
        int i = 0;
        for (; i <= sums.Length - width; i += width)
            (new Vector<float>(signal[i..]) + new Vector<float>(sums[i..])).CopyTo(sums[i..]);
        for (; i < sums.Length; i++)
            sums[i] += signal[i];
    }

    /// <summary>Copies samples as floats, without scaling.</summary>
    public static void Widen(ReadOnlySpan<short> source, Span<float> destination)
    {
        destination = destination[..source.Length];
        int width = Vector<short>.Count;
        int i = 0;
        for (; i <= source.Length - width; i += width)
        {
            Vector.Widen(new Vector<short>(source[i..]), out Vector<int> low, out Vector<int> high);
            Vector.ConvertToSingle(low).CopyTo(destination[i..]);
            Vector.ConvertToSingle(high).CopyTo(destination[(i + width / 2)..]);
        }
        for (; i < source.Length; i++)
            destination[i] = source[i];
    }

    /// <summary>Rounds to the nearest samples, clipping at full scale.</summary>
    public static void ToSamples(ReadOnlySpan<float> values, Span<short> samples)
    {
        samples = samples[..values.Length];
        int width = Vector<float>.Count;
        int i = 0;
        for (; i <= values.Length - 2 * width; i += 2 * width)
            Vector.Narrow(Round(values[i..]), Round(values[(i + width)..])).CopyTo(samples[i..]);
        for (; i < values.Length; i++)
            samples[i] = ToSample(values[i]);
    }

    /// <summary>Rounds two signals into one whose samples come from them in turn.</summary>
    public static void ToInterleavedSamples(ReadOnlySpan<float> even, ReadOnlySpan<float> odd, Span<short> samples)
    {
        odd = odd[..even.Length];
        samples = samples[..(2 * even.Length)];
        int width = Vector<float>.Count;
        int i = 0;
        for (; BitConverter.IsLittleEndian && i <= even.Length - width; i += width)
        {
            Vector<int> pair = (Round(even[i..]) & new Vector<int>(0xFFFF)) | Vector.ShiftLeft(Round(odd[i..]), 16);
            Vector.AsVectorInt16(pair).CopyTo(samples[(2 * i)..]);
        }
        for (; i < even.Length; i++)
            (samples[2 * i], samples[2 * i + 1]) = (ToSample(even[i]), ToSample(odd[i]));
    }

    /// <summary>Rounds to the nearest sample, clipping at full scale.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static short ToSample(float value) =>
        (short)Math.Clamp((int)MathF.Round(value), short.MinValue, short.MaxValue);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<int> Round(ReadOnlySpan<float> values) =>
        Vector.ConvertToInt32(Vector.Round(Vector.Min(Vector.Max(new Vector<float>(values), new Vector<float>(short.MinValue)), new Vector<float>(short.MaxValue))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Load(ref float start, int index) =>
        Unsafe.ReadUnaligned<Vector<float>>(ref Unsafe.As<float, byte>(ref Unsafe.Add(ref start, index)));
}
