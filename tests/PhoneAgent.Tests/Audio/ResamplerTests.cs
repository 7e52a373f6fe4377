using PhoneAgent.Audio;
using Xunit;

namespace PhoneAgent.Tests.Audio;

public class ResamplerTests
{
    [Theory]
    [InlineData(8000, 16000)]
    [InlineData(16000, 8000)]
    [InlineData(16000, 48000)]
    [InlineData(48000, 16000)]
    public void Every_20_ms_give_exactly_20_ms(int from, int to)
    {
        var resampler = new Resampler(from, to);
        var input = new short[from / 50];
        var output = new short[to / 50];
        for (int i = 0; i < 1000; i++)
            Assert.Equal(output.Length, resampler.Process(input, output));
    }

    [Theory]
    [InlineData(22050, 16000)]
    [InlineData(24000, 16000)]
    [InlineData(44100, 16000)]
    [InlineData(11025, 48000)]
    public void Any_cut_into_pieces_gives_the_same_samples_and_no_drift(int from, int to)
    {
        short[] input = Signals.Noise(new Random(5), from, 6000);
        var whole = new Resampler(from, to);
        var expected = new short[whole.OutputLength(input.Length)];
        whole.Process(input, expected);
        Assert.Equal(to, expected.Length);

        var random = new Random(6);
        var pieces = new Resampler(from, to);
        var actual = new List<short>();
        for (int at = 0; at < input.Length;)
        {
            int count = Math.Min(random.Next(0, 900), input.Length - at);
            var output = new short[pieces.OutputLength(count)];
            Assert.Equal(output.Length, pieces.Process(input.AsSpan(at, count), output));
            actual.AddRange(output);
            at += count;
        }
        Assert.Equal(expected, actual);
    }

    [Theory]
    [InlineData(8000, 16000)]
    [InlineData(16000, 8000)]
    [InlineData(16000, 48000)]
    [InlineData(22050, 16000)]
    [InlineData(24000, 16000)]
    [InlineData(44100, 16000)]
    public void The_pass_band_is_flat_to_085_of_the_lower_Nyquist(int from, int to)
    {
        double edge = 0.85 * Math.Min(from, to) / 2;
        for (double hz = 100; hz <= edge; hz += edge / 40)
        {
            short[] output = Steady(Run(from, to, hz));
            double gain = Signals.Db(Signals.AmplitudeAt(output, hz, to) / 30000);
            Assert.True(Math.Abs(gain) < 0.2, $"{hz:F0} Hz: {gain:F2} dB");
        }
    }

    [Theory]
    [InlineData(8000, 16000)]
    [InlineData(16000, 48000)]
    [InlineData(8000, 48000)]
    public void Images_of_the_pass_band_are_80_dB_down(int from, int to)
    {
        for (double hz = 100; hz <= 0.85 * from / 2; hz += from / 101.0)
        {
            short[] output = Steady(Run(from, to, hz));
            for (double image = from - hz; image < to / 2.0; image += from)
                AssertBelow(output, image, to, hz);
        }
    }

    [Theory]
    [InlineData(16000, 8000)]
    [InlineData(22050, 16000)]
    [InlineData(24000, 16000)]
    [InlineData(44100, 16000)]
    [InlineData(48000, 16000)]
    public void Nothing_folds_into_the_pass_band(int from, int to)
    {
        for (double hz = to - 0.85 * to / 2; hz < from / 2.0; hz += to / 101.0)
        {
            short[] output = Steady(Run(from, to, hz));
            double folded = Math.Abs(hz - to * Math.Round(hz / to));
            AssertBelow(output, folded, to, hz);
        }
    }

    [Theory]
    [InlineData(8000, 16000)]
    [InlineData(16000, 8000)]
    public void A_click_comes_out_two_milliseconds_later(int from, int to)
    {
        var resampler = new Resampler(from, to);
        var input = new short[from / 50];
        input[input.Length / 2] = 20000;
        var output = new short[to / 50];
        resampler.Process(input, output);
        int peak = Array.IndexOf(output, output.Max());
        double delay = (double)peak / to - (double)(input.Length / 2) / from;
        Assert.InRange(delay, 0.0018, 0.0021);
        Assert.InRange(resampler.Delay.TotalSeconds, 0, 0.002);
    }

    [Fact]
    public void A_whole_recording_keeps_its_length_and_place()
    {
        short[] input = Signals.Sine(440, 22050, 22050);
        short[] output = Resampler.Convert(input, 22050, 16000);
        Assert.Equal(16000, output.Length);
        short[] ideal = Signals.Sine(440, 16000, 16000);
        for (int i = 200; i < 15800; i++)
            Assert.InRange(output[i] - ideal[i], -250, 250);
    }

    [Fact]
    public void Full_scale_clips_instead_of_wrapping()
    {
        var input = new short[1600];
        for (int i = 0; i < input.Length; i++)
            input[i] = i / 40 % 2 == 0 ? short.MaxValue : short.MinValue;
        short[] output = Resampler.Convert(input, 8000, 16000);
        for (int i = 100; i < output.Length - 100; i++)
        {
            // Away from the edges the sign is that of the square wave.
            if (i / 2 % 40 is > 8 and < 32)
                Assert.Equal(Math.Sign(input[i / 2]), Math.Sign(output[i]));
        }
    }

    private static void AssertBelow(short[] output, double hz, int rate, double source)
    {
        double level = Signals.Db(Signals.AmplitudeAt(output, hz, rate) / 30000);
        Assert.True(level < -80, $"{source:F0} Hz leaves {level:F1} dB at {hz:F0} Hz");
    }

    private static short[] Run(int from, int to, double hz)
    {
        short[] input = Signals.Sine(hz, from, from / 2, 30000, 0.3);
        var resampler = new Resampler(from, to);
        var output = new short[resampler.OutputLength(input.Length)];
        resampler.Process(input, output);
        return output;
    }

    private static short[] Steady(short[] output) => output[(output.Length / 10)..];
}
