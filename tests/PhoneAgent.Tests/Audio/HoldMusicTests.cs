using PhoneAgent.Audio;
using Xunit;

namespace PhoneAgent.Tests.Audio;

public sealed class HoldMusicTests
{
    private const int Rate = 16_000;

    private static readonly short[] Music = HoldMusic.Render(Rate, -26);

    [Fact]
    public void ItHasItsLevelAndNeverClips()
    {
        Assert.Equal(24 * Rate, Music.Length);
        Assert.Equal(-26, Level.RmsDb(Music), 0.05);
        Assert.InRange(Level.ToDb(Level.Peak(Music)), -18, -8);
        // No bar is a pause and none shouts.
        for (int bar = 0; bar < 8; bar++)
            Assert.InRange(Level.RmsDb(Music.AsSpan(bar * 3 * Rate, 3 * Rate)), -29, -23);
    }

    [Fact]
    public void ItIsTheSameEachTime() => Assert.Equal(Music, HoldMusic.Render(Rate, -26));

    [Fact]
    public void TheEndRunsIntoTheBeginning()
    {
        // A click is a step larger than any within.
        int largest = 0;
        for (int i = 1; i < Music.Length; i++)
            largest = Math.Max(largest, Math.Abs(Music[i] - Music[i - 1]));
        Assert.InRange(Math.Abs(Music[0] - Music[^1]), 0, largest / 4);
        Assert.InRange(Math.Abs(Music[0] - 2 * Music[^1] + Music[^2]), 0, largest / 4);
    }

    [Fact]
    public void ATelephoneKeepsNearlyAllOfIt()
    {
        double all = 0, kept = 0;
        for (int at = 0; at + 4_096 <= Music.Length; at += 40_960)
        {
            for (int bin = 1; bin < 2_048; bin += 3)
            {
                double power = PowerAt(Music.AsSpan(at, 4_096), bin);
                all += power;
                if (bin * (Rate / 4_096.0) is >= 250 and <= 3_400)
                    kept += power;
            }
        }
        Assert.InRange(kept / all, 0.95, 1);
    }

    [Theory]
    [InlineData(6.0, 2.0)]
    [InlineData(3.0, 0.8)]
    [InlineData(5.0, 1.0)]
    public void RingbackHasItsCadence(double period, double sound)
    {
        RingbackTone tone = period switch { 6 => RingbackTone.NorthAmerica, 3 => RingbackTone.UnitedKingdom, _ => RingbackTone.Europe };
        short[] samples = tone.Render(Rate, -24);
        Assert.Equal((int)(period * Rate), samples.Length);
        int audible = 0;
        for (int at = 0; at < samples.Length; at += 160)
            audible += Level.Peak(samples.AsSpan(at, 160)) > 0 ? 160 : 0;
        Assert.Equal(sound, audible / (double)Rate, 0.011);
        Assert.Equal(-24, Level.RmsDb(samples.AsSpan(0, (int)(0.4 * Rate))), 0.2);
        Assert.Equal(0, samples[^1]);
    }

    private static double PowerAt(ReadOnlySpan<short> samples, int bin)
    {
        double re = 0, im = 0;
        for (int i = 0; i < samples.Length; i++)
        {
            double window = 0.5 - 0.5 * Math.Cos(2 * Math.PI * i / samples.Length), angle = 2 * Math.PI * bin * i / samples.Length;
            re += samples[i] * window * Math.Cos(angle);
            im += samples[i] * window * Math.Sin(angle);
        }
        return re * re + im * im;
    }
}
