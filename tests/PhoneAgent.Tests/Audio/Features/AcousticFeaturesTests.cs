using FsCheck;
using FsCheck.Fluent;
using PhoneAgent.Audio;
using PhoneAgent.Audio.Features;
using PhoneAgent.Testing;
using Xunit;

namespace PhoneAgent.Tests.Audio.Features;

public class AcousticFeaturesTests
{
    [Theory]
    [InlineData("logmel")]
    [InlineData("mfcc")]
    [InlineData("contrast")]
    [InlineData("chroma")]
    [InlineData("energy")]
    public void Every_value_is_within_a_ten_thousandth_of_the_reference(string name)
    {
        List<float[]> actual = All(new AcousticFeatures(), ReferenceVectors.Signal(), features => Of(name, features));
        double[][] expected = ReferenceVectors.Rows(name);
        Assert.Equal(expected.Length, actual.Count);
        for (int frame = 0; frame < expected.Length; frame++)
        {
            Assert.Equal(expected[frame].Length, actual[frame].Length);
            for (int i = 0; i < expected[frame].Length; i++)
            {
                // A difference of nearly equal values is exact to their size, not to its own.
                double allowed = 1e-4 * Math.Max(Math.Abs(expected[frame][i]), 0.01);
                Assert.True(Math.Abs(expected[frame][i] - actual[frame][i]) <= allowed,
                    $"{name}, frame {frame}, value {i}: {actual[frame][i]:R} for {expected[frame][i]:R}");
            }
        }
    }

    [Fact]
    public void Any_cut_into_pieces_gives_the_same_features()
    {
        short[] signal = ReferenceVectors.Signal();
        List<float[]> whole = All(new AcousticFeatures(), signal, Everything);
        Prop.ForAll(Gen.Choose(0, 700).ListOf().ToArbitrary(), cuts =>
        {
            var features = new AcousticFeatures();
            var pieces = new List<float[]>();
            int at = 0;
            foreach (int cut in cuts.Append(signal.Length))
            {
                int count = Math.Min(cut, signal.Length - at);
                pieces.AddRange(All(features, signal.AsSpan(at, count), Everything));
                at += count;
            }
            return pieces.Count == whole.Count && pieces.Zip(whole).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void After_a_reset_nothing_is_left_of_what_came_before()
    {
        var features = new AcousticFeatures();
        All(features, Signals.Noise(new Random(3), 7777, 8000), Everything);
        features.Reset();
        List<float[]> again = All(features, ReferenceVectors.Signal(), Everything);
        Assert.Equal(All(new AcousticFeatures(), ReferenceVectors.Signal(), Everything), again);
    }

    [Fact]
    public void A_frame_allocates_nothing()
    {
        short[] signal = ReferenceVectors.Signal();
        var features = new AcousticFeatures();
        int frames = Run(features, signal);
        Assert.Equal(0, Garbage.Of(() =>
        {
            for (int at = 0; at + 320 <= signal.Length; at += 320)
                frames += Run(features, signal.AsSpan(at, 320));
        }));
        Assert.True(frames > 40);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(short.MaxValue)]
    [InlineData(short.MinValue)]
    public void Silence_and_a_stuck_line_give_finite_values_and_no_pitch(short value)
    {
        var stuck = new short[8000];
        stuck.AsSpan().Fill(value);
        foreach (float[] frame in All(new AcousticFeatures(), stuck, Everything))
            Assert.All(frame, x => Assert.True(float.IsFinite(x)));
        Assert.All(All(new AcousticFeatures(), stuck, features => [features.Pitch.Hz]), frame => Assert.Equal(0, frame[0]));
    }

    [Fact]
    public void Full_scale_noise_gives_finite_values()
    {
        foreach (float[] frame in All(new AcousticFeatures(), Signals.Noise(new Random(8), 16000, 32000), Everything))
            Assert.All(frame, x => Assert.True(float.IsFinite(x)));
    }

    [RequiresFact(Shared = "data/emotion")]
    public void Every_recording_gives_finite_values_and_a_pitch_in_range()
    {
        int voiced = 0;
        foreach (string path in Directory.EnumerateFiles(SharedData.Require("data/emotion"), "*.wav", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Take(40))
        {
            using FileStream stream = File.OpenRead(path);
            Assert.True(WavFile.TryRead(stream, out WavFile? wav, out string? error), error);
            var features = new AcousticFeatures();
            ReadOnlySpan<short> samples = Resampler.Convert(wav!.ToMono(), wav.SampleRate, FeatureFrames.SampleRate);
            while (features.Next(ref samples))
            {
                Assert.All(Everything(features), x => Assert.True(float.IsFinite(x)));
                if (!features.Pitch.IsVoiced)
                    continue;
                Assert.InRange(features.Pitch.Hz, PitchTracker.LowestHz, PitchTracker.HighestHz);
                voiced++;
            }
            Assert.InRange(features.Perturbation.Jitter, 0, 0.1f);
            Assert.InRange(features.Perturbation.Shimmer, 0, 0.4f);
        }
        Assert.True(voiced > 1000);
    }

    internal static List<float[]> All(AcousticFeatures features, ReadOnlySpan<short> samples, Func<AcousticFeatures, float[]> select)
    {
        var frames = new List<float[]>();
        while (features.Next(ref samples))
            frames.Add(select(features));
        return frames;
    }

    private static int Run(AcousticFeatures features, ReadOnlySpan<short> samples)
    {
        int frames = 0;
        while (features.Next(ref samples))
            frames++;
        return frames;
    }

    private static float[] Of(string name, AcousticFeatures features) => name switch
    {
        "logmel" => features.LogMel.ToArray(),
        "mfcc" => [.. features.Cepstrum, .. features.Delta, .. features.DeltaDelta],
        "contrast" => features.Contrast.ToArray(),
        "chroma" => features.ChromaStrengths.ToArray(),
        _ => [features.EnergyDb],
    };

    private static float[] Everything(AcousticFeatures features) =>
        [.. features.LogMel, .. Of("mfcc", features), .. features.Contrast, .. features.ChromaStrengths,
         features.EnergyDb, features.Pitch.Hz, features.Pitch.Clarity, features.Perturbation.Jitter, features.Perturbation.Shimmer];
}
