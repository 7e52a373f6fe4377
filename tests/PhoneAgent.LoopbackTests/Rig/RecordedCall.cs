using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using PhoneAgent.Testing;

namespace PhoneAgent.LoopbackTests.Rig;

/// <summary>What the rig's softphone captured: left the softphone, right the agent, one clock. Uses sox, which the rig needs anyway.</summary>
internal static class RecordedCall
{
    private const double VoicedLevel = 200; // RMS of 10 ms, about -44 dBFS

    /// <summary>A recording of a sneeze.</summary>
    public static string Sneeze { get; } = Directory.EnumerateFiles(SharedData.Find("data/noise") ?? ".", "*", SearchOption.AllDirectories)
        .Where(file => file.Contains("neez", StringComparison.OrdinalIgnoreCase) && (file.EndsWith(".wav", StringComparison.Ordinal) || file.EndsWith(".ogg", StringComparison.Ordinal)))
        .Order(StringComparer.Ordinal).FirstOrDefault() ?? "";

    /// <summary>The samples of one channel, and their rate.</summary>
    public static (int Rate, short[] Samples) Channel(string path, int channel) =>
        (8000, Raw(path, 8000, "remix", (channel + 1).ToString(CultureInfo.InvariantCulture)));

    public static short[] Resampled(string path, int rate) => Raw(path, rate);

    /// <summary>The loudest part of a recording, at speech level, in 16 kHz mono.</summary>
    public static void Excerpt(string source, string target, TimeSpan length)
    {
        short[] all = Raw(source, 16_000);
        int count = (int)(length.TotalSeconds * 16_000), best = 0;
        double most = -1;
        for (int at = 0; at + count <= all.Length; at += 160)
        {
            double power = 0;
            for (int i = at; i < at + count; i++)
                power += (double)all[i] * all[i];
            if (power > most)
                (most, best) = (power, at);
        }
        string start = (best / 16_000.0).ToString(CultureInfo.InvariantCulture), seconds = length.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        Run(source, "-r", "16000", "-c", "1", "-b", "16", target, "trim", start, seconds, "gain", "-n", "-12", "pad", "0.1", "0.1");
    }

    /// <summary>From an onset in the agent's media time to the agent's last voiced sample before it fell silent for 300 ms.</summary>
    public static TimeSpan AgentSilentAfter(string stereo, TimeSpan onsetInMediaTime)
    {
        // The softphone's own speech is on the left of the same clock: its onset next to the agent's idea of it is the true one.
        (int rate, short[] caller) = Channel(stereo, 0);
        (_, short[] agent) = Channel(stereo, 1);
        int step = rate / 100;
        bool[] callerVoiced = Voiced(caller, step), agentVoiced = Voiced(agent, step);
        int guess = (int)(onsetInMediaTime.TotalSeconds * 100);
        int onset = Enumerable.Range(0, callerVoiced.Length)
            .Where(i => callerVoiced[i] && !callerVoiced.AsSpan(Math.Max(0, i - 30), Math.Min(30, i)).Contains(true))
            .MinBy(i => Math.Abs(i - guess));
        int last = onset;
        for (int i = onset; i < agentVoiced.Length && i - last <= 30; i++)
            last = agentVoiced[i] ? i : last;
        return TimeSpan.FromMilliseconds((last - onset) * 10);
    }

    /// <summary>From the softphone's last voiced sample of each utterance (500 ms of silence end one) to the agent's next voiced sample; null where none follows.</summary>
    public static IReadOnlyList<TimeSpan?> ResponseGaps(string stereo)
    {
        (int rate, short[] caller) = Channel(stereo, 0);
        (_, short[] agent) = Channel(stereo, 1);
        int step = rate / 100;
        bool[] callerVoiced = Voiced(caller, step), agentVoiced = Voiced(agent, step);
        var gaps = new List<TimeSpan?>();
        for (int i = 0; i < callerVoiced.Length; i++)
        {
            if (!callerVoiced[i] || callerVoiced.AsSpan(i + 1, Math.Min(50, callerVoiced.Length - i - 1)).Contains(true))
                continue;
            int next = i >= agentVoiced.Length ? -1 : Array.IndexOf(agentVoiced, true, i);
            gaps.Add(next < 0 ? null : TimeSpan.FromMilliseconds((next - i) * 10));
        }
        return gaps;
    }

    private static bool[] Voiced(short[] samples, int step)
    {
        bool[] voiced = new bool[samples.Length / step];
        for (int i = 0; i < voiced.Length; i++)
        {
            double power = 0;
            foreach (short sample in samples.AsSpan(i * step, step))
                power += (double)sample * sample;
            voiced[i] = Math.Sqrt(power / step) > VoicedLevel;
        }
        return voiced;
    }

    private static short[] Raw(string path, int rate, params string[] effects)
    {
        string target = Path.GetTempFileName();
        try
        {
            List<string> arguments = [path, "-r", rate.ToString(CultureInfo.InvariantCulture), "-b", "16", "-e", "signed", "-L", "-t", "raw"];
            if (effects.Length == 0)
                arguments.AddRange(["-c", "1"]);
            Run([.. arguments, target, .. effects]);
            return MemoryMarshal.Cast<byte, short>(File.ReadAllBytes(target)).ToArray();
        }
        finally
        {
            File.Delete(target);
        }
    }

    internal static void Run(params string[] arguments)
    {
        using Process sox = Process.Start(new ProcessStartInfo("sox", arguments) { RedirectStandardError = true })!;
        string error = sox.StandardError.ReadToEnd();
        sox.WaitForExit();
        if (sox.ExitCode != 0)
            throw new InvalidOperationException($"sox {string.Join(' ', arguments)}: {error}");
    }
}
