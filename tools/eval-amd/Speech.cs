using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using PhoneAgent.Audio;

namespace PhoneAgent.EvalAmd;

/// <summary>Speech, made by flite and eSpeak NG or recorded, in 16 kHz mono, without silence at its ends. What is made is kept in a folder.</summary>
internal sealed class Speech(string shared, string cache)
{
    private const int Rate = 16_000;

    public string Shared => shared;

    public short[] Say(string voice, string text)
    {
        Directory.CreateDirectory(cache);
        string path = Path.Combine(cache, string.Concat($"{voice} {text}".Select(c => char.IsLetterOrDigit(c) ? c : '_')) + ".wav");
        if (!File.Exists(path))
        {
            string made = path + ".made";
            if (voice.StartsWith("en", StringComparison.Ordinal))
                Run("espeak-ng", "-v", voice, "-s", "165", "-w", made, text);
            else
                Run("flite", "-voice", voice, "-o", made, "-t", text);
            File.Move(made, path);
        }
        return Read(path);
    }

    public short[] Recorded(string path) => Read(Path.Combine(shared, path));

    public IEnumerable<string> Files(string folder, string pattern = "*.wav") =>
        Directory.EnumerateFiles(Path.Combine(shared, folder), pattern).Order(StringComparer.Ordinal).Select(path => Path.GetRelativePath(shared, path));

    private static short[] Read(string path)
    {
        using FileStream stream = File.OpenRead(path);
        if (!WavFile.TryRead(stream, out WavFile? wav, out string? error))
            throw new InvalidDataException($"{path}: {error}");
        return Trim(Resampler.Convert(wav!.ToMono(), wav.SampleRate, Rate));
    }

    private static short[] Trim(short[] samples)
    {
        int loud = Math.Max(60, Level.Peak(samples) / 50);
        int first = Array.FindIndex(samples, s => Math.Abs((int)s) > loud), last = Array.FindLastIndex(samples, s => Math.Abs((int)s) > loud);
        return first < 0 ? samples : samples[first..(last + 1)];
    }

    private static void Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{program} {string.Join(' ', arguments)}: {process.ExitCode} {error}"));
    }
}
