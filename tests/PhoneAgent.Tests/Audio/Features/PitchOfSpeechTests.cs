using PhoneAgent.Audio;
using PhoneAgent.Audio.Features;
using PhoneAgent.Testing;
using Xunit;
using Xunit.Abstractions;

namespace PhoneAgent.Tests.Audio.Features;

/// <summary>Recorded speech against what another method found in it (<c>Vectors/make_pitch.py</c>).</summary>
public class PitchOfSpeechTests(ITestOutputHelper output)
{
    private const string Folder = "data/speech";
    private static readonly string[] Files =
        ["jfk/jfk.wav", "an4/an251-fash-b.wav", "an4/an5-mblw-b.wav", "speechbrain/spk1_snt1.wav", "speechbrain/spk2_snt4.wav"];

    [RequiresTheory(Shared = Folder)]
    [InlineData(false)]
    [InlineData(true)]
    public void At_most_one_voiced_frame_in_twenty_differs(bool overTelephone)
    {
        int both = 0, differ = 0, frames = 0, otherVoicing = 0;
        foreach (string file in Files)
        {
            var counts = Compare(file, overTelephone);
            output.WriteLine($"{file}: {counts}");
            (both, differ, frames, otherVoicing) =
                (both + counts.Both, differ + counts.Differ, frames + counts.Frames, otherVoicing + counts.OtherVoicing);
        }
        output.WriteLine($"{differ} of {both} frames that both call voiced differ by 5 %, {otherVoicing} of {frames} in voicing");
        Assert.True(both > 700);
        Assert.InRange(differ, 0, both / 20);
        Assert.InRange(otherVoicing, 0, frames / 8);
    }

    private static Counts Compare(string file, bool overTelephone)
    {
        using FileStream stream = File.OpenRead(SharedData.Require($"{Folder}/{file}"));
        Assert.True(WavFile.TryRead(stream, out WavFile? wav, out string? error), error);
        short[] samples = overTelephone ? OverTelephone(wav!.Samples) : wav!.Samples;
        Assert.Equal(FeatureFrames.SampleRate, wav.SampleRate);
        List<float> track = PitchTrackerTests.Track(samples);
        double[][] reference = ReferenceVectors.Rows($"pitch-{Path.GetFileNameWithoutExtension(file)}");
        int both = 0, differ = 0, otherVoicing = 0, more = 0;
        for (int i = 0; i < track.Count; i++)
        {
            // Frame i tells the pitch of 24 ms before its end at 10·i + 25 ms: row i of the reference.
            double expected = reference[i][0];
            if (track[i] > 0 != expected > 0)
                { otherVoicing++; more += track[i] > 0 ? 1 : 0; }
            else if (expected > 0)
            {
                both++;
                differ += Math.Abs(track[i] / expected - 1) > 0.05 ? 1 : 0;
            }
        }
        return new Counts(track.Count, both, differ, otherVoicing) { More = more };
    }

    /// <summary>8 kHz and G.711, as a call brings it.</summary>
    private static short[] OverTelephone(short[] samples)
    {
        short[] narrow = Resampler.Convert(samples, 16000, 8000);
        var codes = new byte[narrow.Length];
        G711.MuLawEncode(narrow, codes);
        G711.MuLawDecode(codes, narrow);
        return Resampler.Convert(narrow, 8000, 16000);
    }

    private readonly record struct Counts(int Frames, int Both, int Differ, int OtherVoicing) { public int More { get; init; } }
}
