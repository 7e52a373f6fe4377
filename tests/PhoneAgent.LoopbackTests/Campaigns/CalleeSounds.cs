using PhoneAgent.Audio;
using PhoneAgent.Testing;

namespace PhoneAgent.LoopbackTests.Campaigns;

/// <summary>What callees are heard to say, as sipp plays it: PCMU at 8 kHz.</summary>
internal static class CalleeSounds
{
    private const int Rate = 8_000;
    private const byte Silence = 0xFF;

    /// <summary>By the last digit of the number; null for nothing.</summary>
    public static string? FileOf(int digit) => digit switch
    {
        5 => "sit.ulaw",
        6 => "machine.ulaw",
        8 or 9 => "hello.ulaw",
        _ => null,
    };

    public static void WriteTo(string folder)
    {
        byte[] file = File.ReadAllBytes(SharedData.Require("rig/sipp/callee.ulaw"));
        short[] samples = new short[file.Length];
        G711.MuLawDecode(file, samples);
        byte[] speech = file[Math.Max(0, Array.FindIndex(samples, sample => Math.Abs((int)sample) > 500))..];
        byte[] rest = [.. Enumerable.Repeat(Silence, 30 * Rate)];
        File.WriteAllBytes(Path.Combine(folder, "hello.ulaw"), [.. speech.Take(Rate / 2), .. rest]);
        File.WriteAllBytes(Path.Combine(folder, "machine.ulaw"), [.. Enumerable.Range(0, 5 * Rate).Select(i => speech[i % speech.Length]), .. Tone(1_000, 0.5), .. rest]);
        // ITU-T E.180: three tones of 330 ms, then the announcement.
        File.WriteAllBytes(Path.Combine(folder, "sit.ulaw"), [.. Tone(950, 0.33), .. Tone(1_400, 0.33), .. Tone(1_800, 0.33), .. rest]);
    }

    private static byte[] Tone(double hertz, double seconds)
    {
        short[] samples = [.. Enumerable.Range(0, (int)(seconds * Rate)).Select(i => (short)(8_000 * Math.Sin(2 * Math.PI * hertz * i / Rate)))];
        byte[] tone = new byte[samples.Length];
        G711.MuLawEncode(samples, tone);
        return tone;
    }
}
