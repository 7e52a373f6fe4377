using PhoneAgent.Audio;
using Xunit;

namespace PhoneAgent.Tests.Audio;

public class EchoDetectorTests
{
    private const int Frame = 320;
    private readonly Random _random = new(7);
    private float _last;

    [Theory]
    [InlineData(20, 0.3)]
    [InlineData(180, 0.1)]
    [InlineData(400, 0.5)]
    public void What_comes_back_late_and_quiet_is_an_echo(int delayMilliseconds, double gain)
    {
        (short[] sent, short[] received) = (Speech(2), new short[32_000]);
        int delay = delayMilliseconds * 16;
        for (int i = delay; i < received.Length; i++)
            received[i] = (short)(sent[i - delay] * gain + _random.Next(-8, 8));
        Assert.True(Likeness(sent, received) > 0.8);
    }

    [Fact]
    public void Somebody_else_is_none() => Assert.True(Likeness(Speech(2), Speech(2)) < 0.45);

    [Fact]
    public void Somebody_who_talks_over_his_own_echo_is_none()
    {
        (short[] sent, short[] own) = (Speech(2), Speech(2));
        short[] received = [.. own.Select((sample, i) => (short)(sample + (i >= 1600 ? sent[i - 1600] / 5 : 0)))];
        Assert.True(Likeness(sent, received) < 0.5);
    }

    [Fact]
    public void Silence_on_either_side_is_none()
    {
        Assert.Equal(0, Likeness(new short[32_000], Speech(2)));
        Assert.Equal(0, Likeness(Speech(2), new short[32_000]));
        Assert.Equal(0, new EchoDetector(TimeSpan.FromMilliseconds(120), TimeSpan.FromMilliseconds(500)).Likeness());
    }

    private static float Likeness(short[] sent, short[] received)
    {
        var detector = new EchoDetector(TimeSpan.FromMilliseconds(120), TimeSpan.FromMilliseconds(500));
        for (int at = 0; at + Frame <= sent.Length; at += Frame)
            detector.Add(sent.AsSpan(at, Frame), received.AsSpan(at, Frame));
        return detector.Likeness();
    }

    /// <summary>Low-passed noise: what speech under 2 kHz looks like to a correlation.</summary>
    private short[] Speech(int seconds)
    {
        short[] samples = new short[16_000 * seconds];
        for (int i = 0; i < samples.Length; i++)
            samples[i] = (short)(_last = 0.75f * _last + (float)(_random.NextDouble() - 0.5) * 4000);
        return samples;
    }
}
