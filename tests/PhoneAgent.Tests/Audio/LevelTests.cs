using PhoneAgent.Audio;
using Xunit;

namespace PhoneAgent.Tests.Audio;

public class LevelTests
{
    [Fact]
    public void Levels_of_known_signals()
    {
        Assert.Equal(-3.01f, Level.RmsDb(Signals.Sine(400, 8000, 8000, 32767)), 0.01f);
        Assert.Equal(Level.FloorDb, Level.RmsDb(new short[100]));
        Assert.Equal(Level.FloorDb, Level.RmsDb([]));
        Assert.Equal(32768, Level.Peak([1, short.MinValue, 5]));
        Assert.Equal(-20f, Level.ToDb(Level.FromDb(-20)), 0.001f);
    }

    [Fact]
    public void The_meter_rises_at_once_and_falls_slowly()
    {
        var meter = new LevelMeter(8000, fallDbPerSecond: 50);
        short[] loud = Signals.Sine(400, 8000, 160, 20000);
        float level = meter.Add(loud);
        Assert.Equal(Level.RmsDb(loud), level);
        Assert.Equal(level - 1, meter.Add(new short[160]), 0.001f);
    }

    [Fact]
    public void A_ramp_reaches_its_gain_without_a_step()
    {
        var gain = new Gain(8000);
        var frame = new short[160];
        frame.AsSpan().Fill(10000);
        gain.RampTo(-20, TimeSpan.FromMilliseconds(20));
        gain.Apply(frame);
        for (int i = 1; i < frame.Length; i++)
            Assert.InRange(frame[i - 1] - frame[i], 0, 60);
        Assert.InRange(frame[^1], 995, 1005);
        frame.AsSpan().Fill(10000);
        gain.Apply(frame);
        Assert.All(frame, s => Assert.Equal(1000, s));
        gain.RampTo(0, TimeSpan.Zero);
        frame.AsSpan().Fill(10000);
        gain.Apply(frame);
        Assert.All(frame, s => Assert.Equal(10000, s));
        gain.RampToSilence(TimeSpan.FromMilliseconds(10));
        gain.Apply(frame);
        Assert.All(frame[80..], s => Assert.Equal(0, s));
    }

    [Fact]
    public void Comfort_noise_has_the_level_that_was_sent_and_no_tone()
    {
        var noise = new ComfortNoise();
        Assert.False(noise.HasLevel);
        Assert.False(noise.Update([]));
        Assert.False(noise.Update([200]));
        Assert.True(noise.Update([45, 1, 2, 3]));
        var frame = new short[8000];
        noise.Fill(frame);
        noise.Fill(frame);
        Assert.Equal(-45f, Level.RmsDb(frame), 0.5f);
        for (double hz = 200; hz < 4000; hz += 100)
            Assert.True(Signals.AmplitudeAt(frame, hz, 8000) < Level.Rms(frame) * 0.15);
    }
}
