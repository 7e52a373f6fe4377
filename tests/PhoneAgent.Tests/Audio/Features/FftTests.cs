using PhoneAgent.Audio.Features;
using Xunit;

namespace PhoneAgent.Tests.Audio.Features;

public class FftTests
{
    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(64)]
    [InlineData(512)]
    [InlineData(1024)]
    public void The_spectrum_is_that_of_the_definition(int size)
    {
        var random = new Random(size);
        double[] signal = [.. Enumerable.Range(0, size - 1).Select(_ => random.NextDouble() - 0.5)];
        var fft = new Fft(size);
        double[] real = new double[fft.Bins], imaginary = new double[fft.Bins], power = new double[fft.Bins];
        fft.Transform(signal, real, imaginary);
        fft.Power(signal, power);
        for (int k = 0; k < fft.Bins; k++)
        {
            double re = 0, im = 0;
            for (int i = 0; i < signal.Length; i++)
            {
                (double sin, double cos) = Math.SinCos(-2 * Math.PI * ((long)k * i % size) / size);
                re += signal[i] * cos;
                im += signal[i] * sin;
            }
            Assert.Equal(re, real[k], 1e-10);
            Assert.Equal(im, imaginary[k], 1e-10);
            Assert.Equal(re * re + im * im, power[k], 1e-9);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(500)]
    [InlineData(131072)]
    public void A_size_that_is_no_power_of_two_in_range_is_refused(int size) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Fft(size));

    [Fact]
    public void A_signal_longer_than_the_transform_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Fft(8).Power(new double[9], new double[5]));
}
