namespace PhoneAgent.Audio;

/// <summary>The sixteen DTMF digits: RFC 4733 event codes and ITU-T Q.23 frequencies.</summary>
public static class Dtmf
{
    /// <summary>Digits in the order of their event codes 0–15.</summary>
    public const string Digits = "0123456789*#ABCD";

    internal static ReadOnlySpan<float> LowHz => [697, 770, 852, 941];
    internal static ReadOnlySpan<float> HighHz => [1209, 1336, 1477, 1633];
    private const string Keypad = "123A456B789C*0#D";

    /// <summary>The digit of an event code; null for codes that are not DTMF (16 flash, tones …).</summary>
    public static char? DigitOf(byte eventCode) => eventCode < Digits.Length ? Digits[eventCode] : null;

    /// <summary>The event code of a digit; a–d count as A–D. Null for anything else.</summary>
    public static byte? EventOf(char digit)
    {
        int code = Digits.IndexOf(char.ToUpperInvariant(digit), StringComparison.Ordinal);
        return code < 0 ? null : (byte)code;
    }

    /// <summary>Row and column frequency in Hz; null when it is not a digit.</summary>
    public static (float Low, float High)? FrequenciesOf(char digit)
    {
        int key = Keypad.IndexOf(char.ToUpperInvariant(digit), StringComparison.Ordinal);
        return key < 0 ? null : (LowHz[key / 4], HighHz[key % 4]);
    }

    internal static char DigitAt(int row, int column) => Keypad[row * 4 + column];
}
