using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Listening;
using Xunit;

namespace PhoneAgent.Testing.Contracts;

/// <summary>What every voice detector promises. A subclass says how to make one; see <see cref="RequirementAttribute"/>.</summary>
public abstract class VoiceDetectorContract
{
    private const int Frame = AudioFormat.FrameSamples;

    /// <summary>Two detectors may come of the same model: the test disposes each.</summary>
    protected abstract IVoiceDetector Create();

    /// <summary>How many samples less than the audio the last result may cover: one window less one.</summary>
    protected virtual int MaxLagSamples => Frame - 1;

    [ContractFact]
    public void ResultsAreProbabilitiesInOrderAndNotAhead()
    {
        var audio = VoicelikeAndNoise(seed: 1, seconds: 3);
        var results = Detect(audio);

        Assert.True(results.Count >= audio.Length / (MaxLagSamples + 1), $"{results.Count} results");
        Assert.All(results, r => Assert.InRange(r.Probability, 0f, 1f));
        for (var i = 1; i < results.Count; i++)
            Assert.True(results[i].Position > results[i - 1].Position);
        Assert.InRange(results[^1].Position, audio.Length - MaxLagSamples, audio.Length);
    }

    [ContractFact]
    public void PositionsFollowTheFrames()
    {
        var results = Detect(new short[Frame * 50], start: 1_000_000);
        Assert.InRange(results[0].Position, 1_000_000 + 1, 1_000_000 + MaxLagSamples + 1);
        Assert.InRange(results[^1].Position, 1_000_000 + Frame * 50 - MaxLagSamples, 1_000_000 + Frame * 50);
    }

    [ContractFact]
    public void SilenceIsNoSpeech() => Assert.All(Detect(new short[Frame * 100]), r => Assert.InRange(r.Probability, 0f, 0.3f));

    [ContractFact]
    public void SteadyHissIsNoSpeech()
    {
        var random = new Random(3);
        var hiss = new short[Frame * 150];
        for (var i = 0; i < hiss.Length; i++)
            hiss[i] = (short)random.Next(-300, 301);
        Assert.InRange(Share(Detect(hiss)), 0, 0.05);
    }

    [ContractFact]
    public void ExtremeSamplesGiveNumbers()
    {
        var random = new Random(4);
        var audio = new short[Frame * 60];
        for (var i = 0; i < audio.Length; i++)
            audio[i] = (i / 3_000 % 4) switch { 0 => short.MaxValue, 1 => short.MinValue, 2 => (short)random.Next(short.MinValue, short.MaxValue), _ => 0 };
        Assert.All(Detect(audio), r => Assert.True(r.Probability is >= 0 and <= 1));
    }

    [ContractFact]
    public void StreamsDoNotDisturbEachOther()
    {
        var first = VoicelikeAndNoise(seed: 5, seconds: 2);
        var second = VoicelikeAndNoise(seed: 6, seconds: 2);
        var alone = Detect(first);

        using var detector = Create();
        var together = new Collected();
        var other = new Collected();
        using (var a = detector.Open(together.Add))
        using (var b = detector.Open(other.Add))
        {
            for (var i = 0; i + Frame <= first.Length; i += Frame)
            {
                a.Push(i, first.AsSpan(i, Frame));
                b.Push(i, second.AsSpan(i, Frame));
                together.WaitFor(i + Frame - MaxLagSamples);
                other.WaitFor(i + Frame - MaxLagSamples);
            }
            together.WaitFor(first.Length - MaxLagSamples);
        }
        AssertSame(alone, together.All);
    }

    [ContractFact]
    public void AfterResetItStartsAnew()
    {
        var audio = VoicelikeAndNoise(seed: 7, seconds: 1);
        var fresh = Detect(audio);

        using var detector = Create();
        var results = new Collected();
        using (var stream = detector.Open(results.Add))
        {
            var noise = VoicelikeAndNoise(seed: 8, seconds: 1);
            PushAll(stream, noise, 0, results);
            results.Clear();
            stream.Reset();
            PushAll(stream, audio, 0, results);
        }
        AssertSame(fresh, results.All);
    }

    [ContractFact]
    public void PushDoesNotAllocate()
    {
        using var detector = Create();
        var audio = VoicelikeAndNoise(seed: 9, seconds: 4);
        using var stream = detector.Open(static _ => { });
        var position = 0;
        Assert.Equal(0, Garbage.Of(() =>
        {
            for (var i = 0; i + Frame <= audio.Length; i += Frame, position += Frame)
                stream.Push(position, audio.AsSpan(i, Frame));
        }));
    }

    [ContractFact]
    public async Task ManyThreadsManyStreams()
    {
        using var detector = Create();
        var audio = VoicelikeAndNoise(seed: 10, seconds: 2);
        var counts = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() =>
        {
            var results = new Collected();
            using var stream = detector.Open(results.Add);
            PushAll(stream, audio, 0, results);
            return results.All.Count;
        })));
        Assert.All(counts, c => Assert.Equal(counts[0], c));
    }

    protected List<VoiceActivity> Detect(short[] audio, long start = 0)
    {
        using var detector = Create();
        var results = new Collected();
        using (var stream = detector.Open(results.Add))
            PushAll(stream, audio, start, results);
        return results.All;
    }

    /// <summary>Share of results that say speech.</summary>
    protected static double Share(List<VoiceActivity> results) => results.Count(r => r.Probability >= 0.5f) / (double)Math.Max(1, results.Count);

    private void PushAll(IVoiceStream stream, short[] audio, long start, Collected results)
    {
        for (var i = 0; i + Frame <= audio.Length; i += Frame)
        {
            stream.Push(start + i, audio.AsSpan(i, Frame));
            if (i + Frame > MaxLagSamples)
                results.WaitFor(start + i + Frame - MaxLagSamples); // a batching detector may drop what is pushed faster than it computes
        }
    }

    private static void AssertSame(List<VoiceActivity> expected, List<VoiceActivity> actual)
    {
        Assert.Equal(expected.Select(r => r.Position), actual.Select(r => r.Position));
        for (var i = 0; i < expected.Count; i++)
            Assert.InRange(actual[i].Probability - expected[i].Probability, -0.001f, 0.001f);
    }

    /// <summary>Half a second of buzzing vowel-like sound, half a second of faint noise, and so on.</summary>
    private static short[] VoicelikeAndNoise(int seed, int seconds)
    {
        var random = new Random(seed);
        var audio = new short[seconds * AudioFormat.SampleRate];
        double phase = 0, resonator1 = 0, resonator2 = 0;
        for (var i = 0; i < audio.Length; i++)
        {
            phase += (110 + 30 * Math.Sin(i / 3_000.0)) / AudioFormat.SampleRate;
            var pulse = 0.0;
            if (phase >= 1)
            {
                phase -= 1;
                pulse = 6_000;
            }
            var y = pulse + 1.82 * resonator1 - 0.91 * resonator2;
            resonator2 = resonator1;
            resonator1 = y;
            var voiced = i / (AudioFormat.SampleRate / 2) % 2 == 0;
            audio[i] = (short)Math.Clamp((voiced ? y : 0) + random.Next(-20, 21), short.MinValue, short.MaxValue);
        }
        return audio;
    }

    /// <summary>Results, perhaps from another thread.</summary>
    private sealed class Collected
    {
        private readonly List<VoiceActivity> results = [];

        public List<VoiceActivity> All
        {
            get
            {
                lock (results)
                    return [.. results];
            }
        }

        public void Add(VoiceActivity activity)
        {
            lock (results)
            {
                results.Add(activity);
                Monitor.PulseAll(results);
            }
        }

        public void Clear()
        {
            lock (results)
                results.Clear();
        }

        public void WaitFor(long position)
        {
            lock (results)
            {
                while (position > 0 && (results.Count == 0 || results[^1].Position < position) && Monitor.Wait(results, TimeSpan.FromSeconds(10)))
                {
                }
            }
        }
    }
}
