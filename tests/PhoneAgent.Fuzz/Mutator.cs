using System.Globalization;
using System.Text;

namespace PhoneAgent.Fuzz;

/// <summary>Makes inputs: random bytes, and seeds with bits flipped, cut, doubled, spliced and with huge numbers. The same seed gives the same inputs.</summary>
public sealed class Mutator(IReadOnlyList<byte[]> seeds, int seed)
{
    private const int MaxLength = 65_507;
    private static readonly string[] Numbers =
        ["0", "-1", "65535", "65536", "2147483647", "2147483648", "4294967295", "4294967296", "18446744073709551616", "99999999999999999999999999", "1e400", "00000000000000000001"];

    private static readonly byte[][] Tokens =
        [.. new[] { "\r\n", "\r\n\r\n", "\0", "\"", "<", ">", ";", ",", "%00", "%", "::", "[", "]", "sip:", "a=", "m=", "\t", " ", "\u00e9", "=", "/", "@" }.Select(Encoding.UTF8.GetBytes)];

    private readonly Random _random = new(seed);

    public byte[] Next()
    {
        if (seeds.Count == 0 || _random.Next(20) == 0)
            return RandomBytes();
        byte[] input = seeds[_random.Next(seeds.Count)];
        // Mostly one change: several leave little that a strict parser reads to its end.
        do
            input = Mutate(input);
        while (_random.Next(3) == 0);
        return input.Length <= MaxLength ? input : input[..MaxLength];
    }

    private byte[] RandomBytes()
    {
        // Lengths around the headers' matter most.
        var bytes = new byte[_random.Next(3) == 0 ? _random.Next(1500) : _random.Next(64)];
        _random.NextBytes(bytes);
        return bytes;
    }

    private byte[] Mutate(byte[] input)
    {
        int at = _random.Next(input.Length + 1);
        switch (_random.Next(9))
        {
            case 0:
                return input[..at];
            case 1:
                return input[at..];
            case 2:
                (int start, int end) = Range(input);
                return [.. input[..end], .. input[start..end], .. input[end..]];
            case 3:
                (start, end) = Range(input);
                return [.. input[..start], .. input[end..]];
            case 4:
                byte[] other = seeds[_random.Next(seeds.Count)];
                return [.. input[..at], .. other[_random.Next(other.Length + 1)..]];
            case 5:
                return [.. input[..at], .. Tokens[_random.Next(Tokens.Length)], .. input[at..]];
            case 6:
                return ReplaceNumber(input);
            default:
                return Flip(input);
        }
    }

    private byte[] Flip(byte[] input)
    {
        var flipped = (byte[])input.Clone();
        for (int i = _random.Next(1, 5); i > 0 && flipped.Length > 0; i--)
        {
            int at = _random.Next(flipped.Length);
            flipped[at] = _random.Next(2) == 0 ? (byte)_random.Next(256) : (byte)(flipped[at] ^ (1 << _random.Next(8)));
        }
        return flipped;
    }

    private byte[] ReplaceNumber(byte[] input)
    {
        int start = Array.FindIndex(input, _random.Next(input.Length + 1), b => b is >= (byte)'0' and <= (byte)'9');
        if (start < 0)
            return input;
        int end = start;
        while (end < input.Length && input[end] is >= (byte)'0' and <= (byte)'9')
            end++;
        string number = _random.Next(4) == 0 ? _random.NextInt64().ToString(CultureInfo.InvariantCulture) : Numbers[_random.Next(Numbers.Length)];
        return [.. input[..start], .. Encoding.ASCII.GetBytes(number), .. input[end..]];
    }

    private (int Start, int End) Range(byte[] input)
    {
        int start = _random.Next(input.Length + 1);
        return (start, Math.Min(input.Length, start + _random.Next(200)));
    }
}
