using PhoneAgent.Audio;
using PhoneAgent.Audio.Tones;
using PhoneAgent.Testing;
using Xunit;
using Xunit.Abstractions;

namespace PhoneAgent.Tests.Audio;

public sealed class ToneDetectorTests(ITestOutputHelper output)
{
    private const int Rate = 16_000;
    private const int FrameSamples = Rate / 50;

    public static TheoryData<string, string, CallTone> Lines => new()
    {
        { "busy, North America", "480+620 500 500 x4", CallTone.Busy },
        { "busy, Europe", "425 500 500 x4", CallTone.Busy },
        { "busy, Germany", "425 480 480 x4", CallTone.Busy },
        { "busy, UK", "400 375 375 x4", CallTone.Busy },
        { "reorder, North America", "480+620 250 250 x5", CallTone.Congestion },
        { "congestion, Europe", "425 200 200 x5", CallTone.Congestion },
        { "congestion, UK", "400 400 350 400 225 525 x3", CallTone.Congestion },
        { "ringback, North America", "440+480 2000 4000 x2", CallTone.Ringback },
        { "ringback, Europe", "425 1000 4000 x2", CallTone.Ringback },
        { "ringback, UK", "400+450 400 200 400+450 400 2000 x3", CallTone.Ringback },
        { "special information, E.180", "950 330 0 1400 330 0 1800 330 1000", CallTone.NotInService },
        { "special information, longest gaps", "950 330 30 1400 330 30 1800 330 1000", CallTone.NotInService },
        { "special information, shortest", "900 260 0 1350 260 0 1750 260 1000", CallTone.NotInService },
        { "special information, longest", "1000 400 30 1450 400 30 1850 400 1000", CallTone.NotInService },
        { "special information, packets late in each tone", "950 480 0 1400 520 0 1800 500 1000", CallTone.NotInService },
        { "special information, packets lost in two tones", "950 150 60 950 200 0 1400 200 40 1400 130 0 1800 330 1000", CallTone.NotInService },
        { "intercept", "913.8 274 0 1370.6 274 0 1776.7 380 1000", CallTone.NotInService },
        { "vacant code", "985.2 380 0 1370.6 274 0 1776.7 380 1000", CallTone.NotInService },
        { "no circuit", "985.2 380 0 1428.5 380 0 1776.7 380 1000", CallTone.NoCircuit },
        { "reorder announcement", "913.8 274 0 1428.5 380 0 1776.7 380 1000", CallTone.NoCircuit },
        { "fax that answers", "2100 3000 500", CallTone.Fax },
        { "fax that calls", "1100 500 3000 x3", CallTone.Fax },
        { "beep", "1000 500 1500", CallTone.Beep },
        { "low beep", "440 400 1500", CallTone.Beep },
        { "high beep", "1400 250 1500", CallTone.Beep },
    };

    [Theory, MemberData(nameof(Lines))]
    public void ATelephoneLinesToneIsTold(string what, string line, CallTone expected)
    {
        foreach (float levelDb in (ReadOnlySpan<float>)[-10, -24, -36])
            foreach (double snr in (ReadOnlySpan<double>)[double.PositiveInfinity, 20])
            {
                HashSet<CallTone> told = [.. Told(OverTelephone(WithNoise(Play(line, levelDb), levelDb - 3, snr)))];
                // One part of a cadence, or of fax tones, may have been taken for a beep before the rest was heard.
                told.Remove(expected is CallTone.Ringback or CallTone.Fax ? CallTone.Beep : CallTone.None);
                Assert.True(told.SetEquals([expected]), $"{what} at {levelDb} dBFS, {snr} dB over noise: {string.Join(", ", told)}");
            }
    }

    [Theory]
    [InlineData("425 500 500 x1")] // one burst
    [InlineData("425 500 120 x6")] // another cadence
    [InlineData("700 500 500 x4")] // another pitch
    [InlineData("480+620 4000 500")] // no cadence
    [InlineData("440+350 5000 500")] // dial tone
    [InlineData("950 330 0 1400 330 500")] // two of three
    [InlineData("950 330 0 1800 330 0 1400 330 1000")] // another order
    [InlineData("950 330 200 1400 330 200 1800 330 1000")] // three beeps
    [InlineData("950 100 0 1400 100 0 1800 100 1000")] // a jingle
    [InlineData("2100 500 500")] // too short for a fax
    [InlineData("1100 500 1000 x4")] // too often for one
    public void WhatIsNoneOfTheLinesTonesIsNot(string line)
    {
        IEnumerable<CallTone> told = Told(OverTelephone(Play(line, -20))).Where(tone => tone != CallTone.Beep);
        Assert.Empty(told);
    }

    [Fact]
    public void SteadyTonesAreKnownAsSuchWhileTheySound()
    {
        foreach (string line in (string[])["425 1000 0", "440+480 1000 0", "480+620 1000 0", "400+450 1000 0", "2100 1000 0"])
        {
            var detector = new ToneDetector(Rate);
            int steady = OverTelephone(Play(line, -20)).Chunk(FrameSamples).Where(frame => frame.Length == FrameSamples).Count(frame => Pushed(detector, frame));
            Assert.True(steady >= 40, $"{line}: {steady} of 50 frames");
        }

        static bool Pushed(ToneDetector detector, short[] frame)
        {
            detector.Push(frame);
            return detector.IsTone;
        }
    }

    [RequiresFact(Shared = "data/noise/callattendant-resources")]
    public void RecordedSpecialInformationTonesAreHeard()
    {
        foreach (string name in (string[])["IC_SIT", "disconnected-with-sit", "not-in-service-with-sit", "blocked-with-sit"])
        {
            CallTone[] told = [.. Told(OverTelephone(Read(SharedData.Require($"data/noise/callattendant-resources/{name}.wav"))))];
            output.WriteLine($"{name}: {string.Join(", ", told)}");
            Assert.Equal([CallTone.NotInService], told.Where(tone => tone != CallTone.Beep));
        }
        Assert.Equal([CallTone.Beep], Told(OverTelephone([.. Read(SharedData.Require("data/noise/callattendant-resources/beep.wav")), .. new short[Rate]])));
    }

    [RequiresFact(Shared = "data/speech")]
    public void VoicesNoiseAndMusicHaveNoTones()
    {
        var heard = new List<string>();
        var (total, steady) = (TimeSpan.Zero, 0L);
        IEnumerable<string> files = ((string[])["data/speech", "data/emotion", "data/noise/esc10", "data/noise/soundtool", "data/noise/speechbrain"])
            .Select(SharedData.Find).OfType<string>().SelectMany(folder => Directory.EnumerateFiles(folder, "*.wav", SearchOption.AllDirectories)).Order(StringComparer.Ordinal);
        IEnumerable<(string, short[])> sounds = files.Select(path => (Path.GetFileName(path), Read(path))).Append(("hold music", HoldMusic.Render(Rate, -20)));
        foreach ((string name, short[] samples) in sounds)
        {
            var detector = new ToneDetector(Rate);
            foreach (short[] frame in OverTelephone(samples).Chunk(FrameSamples).Where(frame => frame.Length == FrameSamples))
            {
                if (detector.Push(frame) is not CallTone.None and var tone)
                    heard.Add($"{name}: {tone}");
                steady += detector.IsTone ? 1 : 0;
            }
            total += TimeSpan.FromSeconds(samples.Length / (double)Rate);
        }
        output.WriteLine($"{heard.Count} tones in {total.TotalMinutes:F1} minutes, {steady / total.TotalSeconds * 2:F2} % of the frames steady: {string.Join("; ", heard)}");
        Assert.Empty(heard);
        Assert.InRange(steady / total.TotalSeconds * 0.02, 0, 0.03);
    }

    [Fact]
    public void AFrameAllocatesNothing()
    {
        var detector = new ToneDetector(Rate);
        short[] samples = Play("480+620 500 500 x4", -20);
        Run(detector, samples);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run(detector, samples);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        static void Run(ToneDetector detector, short[] samples)
        {
            for (int at = 0; at + FrameSamples <= samples.Length; at += FrameSamples)
                detector.Push(samples.AsSpan(at, FrameSamples));
        }
    }

    private static short[] Read(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return WavFile.TryRead(stream, out WavFile? wav, out _) ? Resampler.Convert(wav!.ToMono(), wav.SampleRate, Rate) : [];
    }

    private static List<CallTone> Told(short[] samples)
    {
        var detector = new ToneDetector(Rate);
        var told = new List<CallTone>();
        for (int at = 0; at + FrameSamples <= samples.Length; at += FrameSamples)
            if (detector.Push(samples.AsSpan(at, FrameSamples)) is not CallTone.None and var tone && (told.Count == 0 || told[^1] != tone))
                told.Add(tone);
        return told;
    }

    private static short[] OverTelephone(short[] samples)
    {
        short[] narrow = Resampler.Convert(samples, Rate, 8_000);
        var codes = new byte[narrow.Length];
        G711.ALawEncode(narrow, codes);
        G711.ALawDecode(codes, narrow);
        return Resampler.Convert(narrow, 8_000, Rate);
    }

    private static short[] WithNoise(short[] samples, double levelDb, double snr) => double.IsInfinity(snr)
        ? samples
        : Signals.Mix(samples, Signals.Noise(new Random(5), samples.Length, Level.FromDb((float)(levelDb - snr))));

    /// <summary>"hz[+hz] on off [hz on off …] [xTimes]", in milliseconds, with a little silence before and behind.</summary>
    private static short[] Play(string line, float levelDb)
    {
        string[] words = line.Split(' ');
        int times = words[^1][0] == 'x' ? int.Parse(words[^1][1..], System.Globalization.CultureInfo.InvariantCulture) : 1;
        var samples = new List<short>(new short[Rate / 10 + 77]);
        for (int time = 0; time < times; time++)
        {
            double[]? pitch = null;
            for (int i = 0; i < words.Length - (times > 1 || words[^1] == "x1" ? 1 : 0);)
            {
                pitch = [.. words[i++].Split('+').Select(hz => double.Parse(hz, System.Globalization.CultureInfo.InvariantCulture))];
                samples.AddRange(Tone(pitch, int.Parse(words[i++], System.Globalization.CultureInfo.InvariantCulture), levelDb));
                samples.AddRange(new short[int.Parse(words[i++], System.Globalization.CultureInfo.InvariantCulture) * (Rate / 1_000)]);
            }
        }
        return [.. samples, .. new short[Rate / 10]];
    }

    private static short[] Tone(double[] hz, int milliseconds, float levelDb)
    {
        var tone = new ToneGenerator(Rate);
        if (hz.Length == 1)
            tone.Start((float)hz[0], levelDb, TimeSpan.FromMilliseconds(milliseconds));
        else
            tone.Start((float)hz[0], levelDb - 6, (float)hz[1], levelDb - 6, TimeSpan.FromMilliseconds(milliseconds));
        var samples = new short[milliseconds * (Rate / 1_000)];
        tone.Fill(samples);
        return samples;
    }
}
