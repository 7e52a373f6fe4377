using PhoneAgent.Audio.Features;
using Xunit;

namespace PhoneAgent.Tests.Audio.Features;

public class PitchTrackerTests
{
    private const int Rate = FeatureFrames.SampleRate;

    [Theory]
    [InlineData(70, 140, 1)]
    [InlineData(120, 300, 1)]
    [InlineData(380, 90, 1)]
    [InlineData(150, 250, 3)]
    [InlineData(110, 220, 4)]
    public void A_glide_is_followed_within_one_percent(double fromHz, double toHz, int firstHarmonic)
    {
        const double Seconds = 2;
        short[] glide = Glide(fromHz, toHz, Seconds, firstHarmonic);
        List<float> track = Track(glide);
        Assert.Equal(198, track.Count);
        for (int frame = 8; frame < track.Count; frame++)
        {
            // YIN compares [s, s + 512) with as much one period later; the estimate is that of the middle of both.
            double end = 160.0 * frame + 400;
            double guess = fromHz + (toHz - fromHz) * (end - 400) / (Rate * Seconds);
            double middle = end - 780 + (512 + Rate / guess) / 2;
            double expected = fromHz + (toHz - fromHz) * middle / (Rate * Seconds);
            Assert.InRange(track[frame], expected * 0.99, expected * 1.01);
        }
    }

    [Fact]
    public void Noise_is_not_voiced()
    {
        List<float> track = Track(Signals.Noise(new Random(1), 32000, 3000));
        Assert.InRange(track.Count(hz => hz > 0), 0, track.Count / 50);
    }

    [Fact]
    public void What_is_nearly_silent_is_not_voiced() =>
        Assert.DoesNotContain(Track(Signals.Sine(200, Rate, 16000, amplitude: 20)), hz => hz > 0);

    [Fact]
    public void A_jump_that_lasts_is_followed_and_a_short_one_is_not()
    {
        // The even harmonics grow until for 20 ms they nearly are an octave above; a listener hears one note.
        short[] signal = Glide(150, 150, 1, 1);
        short[] octave = Glide(300, 300, 1, 1);
        short[] shortJump = [.. signal];
        for (int i = 8000; i < 8320; i++)
            shortJump[i] = octave[i];
        Assert.All(Track(shortJump).Skip(8).Where(hz => hz > 0), hz => Assert.InRange(hz, 145, 155));

        short[] lasting = [.. signal[..8000], .. octave[8000..]];
        Assert.All(Track(lasting).Skip(60), hz => Assert.InRange(hz, 297, 303));
    }

    internal static List<float> Track(ReadOnlySpan<short> samples) =>
        AcousticFeaturesTests.All(new AcousticFeatures(), samples, features => [features.Pitch.Hz]).ConvertAll(frame => frame[0]);

    private static short[] Glide(double fromHz, double toHz, double seconds, int firstHarmonic)
    {
        var signal = new short[(int)(Rate * seconds)];
        double phase = 0;
        for (int i = 0; i < signal.Length; i++)
        {
            double hz = fromHz + (toHz - fromHz) * i / signal.Length;
            phase += 2 * Math.PI * hz / Rate;
            double sum = 0;
            for (int k = firstHarmonic; k * hz < 3400; k++)
                sum += Math.Sin(k * phase + 0.7 * k * k) / k;
            signal[i] = (short)(5000 * sum);
        }
        return signal;
    }
}
