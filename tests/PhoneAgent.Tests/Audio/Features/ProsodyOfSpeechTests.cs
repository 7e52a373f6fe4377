using PhoneAgent.Audio;
using PhoneAgent.Audio.Features;
using PhoneAgent.Testing;
using Xunit;
using Xunit.Abstractions;

namespace PhoneAgent.Tests.Audio.Features;

/// <summary>Recorded speech whose syllables a person counted from its transcript.</summary>
public class ProsodyOfSpeechTests(ITestOutputHelper output)
{
    [RequiresTheory(Shared = "data/speech")]
    [InlineData("jfk/jfk.wav", 29)]
    [InlineData("speechbrain/spk1_snt1.wav", 8)]
    public void Syllables_are_counted_within_a_quarter(string file, int syllables)
    {
        Prosody prosody = Of(file);
        output.WriteLine($"{file}: {prosody}");
        Assert.InRange(prosody.SyllablesPerSecond * prosody.Length.TotalSeconds, 0.75 * syllables, 1.25 * syllables);
    }

    private static Prosody Of(string file)
    {
        using FileStream stream = File.OpenRead(SharedData.Require($"data/speech/{file}"));
        Assert.True(WavFile.TryRead(stream, out WavFile? wav, out string? error), error);
        var features = new AcousticFeatures();
        var statistics = new ProsodyStatistics();
        ReadOnlySpan<short> samples = wav!.Samples;
        while (features.Next(ref samples))
            statistics.Add(features);
        return statistics.Summarise();
    }
}
