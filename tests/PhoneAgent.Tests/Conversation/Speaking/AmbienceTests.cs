using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Session;
using PhoneAgent.Conversation.Speaking;
using Xunit;

namespace PhoneAgent.Tests.Conversation.Speaking;

public class AmbienceTests
{
    private const int Second = AudioFormat.SampleRate;

    [Fact]
    public void It_has_the_level_that_was_asked_for_whatever_the_file_has()
    {
        foreach (double amplitude in (double[])[200, 20_000])
        {
            short[] heard = Loop(Make(Noise(2 * Second, amplitude), -40), 2 * Second);
            double level = 20 * Math.Log10(Math.Sqrt(heard.Average(sample => (double)sample * sample)) / short.MaxValue);
            Assert.InRange(level, -41, -39);
        }
    }

    [Fact]
    public void It_has_no_seam()
    {
        // A tone that does not fit into the loop would jump there.
        short[] tone = [.. Enumerable.Range(0, (int)(1.31 * Second)).Select(i => (short)(8_000 * Math.Sin(2 * Math.PI * 113.7 * i / Second)))];
        Ambience ambience = Make(tone, -30);
        short[] heard = Loop(ambience, 3 * ambience.Length);
        int steepest = heard.Take(ambience.Length / 2).Zip(heard.Skip(1)).Max(pair => Math.Abs(pair.First - pair.Second));
        Assert.InRange(heard.Zip(heard.Skip(1)).Max(pair => Math.Abs(pair.First - pair.Second)), 1, 2 * steepest);
        Assert.Equal(heard[..ambience.Length], heard[ambience.Length..(2 * ambience.Length)]);
    }

    [Fact]
    public void Speech_stays_and_loud_sums_are_cut_off()
    {
        Ambience ambience = Make(Noise(2 * Second, 5_000), -30);
        short[] room = new short[320], speech = new short[320], loud = new short[320];
        Array.Fill(speech, (short)5_000);
        Array.Fill(loud, short.MaxValue);
        ambience.Mix(640, room);
        ambience.Mix(640, speech);
        ambience.Mix(640, loud);
        Assert.Equal(room.Select(sample => (short)(sample + 5_000)), speech);
        Assert.All(loud, sample => Assert.InRange(sample, short.MaxValue - 6_000, short.MaxValue));
    }

    [Fact]
    public void It_is_sent_and_recorded_in_the_pauses_without_allocating()
    {
        var inbox = new SessionInbox();
        var recorder = new LastFrame();
        var gate = new MediaGate(inbox, new SpeechQueue(), Make(Noise(2 * Second, 5_000), -40), recorder);
        short[] received = new short[AudioFormat.FrameSamples], sent = new short[AudioFormat.FrameSamples];
        Assert.True(gate.Exchange(0, FrameOrigin.Received, received, sent));
        Assert.Contains(sent, sample => sample != 0);
        Assert.Equal(sent, recorder.Sent);
        for (int i = 1; i < 100; i++)
            gate.Exchange(i * AudioFormat.FrameSamples, FrameOrigin.Received, received, sent);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 100; i < 128; i++)
            gate.Exchange(i * AudioFormat.FrameSamples, FrameOrigin.Received, received, sent);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void What_cannot_be_a_background_is_said()
    {
        AssertFails(new short[Second / 2], -40, "0.5 s");
        AssertFails(new short[2 * Second], -40, "silent");
        AssertFails(Noise(2 * Second, 1_000), -10, "outside -70 to -25");
        Assert.False(Ambience.TryLoad("/no/such.wav", -40, out _, out string? error));
        Assert.Contains("/no/such.wav", error, StringComparison.Ordinal);
    }

    private static void AssertFails(short[] samples, double level, string words)
    {
        Assert.False(Ambience.TryCreate(samples, level, out _, out string? error));
        Assert.Contains(words, error, StringComparison.Ordinal);
    }

    private static Ambience Make(short[] samples, double level)
    {
        Assert.True(Ambience.TryCreate(samples, level, out Ambience? ambience, out string? error), error);
        return ambience;
    }

    private static short[] Noise(int length, double amplitude)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, length).Select(_ => (short)(amplitude * (2 * random.NextDouble() - 1)))];
    }

    private static short[] Loop(Ambience ambience, int length)
    {
        short[] samples = new short[length / 320 * 320];
        for (int at = 0; at < samples.Length; at += 320)
            ambience.Mix(at, samples.AsSpan(at, 320));
        return samples;
    }

    private sealed class LastFrame : ICallRecorder
    {
        public short[] Sent { get; } = new short[AudioFormat.FrameSamples];

        public void Write(ReadOnlySpan<short> caller, ReadOnlySpan<short> agent) => agent.CopyTo(Sent);
    }
}
