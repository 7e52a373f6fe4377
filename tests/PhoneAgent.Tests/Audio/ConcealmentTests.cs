using PhoneAgent.Audio;
using Xunit;

namespace PhoneAgent.Tests.Audio;

public class ConcealmentTests
{
    [Theory]
    [InlineData(8000, 110)]
    [InlineData(8000, 210)]
    [InlineData(16000, 110)]
    [InlineData(16000, 95)]
    public void A_lost_frame_of_a_voiced_sound_is_hardly_heard(int rate, double pitch)
    {
        short[] original = Signals.Voiced(rate, rate / 2, pitch);
        short[] repaired = Repair(original, rate, lostFrames: [12]);
        int frame = rate / 50;
        double error = Rms(original, repaired, 12 * frame, rate / 100);
        double level = Rms(original, new short[original.Length], 12 * frame, rate / 100);
        Assert.True(error < level * 0.35, $"the first 10 ms differ by {error:F0} of {level:F0}");
    }

    [Fact]
    public void Neither_end_of_a_gap_clicks()
    {
        foreach (double pitch in new[] { 80.0, 123, 177, 240 })
        {
            short[] original = Signals.Voiced(8000, 8000, pitch);
            short[] repaired = Repair(original, 8000, lostFrames: [12, 13]);
            int steepest = Steepest(original, 0, original.Length);
            Assert.InRange(Steepest(repaired, 12 * 160 - 20, 15 * 160), 0, steepest * 5 / 4);
        }
    }

    [Fact]
    public void A_long_gap_fades_to_silence_over_60_ms()
    {
        short[] original = Signals.Voiced(8000, 8000);
        short[] repaired = Repair(original, 8000, lostFrames: [20, 21, 22, 23, 24]);
        float before = Level.RmsDb(original.AsSpan(19 * 160, 160));
        Assert.InRange(Level.RmsDb(repaired.AsSpan(20 * 160, 80)), before - 2, before + 2);
        Assert.InRange(Level.RmsDb(repaired.AsSpan(21 * 160, 160)), before - 10, before);
        Assert.InRange(Level.RmsDb(repaired.AsSpan(22 * 160, 80)), before - 20, before - 6);
        Assert.Equal(0, Level.Peak(repaired.AsSpan(23 * 160, 320)));
        // And it comes back: beyond the cross-fade the frame is untouched.
        Assert.Equal(original[(25 * 160 + 80)..(26 * 160)], repaired[(25 * 160 + 80)..(26 * 160)]);
    }

    [Fact]
    public void Without_history_it_is_silent()
    {
        var concealment = new PacketLossConcealment(8000);
        var frame = new short[160];
        frame.AsSpan().Fill(99);
        concealment.Conceal(frame);
        Assert.Equal(0, Level.Peak(frame));
        Assert.True(concealment.IsConcealing);
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        var concealment = new PacketLossConcealment(8000);
        short[] frame = Signals.Voiced(8000, 160);
        concealment.Accept(frame);
        concealment.Conceal(frame);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            concealment.Accept(frame);
            concealment.Conceal(frame);
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [InlineData(8000)]
    [InlineData(16000)]
    public void Stretching_changes_the_length_and_neither_pitch_nor_smoothness(int rate)
    {
        int frame = rate / 50;
        foreach (int wanted in new[] { frame, -frame })
        {
            short[] original = Signals.Voiced(rate, rate, 200);
            var stretcher = new TimeStretcher(rate, frame);
            var output = new List<short>();
            var target = new short[frame + stretcher.MaxChange];
            for (int at = 0; at + frame <= original.Length; at += frame)
            {
                int written = stretcher.Process(original.AsSpan(at, frame), wanted, target);
                output.AddRange(target[..written]);
            }
            // A whole period of 5 ms in (nearly) every frame of 20 ms.
            double ratio = output.Count / (double)original.Length;
            Assert.InRange(ratio, wanted > 0 ? 0.70 : 1.20, wanted > 0 ? 0.80 : 1.30);
            short[] samples = [.. output];
            Assert.InRange(Steepest(samples, 0, samples.Length), 0, Steepest(original, 0, original.Length) * 9 / 8);
            Assert.InRange(Signals.AmplitudeAt(samples, 200, rate), Signals.AmplitudeAt(original, 200, rate) * 0.9, Signals.AmplitudeAt(original, 200, rate) * 1.1);
        }
    }

    [Fact]
    public void A_small_correction_is_kept_within_what_was_asked()
    {
        var stretcher = new TimeStretcher(8000, 160);
        short[] frame = Signals.Voiced(8000, 160);
        var target = new short[160 + stretcher.MaxChange];
        Assert.Equal(160, stretcher.Process(frame, 10, target));
        Assert.Equal(frame, target[..160]);
        Assert.Equal(160 - 30, stretcher.Process(new short[160], 30, target));
        Assert.Equal(160 + 30, stretcher.Process(new short[160], -30, target));
    }

    [Fact]
    public void Noise_without_a_period_is_left_alone()
    {
        var stretcher = new TimeStretcher(8000, 160);
        short[] frame = Signals.Noise(new Random(2), 160, 3000);
        var target = new short[160 + stretcher.MaxChange];
        Assert.Equal(160, stretcher.Process(frame, 60, target));
    }

    private static short[] Repair(short[] original, int rate, int[] lostFrames)
    {
        var concealment = new PacketLossConcealment(rate);
        short[] repaired = (short[])original.Clone();
        int frame = rate / 50;
        for (int i = 0; (i + 1) * frame <= repaired.Length; i++)
        {
            Span<short> at = repaired.AsSpan(i * frame, frame);
            if (lostFrames.Contains(i))
                concealment.Conceal(at);
            else
                concealment.Accept(at);
        }
        return repaired;
    }

    private static double Rms(short[] a, short[] b, int start, int count)
    {
        double sum = 0;
        for (int i = start; i < start + count; i++)
            sum += (a[i] - b[i]) * (double)(a[i] - b[i]);
        return Math.Sqrt(sum / count);
    }

    private static int Steepest(short[] signal, int start, int end)
    {
        int steepest = 0;
        for (int i = start + 1; i < end; i++)
            steepest = Math.Max(steepest, Math.Abs(signal[i] - signal[i - 1]));
        return steepest;
    }
}
