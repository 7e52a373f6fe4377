using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text.RegularExpressions;
using PhoneAgent.Audio;
using PhoneAgent.Conversation.Speaking;
using PhoneAgent.Inference.Flite;

namespace PhoneAgent.EvalRejection;

/// <param name="Speaker">Voice or person; the split between training and test goes by it.</param>
/// <param name="Words">What is said, null for noise and for speech that is in no grammar.</param>
/// <param name="Kind">synthetic, real, fsdd, noise.</param>
internal sealed record Clip(int Number, string Name, string Speaker, string? Words, string Kind, bool Train, short[] Audio);

/// <summary>Synthetic voices and the recordings of shared/data, all through 8 kHz, light noise, a gain, and G.711.</summary>
internal sealed class Corpus(string shared, string cache)
{
    private static readonly (string Voice, string Engine, bool Train)[] Voices =
    [
        ("slt", "flite", true), ("kal16", "flite", true), ("en-us+f3", "espeak", true), ("en-gb+m1", "espeak", true),
        ("rms", "flite", false), ("awb", "flite", false), ("en-us+m3", "espeak", false), ("en-gb-x-rp+f2", "espeak", false),
    ];

    public List<Clip> Load()
    {
        Directory.CreateDirectory(cache);
        var clips = new List<Clip>();
        AddSyntheticAsync(clips).GetAwaiter().GetResult();
        AddReal(clips);
        AddPrompts(clips);
        AddNoise(clips);
        return clips;
    }

    private async Task AddSyntheticAsync(List<Clip> clips)
    {
        var rates = new[] { 1.0, 0.85, 1.2 };
        foreach (var (voice, engine, train) in Voices)
        {
            var index = 0;
            foreach (var words in Sentences.Expected.Concat(Sentences.Unexpected))
            {
                // Half of the unexpected sentences are new to the test voices as well.
                var unexpected = index >= Sentences.Expected.Length;
                var rate = rates[index++ % rates.Length];
                if (unexpected && train != (index % 2 == 0))
                    continue;
                var path = Path.Combine(cache, string.Create(CultureInfo.InvariantCulture, $"{voice} {rate:F2} {words}.raw"));
                short[] audio;
                if (File.Exists(path))
                    audio = Raw(path);
                else
                {
                    audio = engine == "flite" ? await FliteAsync(words, voice, rate).ConfigureAwait(false) : Espeak(words, voice, rate);
                    File.WriteAllBytes(path, System.Runtime.InteropServices.MemoryMarshal.AsBytes(audio.AsSpan()).ToArray());
                }
                clips.Add(new Clip(clips.Count, words, voice, words, "synthetic", train, Line(audio, clips.Count)));
            }
        }
    }

    private static async Task<short[]> FliteAsync(string words, string voice, double rate)
    {
        await using var flite = new FliteSynthesizer(new FliteOptions { Voice = voice });
        var samples = new List<short>();
        await foreach (var chunk in flite.SynthesizeAsync(new SynthesisRequest(words, Rate: rate), CancellationToken.None))
            samples.AddRange(chunk.Samples.Span);
        return [.. samples];
    }

    private static short[] Espeak(string words, string voice, double rate)
    {
        var speed = ((int)(165 * rate)).ToString(CultureInfo.InvariantCulture);
        return Tool("espeak-ng", ["-v", voice, "-s", speed, "--stdout", words], "sox", ["-t", "wav", "--ignore-length", "-", "-t", "raw", "-r", "16000", "-c", "1", "-b", "16", "-e", "signed", "-"]);
    }

    private void AddReal(List<Clip> clips)
    {
        var speech = Path.Combine(shared, "data/speech");
        foreach (var line in File.ReadLines(Path.Combine(speech, "transcripts.csv")).Skip(1))
        {
            var fields = line.Split(',');
            var (file, corpus, words) = (fields[0], fields[1], fields[2].ToLowerInvariant());
            var fsdd = corpus == "FSDD";
            var speaker = Path.GetFileNameWithoutExtension(file) is var name && fsdd ? name.Split('_')[1] : corpus == "AN4" ? name.Split('-')[1] : corpus;
            var known = fields[^1].StartsWith("verbatim", StringComparison.Ordinal) && fields.Length == 4 && !words.Contains('@', StringComparison.Ordinal);
            foreach (var (part, samples) in Pieces(Sox(Path.Combine(speech, file)), known ? int.MaxValue : 5))
                clips.Add(new Clip(clips.Count, $"{file}{part}", speaker, known ? words : null, fsdd ? "fsdd" : "real", false, Line(samples, clips.Count)));
        }
        foreach (var file in Directory.GetFiles(Path.Combine(speech, "speechbrain"), "*_snt*.wav").Order(StringComparer.Ordinal))
            foreach (var (part, samples) in Pieces(Sox(file), 5))
                clips.Add(new Clip(clips.Count, $"speechbrain/{Path.GetFileName(file)}{part}", "speechbrain", null, "real", false, Line(samples, clips.Count)));
    }

    /// <summary>A real voice to train with: the short prompts of Debian's asterisk-core-sounds-en-wav, some made lower and quicker or slower.</summary>
    private static void AddPrompts(List<Clip> clips)
    {
        string[][] effects = [[], ["pitch", "-400", "tempo", "1.1"], ["pitch", "-200"], ["tempo", "0.9"]];
        foreach (var line in Lines("/usr/share/doc/asterisk-core-sounds-en/core-sounds-en.txt.gz"))
        {
            if (line.Split(':', 2) is not [var name, var text] || !Regex.IsMatch(text, @"^[A-Za-z',.! ]+$"))
                continue;
            var words = string.Join(' ', text.ToLowerInvariant().Split([' ', ',', '.', '!'], StringSplitOptions.RemoveEmptyEntries));
            var file = $"/usr/share/asterisk/sounds/en_US/{name}.wav";
            if (words.Length is > 2 and < 50 && File.Exists(file))
                clips.Add(new Clip(clips.Count, name, "prompts", words, "real", true, Line(Sox(file, effects[clips.Count % effects.Length]), clips.Count)));
        }
    }

    private static IEnumerable<string> Lines(string gzip)
    {
        if (!File.Exists(gzip))
            throw new InvalidOperationException($"{gzip} is missing: run `apt-get install asterisk-core-sounds-en-wav`.");
        using var reader = new StreamReader(new GZipStream(File.OpenRead(gzip), CompressionMode.Decompress));
        while (reader.ReadLine() is { } line)
            yield return line;
    }

    /// <summary>Sneezes, dogs, traffic and the like in pieces of two seconds.</summary>
    private void AddNoise(List<Clip> clips)
    {
        var files = Directory.GetFiles(Path.Combine(shared, "data/noise"), "*.*", SearchOption.AllDirectories)
            .Where(f => f.EndsWith(".wav", StringComparison.Ordinal) || f.EndsWith(".ogg", StringComparison.Ordinal) || f.EndsWith(".flac", StringComparison.Ordinal))
            .Where(f => !f.Contains("callattendant", StringComparison.Ordinal) && !f.Contains("RIR", StringComparison.Ordinal)).Order(StringComparer.Ordinal);
        foreach (var file in files)
            foreach (var (part, samples) in Pieces(Sox(file), 2).Take(2))
                clips.Add(new Clip(clips.Count, $"noise/{Path.GetFileName(file)}{part}", Path.GetFileName(file), null, "noise", IsTraining(file), Line(samples, clips.Count)));
    }

    /// <summary>The same on every machine, unlike string.GetHashCode.</summary>
    private static bool IsTraining(string speaker) => speaker.Sum(c => c * 31) % 2 == 0;

    private static IEnumerable<(string Part, short[] Samples)> Pieces(short[] audio, int seconds)
    {
        if (seconds == int.MaxValue || audio.Length < seconds * 16_000)
        {
            yield return ("", audio);
            yield break;
        }
        for (var at = 0; at + (seconds * 8_000) < audio.Length; at += seconds * 16_000)
            yield return ($"#{at / 16_000}", audio[at..Math.Min(at + (seconds * 16_000), audio.Length)]);
    }

    /// <summary>200 ms of the line before and after, as the voice detector leaves them.</summary>
    private static short[] Padded(short[] speech)
    {
        var padded = new short[3_200 + speech.Length + 3_200];
        speech.CopyTo(padded, 3_200);
        return padded;
    }

    private static short[] Line(short[] wide, int seed)
    {
        var random = new Random(seed);
        var narrow = Resampler.Convert(Padded(wide), 16_000, 8_000);
        var peak = Math.Max(1, narrow.Max(s => Math.Abs((int)s)));
        var gain = Math.Min(30_000.0 / peak, 12_000.0 / peak * Math.Pow(10, ((random.NextDouble() * 18) - 12) / 20));
        // Every third line is digitally silent between words, as softphones send it.
        var noise = seed % 3 == 0 ? 0 : Math.Pow(10, random.NextDouble()) * 3;
        for (var i = 0; i < narrow.Length; i++)
            narrow[i] = (short)Math.Clamp((narrow[i] * gain) + ((random.NextDouble() + random.NextDouble() - 1) * 2 * noise), -32_000, 32_000);
        var wire = new byte[narrow.Length];
        G711.MuLawEncode(narrow, wire);
        G711.MuLawDecode(wire, narrow);
        return Resampler.Convert(narrow, 8_000, 16_000);
    }

    /// <summary>Every other sentence of the training voices, 16 kHz, as it is before the line.</summary>
    public IEnumerable<short[]> WideTraining()
    {
        var clips = new List<Clip>();
        AddSyntheticAsync(clips).GetAwaiter().GetResult();
        var voices = Voices.Where(v => v.Train).Select(v => v.Voice).ToArray();
        return Directory.GetFiles(cache, "*.raw").Where(f => voices.Contains(Path.GetFileName(f).Split(' ')[0])).Order(StringComparer.Ordinal)
            .Where((_, i) => i % 2 == 0).Select(f => Padded(Raw(f)));
    }

    /// <summary>8 kHz G.711 and back.</summary>
    public static short[] Narrow(short[] wide)
    {
        var narrow = Resampler.Convert(wide, 16_000, 8_000);
        var wire = new byte[narrow.Length];
        G711.MuLawEncode(narrow, wire);
        G711.MuLawDecode(wire, narrow);
        return Resampler.Convert(narrow, 8_000, 16_000);
    }

    private static short[] Sox(string file, params string[] effects)
    {
        string[] input = file.EndsWith(".raw", StringComparison.Ordinal) ? ["-t", "raw", "-r", "16000", "-c", "1", "-b", "16", "-e", "signed", file] : [file];
        return Tool("sox", [.. input, "-t", "raw", "-r", "16000", "-c", "1", "-b", "16", "-e", "signed", "-", .. effects], null, []);
    }

    private static short[] Tool(string program, string[] arguments, string? then, string[] thenArguments)
    {
        using var first = Start(program, arguments);
        var output = new MemoryStream();
        first.StandardOutput.BaseStream.CopyTo(output);
        first.WaitForExit();
        if (then is not null)
        {
            using var second = Start(then, thenArguments);
            var input = output.ToArray();
            var reader = Task.Run(() => { var o = new MemoryStream(); second.StandardOutput.BaseStream.CopyTo(o); return o; });
            second.StandardInput.BaseStream.Write(input);
            second.StandardInput.Close();
            output = reader.Result;
            second.WaitForExit();
        }
        return System.Runtime.InteropServices.MemoryMarshal.Cast<byte, short>(output.ToArray()).ToArray();
    }

    private static Process Start(string program, string[] arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardInput = true, RedirectStandardError = true })!;

    private static short[] Raw(string path) => System.Runtime.InteropServices.MemoryMarshal.Cast<byte, short>(File.ReadAllBytes(path)).ToArray();
}
