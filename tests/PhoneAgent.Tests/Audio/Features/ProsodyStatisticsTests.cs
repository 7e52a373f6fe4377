using PhoneAgent.Audio.Features;
using Xunit;

namespace PhoneAgent.Tests.Audio.Features;

public class ProsodyStatisticsTests
{
    private const int Rate = FeatureFrames.SampleRate;

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(7)]
    public void Syllables_are_counted_by_their_nuclei(int perSecond)
    {
        // A voice whose loudness swings by 14 dB, as between vowels and consonants.
        short[] voice = Voice(2, _ => 140, t => 0.6 - 0.4 * Math.Cos(2 * Math.PI * perSecond * t));
        Assert.Equal(perSecond, Of(voice).SyllablesPerSecond, 0.06 * perSecond);
    }

    [Fact]
    public void A_hum_is_one_syllable() => Assert.Equal(1, (int)Math.Round(2 * Of(Voice(2, _ => 140, _ => 1)).SyllablesPerSecond));

    [Fact]
    public void Bursts_of_noise_are_no_syllables()
    {
        short[] noise = Signals.Noise(new Random(2), 2 * Rate, 4000);
        for (int i = 0; i < noise.Length; i++)
            noise[i] = (short)(noise[i] * (0.6 - 0.4 * Math.Cos(2 * Math.PI * 5 * i / Rate)));
        Assert.InRange(Of(noise).SyllablesPerSecond, 0, 0.6f);
    }

    [Fact]
    public void Pauses_of_300_ms_count_and_shorter_ones_and_the_silence_around_do_not()
    {
        // 0.5 s silence, 0.5 s voice, 0.2 s gap, 0.5 s voice, 0.8 s pause, 0.5 s voice, 0.5 s silence.
        static double Loudness(double t) => t is (> 0.5 and < 1) or (> 1.2 and < 1.7) or (> 2.5 and < 3) ? 1 : 0;
        Prosody prosody = Of(Voice(3.5, _ => 140, Loudness));
        Assert.Equal(2.5, prosody.Length.TotalSeconds, 0.06);
        Assert.Equal(0.8 / 2.5, prosody.PauseRatio, 0.02);
    }

    [Fact]
    public void Padding_with_zeros_changes_nothing()
    {
        short[] voice = Voice(1, t => 120 + 40 * t, t => 0.6 - 0.4 * Math.Cos(2 * Math.PI * 4 * t));
        Assert.Equal(Of([.. voice, .. new short[400]]), Of([.. voice, .. new short[2 * Rate]]));
    }

    [Fact]
    public void Pitch_is_measured_in_semitones()
    {
        // From 100 Hz an octave up in 2 s: 6 semitones a second, 5.4 (less the ends) from one to the other 5 %.
        Prosody prosody = Of(Voice(2, t => 100 * Math.Pow(2, t / 2), _ => 1));
        Assert.Equal(6, prosody.PitchMean, 0.2);
        Assert.Equal(6, prosody.PitchSlope, 0.1);
        Assert.Equal(0.9 * 12, prosody.PitchRange, 0.3);
        Assert.InRange(prosody.VoicedRatio, 0.97f, 1);
    }

    [Fact]
    public void The_hum_of_the_line_in_a_pause_is_not_the_speakers_pitch()
    {
        short[] voice = Voice(3, _ => 200, t => t is < 1 or > 2 ? 1 : 0);
        short[] hum = Signals.Sine(65, Rate, voice.Length, amplitude: 150);
        for (int i = 0; i < voice.Length; i++)
            voice[i] += hum[i];
        Assert.Equal(0, Of(voice).PitchRange, 0.3);
    }

    [Fact]
    public void Energy_is_measured_over_what_is_loud()
    {
        // Half at one level, half 12 dB below.
        Prosody prosody = Of(Voice(2, _ => 160, t => t < 1 ? 1 : 0.2512));
        Assert.Equal(12, prosody.EnergyRangeDb, 0.5);
        Assert.Equal(0, Of(Voice(2, _ => 160, _ => 1)).EnergyRangeDb, 0.5);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.01, 0)]
    [InlineData(0.03, 0)]
    [InlineData(0, 0.05)]
    [InlineData(0, 0.15)]
    [InlineData(0.02, 0.1)]
    public void Jitter_and_shimmer_are_those_of_the_pulses(double jitter, double shimmer)
    {
        Perturbation found = Of(Pulses(125, jitter, shimmer)).Perturbation;
        Assert.True(found.Periods > 150);
        Assert.Equal(jitter, found.Jitter, 0.15 * jitter + 0.0015);
        // A pulse rings on into the next: where the lengths differ, so do the amplitudes a little.
        Assert.Equal(shimmer, found.Shimmer, 0.2 * shimmer + 0.5 * jitter + 0.008);
    }

    [Fact]
    public void Silence_and_nothing_at_all_give_zeros()
    {
        Assert.Equal(default, Of(new short[Rate]));
        Assert.Equal(default, Of([]));
    }

    [Fact]
    public void An_utterance_longer_than_a_minute_is_measured_over_its_first_and_a_reset_starts_anew()
    {
        var features = new AcousticFeatures();
        var statistics = new ProsodyStatistics();
        Feed(features, statistics, new short[65 * Rate]);
        Assert.Equal(ProsodyStatistics.MostFrames, statistics.Count);
        features.Reset();
        statistics.Reset();
        short[] voice = Voice(1, _ => 150, _ => 1);
        Feed(features, statistics, voice);
        Assert.Equal(Of(voice), statistics.Summarise());
    }

    [Fact]
    public void A_summary_allocates_nothing()
    {
        var statistics = new ProsodyStatistics();
        Feed(new AcousticFeatures(), statistics, Voice(1, _ => 150, _ => 1));
        Prosody first = statistics.Summarise();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Prosody second = statistics.Summarise();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(first, second);
    }

    private static Prosody Of(short[] samples)
    {
        var statistics = new ProsodyStatistics();
        Feed(new AcousticFeatures(), statistics, samples);
        return statistics.Summarise();
    }

    private static void Feed(AcousticFeatures features, ProsodyStatistics statistics, ReadOnlySpan<short> samples)
    {
        while (features.Next(ref samples))
            statistics.Add(features);
    }

    private static short[] Voice(double seconds, Func<double, double> hz, Func<double, double> loudness)
    {
        var samples = new short[(int)(seconds * Rate)];
        double phase = 0;
        for (int i = 0; i < samples.Length; i++)
        {
            double t = (double)i / Rate;
            phase += 2 * Math.PI * hz(t) / Rate;
            double sum = 0;
            for (int k = 1; k <= 15; k++)
                sum += Math.Sin(k * phase + 0.7 * k * k) / k;
            samples[i] = (short)(5000 * loudness(t) * sum);
        }
        return samples;
    }

    /// <summary>Damped resonances struck at every period; length and amplitude differ from each period to the next by the shares given.</summary>
    private static short[] Pulses(double hz, double jitter, double shimmer)
    {
        var sum = new double[2 * Rate];
        double at = 50;
        for (int pulse = 0; at < sum.Length; pulse++)
        {
            int sign = pulse % 2 == 0 ? 1 : -1;
            for (int i = (int)Math.Ceiling(at); i < Math.Min(sum.Length, at + 600); i++)
            {
                double t = (i - at) / Rate;
                sum[i] += 9000 * (1 + sign * shimmer / 2) * (Math.Exp(-500 * t) * Math.Sin(2 * Math.PI * 600 * t) + 0.4 * Math.Exp(-700 * t) * Math.Sin(2 * Math.PI * 1500 * t));
            }
            at += Rate / hz * (1 + sign * jitter / 2);
        }
        return Array.ConvertAll(sum, value => (short)Math.Round(value));
    }
}
