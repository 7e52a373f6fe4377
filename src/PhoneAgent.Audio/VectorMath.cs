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

    /// <summary>Rounds to the nearest sample, clipping at full scale.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static short ToSample(float value) =>
        (short)Math.Clamp((int)MathF.Round(value), short.MinValue, short.MaxValue);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Load(ref float start, int index) =>
        Unsafe.ReadUnaligned<Vector<float>>(ref Unsafe.As<float, byte>(ref Unsafe.Add(ref start, index)));
}
