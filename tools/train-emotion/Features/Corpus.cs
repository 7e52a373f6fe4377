using PhoneAgent.Audio;

namespace PhoneAgent.TrainEmotion;

/// <summary>Reads the recordings of a folder laid out like <c>../shared/data</c>.</summary>
internal sealed class Corpus(string data)
{
    /// <summary>Longer recordings are cut into pieces of this length: nobody's turn on the phone is a minute.</summary>
    private const int LongestSeconds = 5;
    private const double ShortestSeconds = 0.4;

    public List<Clip> Load()
    {
        var clips = new List<Clip>();
        AddGerman(clips);
        AddEnglish(clips, "an4", ClipUse.English, name => "an4-" + name.Split('-')[1]);
        // Who spoke is not said: all of the corpus counts as one speaker, which keeps it in one fold.
        AddEnglish(clips, "picovoice-intent", ClipUse.English, _ => "picovoice");
        AddEnglish(clips, "pocketsphinx", ClipUse.English, name => name.StartsWith("sense", StringComparison.Ordinal) ? "librivox" : "cards");
        AddEnglish(clips, "speechbrain", ClipUse.English, name => "speechbrain-" + name.Split('_')[0]);
        AddEnglish(clips, "jfk", ClipUse.English, _ => "jfk");
        AddEnglish(clips, "fsdd", ClipUse.EnglishTestOnly, name => "fsdd-" + name.Split('_')[1]);
        return clips;
    }

    /// <summary>Background noises at 8 kHz for training, or the other ones, which are only for evaluation.</summary>
    public List<short[]> Noises(bool training) => [.. NoiseFiles(training).Select(Narrow)];

    /// <summary>Impulse responses of rooms at 8 kHz.</summary>
    public List<short[]> Rooms() => [.. Enumerable.Range(1, 4).Select(i => Narrow($"speechbrain/rir{i}.wav"))];

    private short[] Narrow(string noise)
    {
        WavFile wav = Read(Path.Combine(data, "noise", noise));
        return Resampler.Convert(wav.ToMono(), wav.SampleRate, TelephoneLine.SampleRate);
    }

    private static string[] NoiseFiles(bool training) => training
        ?
        [
            "soundtool/cafe.wav", "soundtool/fridge.wav", "speechbrain/noise1.wav", "speechbrain/noise3.wav", "speechbrain/noise4.wav",
            "esc10/001_Dog-bark_1-100032-A.wav", "esc10/002_Rain_1-17367-A.wav", "esc10/005_Clock-tick_1-35687-A.wav",
            "esc10/007_Helicopter_1-172649-A.wav", "esc10/010_Fire-crackling_1-17808-A.wav",
        ]
        :
        [
            "soundtool/traffic.wav", "speechbrain/noise2.wav", "speechbrain/noise5.wav", "esc10/003_Sea-waves_2-125966-A.wav",
            "esc10/008_Chainsaw_1-116765-A.wav",
        ];

    private void AddGerman(List<Clip> clips)
    {
        foreach (string line in File.ReadLines(Path.Combine(data, "emotion", "labels.csv")).Skip(1))
        {
            string[] fields = line.Split(',');
            WavFile wav = Read(Path.Combine(data, "emotion", fields[0]));
            clips.Add(new Clip(Path.ChangeExtension(fields[0], null), fields[2], fields[4], ClipUse.German, wav.SampleRate, WithoutPadding(wav.ToMono())));
        }
    }

    private void AddEnglish(List<Clip> clips, string corpus, ClipUse use, Func<string, string> speakerOf)
    {
        foreach (string path in Directory.GetFiles(Path.Combine(data, "speech", corpus), "*.wav").Order(StringComparer.Ordinal))
        {
            WavFile wav = Read(path);
            string name = Path.GetFileNameWithoutExtension(path);
            short[] samples = WithoutPadding(wav.ToMono());
            int piece = LongestSeconds * wav.SampleRate;
            for (int at = 0; at < samples.Length; at += piece)
            {
                short[] part = samples[at..Math.Min(at + piece, samples.Length)];
                if (part.Length >= ShortestSeconds * wav.SampleRate)
                    clips.Add(new Clip($"{corpus}/{name}{(at == 0 ? "" : $"#{at / piece}")}", speakerOf(name), "neutral", use, wav.SampleRate, part));
            }
        }
    }

    /// <summary>Zeros at either end are the corpus's padding: how long they are goes with the emotion, and no line has them.</summary>
    private static short[] WithoutPadding(short[] samples) => samples.AsSpan().Trim((short)0).ToArray();

    private static WavFile Read(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return WavFile.TryRead(stream, out WavFile? wav, out string? error) ? wav! : throw new InvalidDataException($"{path}: {error}");
    }
}
