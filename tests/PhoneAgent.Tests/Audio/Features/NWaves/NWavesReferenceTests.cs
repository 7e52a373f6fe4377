using NWaves.Filters.Fda;
using NWaves.Transforms;
using PhoneAgent.Audio.Features;
using Xunit;

namespace PhoneAgent.Tests.Audio.Features.Reference;

/// <summary>Our streaming features beside those of a library that others use, on the same signals. Compiled where NWaves restores.</summary>
public sealed class NWavesReferenceTests
{
    /// <summary>NWaves computes in single precision; this much it leaves of a logarithm's exactness.</summary>
    private const double Allowed = 1e-3;

    private readonly RealFft _fft = new(Spectrum.FftSize);
    private readonly Dct2 _dct = new(MelSpectrogram.Bands);
    private readonly float[][] _bank = FilterBanks.MelBankSlaney(
        MelSpectrogram.Bands, Spectrum.FftSize, FeatureFrames.SampleRate, Spectrum.LowestHz, Spectrum.HighestHz);

    [Fact]
    public void Log_mel_and_cepstrum_are_those_of_NWaves()
    {
        short[] signal = ReferenceVectors.Signal();
        var ours = new AcousticFeatures();
        ReadOnlySpan<short> rest = signal;
        int frames = 0;
        while (ours.Next(ref rest))
        {
            float[] logMel = LogMel(signal.AsSpan(frames * FeatureFrames.HopSamples, FeatureFrames.WindowSamples));
            AssertClose(logMel, ours.LogMel, $"log-mel of frame {frames}");
            var cepstrum = new float[MelSpectrogram.Bands];
            // Of our log-mel: the sum over 64 bands would gather what single precision leaves in each.
            _dct.DirectNorm(ours.LogMel.ToArray(), cepstrum);
            AssertClose(cepstrum.AsSpan(0, Mfcc.Coefficients), ours.Cepstrum, $"cepstrum of frame {frames}");
            frames++;
        }
        Assert.True(frames > 20, $"{frames} frames");
    }

    [Theory]
    [InlineData(95)]
    [InlineData(150)]
    [InlineData(310)]
    public void The_pitch_of_a_voice_is_that_of_NWaves(int hz)
    {
        var voice = new short[FeatureFrames.SampleRate / 2];
        for (int i = 0; i < voice.Length; i++)
            for (int harmonic = 1; harmonic <= 8; harmonic++)
                voice[i] += (short)(6000.0 / harmonic * Math.Sin(2 * Math.PI * harmonic * hz * i / FeatureFrames.SampleRate));
        var ours = new AcousticFeatures();
        ReadOnlySpan<short> rest = voice;
        while (ours.Next(ref rest))
        {
        }
        float theirs = global::NWaves.Features.Pitch.FromYin([.. voice.Select(s => s / 32768f)], FeatureFrames.SampleRate, 0, FeatureFrames.HistorySamples, 60, 500);
        Assert.InRange(ours.Pitch.Hz / theirs, 0.99, 1.01); // NWaves does not interpolate the period
    }

    private float[] LogMel(ReadOnlySpan<short> window)
    {
        var samples = new float[Spectrum.FftSize];
        for (int i = 0; i < window.Length; i++)
            samples[i] = (float)(window[i] / 32768.0 * (0.5 - 0.5 * Math.Cos(2 * Math.PI * i / window.Length)));
        var power = new float[Spectrum.Bins];
        _fft.PowerSpectrum(samples, power, normalize: false);
        return [.. _bank.Select(band => (float)Math.Log(Math.Max(band.Zip(power, (weight, p) => (double)weight * p).Sum(), MelSpectrogram.Floor)))];
    }

    private static void AssertClose(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, string what)
    {
        for (int i = 0; i < actual.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= Allowed * Math.Max(1, Math.Abs(expected[i])), $"{what}, value {i}: {actual[i]:R} for {expected[i]:R}");
    }
}
