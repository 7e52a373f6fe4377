using PhoneAgent.Audio;
using PhoneAgent.Testing;
using Xunit;
using Xunit.Abstractions;

namespace PhoneAgent.Tests.Audio;

public sealed class BeepDetectorTests(ITestOutputHelper output)
{
    private const int Rate = 16_000;

    [Theory]
    [InlineData(440, 0.2)]
    [InlineData(1_000, 0.4)]
    [InlineData(1_400, 1.0)]
    [InlineData(2_000, 0.25)]
    public void ABeepIsHeardOnceWhenItIsOver(float hz, double seconds) => Assert.Equal(1, Beeps(Tone(hz, 0, seconds), overTelephone: true));

    [Theory]
    [InlineData(1_000, 0, 0.1)] // a click of a keypad
    [InlineData(425, 0, 4.0)] // the line's own tones
    [InlineData(200, 0, 0.5)] // hum
    [InlineData(440, 480, 0.5)] // two tones
    [InlineData(941, 1_336, 0.3)] // a key
    public void WhatIsNoBeepIsNotHeard(float hz1, float hz2, double seconds) => Assert.Equal(0, Beeps(Tone(hz1, hz2, seconds), overTelephone: true));

    [Fact]
    public void NoiseAndSilenceHaveNoBeeps()
    {
        var random = new Random(7);
        Assert.Equal(0, Beeps([.. Enumerable.Range(0, 10 * Rate).Select(_ => (short)random.Next(-8_000, 8_000))], overTelephone: false));
        Assert.Equal(0, Beeps(new short[Rate], overTelephone: false));
    }

    [RequiresFact(Shared = "data/speech")]
    public void SpeechHasNoBeeps()
    {
        var (beeps, total) = (0, TimeSpan.Zero);
        foreach (string path in Directory.EnumerateFiles(SharedData.Require("data/speech"), "*.wav", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            using FileStream stream = File.OpenRead(path);
            if (!WavFile.TryRead(stream, out WavFile? wav, out _))
                continue;
            beeps += Beeps(Resampler.Convert(wav!.ToMono(), wav.SampleRate, Rate), overTelephone: true);
            total += wav.Duration;
        }
        output.WriteLine($"{beeps} beeps in {total.TotalMinutes:F1} minutes of speech");
        Assert.Equal(0, beeps);
    }

    private static short[] Tone(float hz1, float hz2, double seconds)
    {
        var tone = new ToneGenerator(Rate);
        if (hz2 == 0)
            tone.Start(hz1, -15, TimeSpan.FromSeconds(seconds));
        else
            tone.Start(hz1, -15, hz2, -15, TimeSpan.FromSeconds(seconds));
        var samples = new short[(int)((seconds + 1) * Rate)];
        tone.Fill(samples.AsSpan(1_234));
        return samples;
    }

    private static int Beeps(short[] samples, bool overTelephone)
    {
        if (overTelephone)
        {
            short[] narrow = Resampler.Convert(samples, Rate, 8_000);
            var codes = new byte[narrow.Length];
            G711.MuLawEncode(narrow, codes);
            G711.MuLawDecode(codes, narrow);
            samples = Resampler.Convert(narrow, 8_000, Rate);
        }
        var detector = new BeepDetector(Rate);
        int beeps = 0;
        for (int at = 0; at + 320 <= samples.Length; at += 320)
            beeps += detector.Push(samples.AsSpan(at, 320)) ? 1 : 0;
        return beeps;
    }
}
