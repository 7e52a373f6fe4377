using PhoneAgent.Audio;
using Xunit;

namespace PhoneAgent.Tests.Audio;

public sealed class WaveformPeaksTests
{
    private const int FrameSamples = 4;

    [Fact]
    public void AStretchHasTheHighestLevelOfItsFrames()
    {
        var peaks = new WaveformPeaks(FrameSamples, framesPerPeak: 2);
        peaks.Write([0, 128, 0, 0], [0, -256, 0, 0]);
        peaks.Write([0, 0, -384, 0], [0, 0, 0, 0]);
        peaks.Write([short.MinValue, 0, 0, 0], [short.MaxValue, 0, 0, 0]);

        byte[] left = new byte[8], right = new byte[8];
        PeakCopy first = peaks.CopyTo(0, 0, left, right);

        Assert.Equal(new PeakCopy(0, 1, 2 * FrameSamples), first);
        Assert.Equal((3, 2), (left[0], right[0]));
        peaks.Write([0, 0, 0, 0], [0, 0, 0, 0]);
        PeakCopy next = peaks.CopyTo(first.First + first.Length, first.SamplesPerPeak, left, right);
        Assert.Equal(new PeakCopy(1, 1, 2 * FrameSamples), next);
        Assert.Equal((255, 255), (left[0], right[0]));
    }

    [Fact]
    public void WhenItIsFullStretchesBecomeLongerAndKeepTheirPeaks()
    {
        var peaks = new WaveformPeaks(FrameSamples, framesPerPeak: 1);
        for (int i = 0; i < WaveformPeaks.Capacity; i++)
            peaks.Write([(short)(i == 101 ? 12800 : 0), 0, 0, 0], [0, 0, 0, 0]);
        byte[] left = new byte[WaveformPeaks.Capacity], right = new byte[WaveformPeaks.Capacity];
        PeakCopy full = peaks.CopyTo(0, 0, left, right);
        Assert.Equal(new PeakCopy(0, WaveformPeaks.Capacity, FrameSamples), full);

        for (int i = 0; i < 2; i++)
            peaks.Write([25600, 0, 0, 0], [0, 0, 0, 0]);

        // The reader knows the old length of a stretch: all comes anew.
        PeakCopy anew = peaks.CopyTo(full.Length, full.SamplesPerPeak, left, right);
        Assert.Equal(new PeakCopy(0, WaveformPeaks.Capacity / 2 + 1, 2 * FrameSamples), anew);
        Assert.Equal(100, left[50]);
        Assert.Equal(200, left[WaveformPeaks.Capacity / 2]);
        Assert.Equal(WaveformPeaks.Capacity + 2, peaks.Frames);
    }

    [Fact]
    public void WritingAllocatesNothing()
    {
        var peaks = new WaveformPeaks(FrameSamples, framesPerPeak: 1);
        short[] frame = [1, 2, 3, 4];
        peaks.Write(frame, frame);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 3 * WaveformPeaks.Capacity; i++)
            peaks.Write(frame, frame);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}
