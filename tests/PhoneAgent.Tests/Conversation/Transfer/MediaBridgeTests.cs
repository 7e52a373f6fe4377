using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Transfer;
using Xunit;

namespace PhoneAgent.Tests.Conversation.Transfer;

public sealed class MediaBridgeTests
{
    private const int Frame = AudioFormat.FrameSamples;

    [Fact]
    public void EachSideHearsTheOtherAtOnceAndInOrder()
    {
        var call = new Bridged();
        for (int i = 1; i <= 100; i++)
            call.Tick(i);
        // The first ticks before the second: his frame goes out in the same 20 ms, the answer in the next.
        Assert.Equal(Enumerable.Range(1, 100), call.SecondHeard);
        Assert.Equal(Enumerable.Range(0, 100), call.FirstHeard);
        Assert.Equal(0, call.Bridge.Faults);
    }

    [Fact]
    public void AMissingFrameFadesAndIsCounted()
    {
        var call = new Bridged();
        call.First(1_000);
        short[] before = call.Second(0), gap = call.Second(0), silence = call.Second(0);
        Assert.All(before[80..], sample => Assert.Equal(1_000, sample));
        Assert.Equal(before[^1], gap[0]);
        Assert.InRange(gap[^1], 0, 10);
        for (int i = 1; i < gap.Length; i++)
            Assert.InRange(gap[i - 1] - gap[i], 0, 10); // no step that clicks
        Assert.All(silence, sample => Assert.Equal(0, sample));
        Assert.Equal(1, call.Bridge.Faults);
        call.First(1_000);
        short[] again = call.Second(0);
        Assert.Equal((0, 1_000), (again[0], again[^1]));
    }

    [Theory]
    [InlineData(100, 3)]
    [InlineData(2_000, 0)]
    public void DelayThatHasBuiltUpIsTakenOutAgain(int ticks, int left)
    {
        var call = new Bridged();
        for (int i = 0; i < 5; i++)
            call.First(500); // the second stood still for 100 ms
        for (int i = 0; i < ticks; i++)
        {
            call.First((short)(i % 2 == 0 ? 500 : 501));
            short[] heard = call.Second(0);
            Assert.All(heard[100..], sample => Assert.InRange(sample, 499, 501));
        }
        Assert.Equal(0, call.Bridge.Faults);
        Assert.InRange(call.Waiting(), 0, left);
    }

    [Fact]
    public void JoiningTwoFramesDoesNotClick()
    {
        var call = new Bridged();
        long position = 0;
        var heard = new List<short>();
        call.First(Sine(ref position));
        for (int i = 0; i < 600; i++)
        {
            call.First(Sine(ref position));
            heard.AddRange(call.Second(0));
        }
        Assert.Equal(0, call.Waiting());
        int largest = 0;
        for (int i = Frame; i < heard.Count; i++)
            largest = Math.Max(largest, Math.Abs(heard[i] - heard[i - 1]));
        // A sine of 200 Hz and 8000 moves by 628 a sample at most.
        Assert.InRange(largest, 500, 900);
    }

    [Fact]
    public void ASideThatStandsStillLosesTheOldAndNeverGrows()
    {
        var call = new Bridged();
        for (int i = 0; i < 10_000; i++)
            call.First(7);
        Assert.Equal(10_000 - 8, call.Bridge.Faults);
    }

    [Fact]
    public void WhoIsLeftAloneHearsMusicAndThenThePresent()
    {
        var call = new Bridged(() => new Hum());
        call.Tick(1);
        call.Bridge.IsFirstHeld = true;
        call.First(2);
        Assert.All(call.Second(3), sample => Assert.Equal(Hum.Sound, sample));
        for (int i = 0; i < 20; i++)
        {
            call.First(4);
            Assert.All(call.Second(3), sample => Assert.Equal(Hum.Sound, sample));
        }
        call.Bridge.IsFirstHeld = false;
        call.First(90);
        short[] heard = call.Second(5);
        Assert.Equal(0, heard[0]);
        Assert.All(heard[80..], sample => Assert.Equal(90, sample));
    }

    [Fact]
    public void WhoHoldsIsNotGivenMusic()
    {
        var call = new Bridged(() => new Hum());
        call.Bridge.IsFirstHeld = true;
        call.Second(3);
        Assert.DoesNotContain(Hum.Sound, call.First(1));
        Assert.True(call.Bridge.IsFirstHeld);
        Assert.False(call.Bridge.IsSecondHeld);
    }

    [Fact]
    public void AfterStopNothingPasses()
    {
        var call = new Bridged();
        call.Tick(1);
        call.Bridge.Stop();
        call.First(50);
        Assert.All(call.Second(60), sample => Assert.Equal(0, sample));
        Assert.All(call.First(50), sample => Assert.Equal(0, sample));
    }

    [Fact]
    public void TheLineIsToldWhatIsSilence()
    {
        var bridge = new MediaBridge();
        var (frame, silent) = (new short[Frame], new short[Frame]);
        Assert.False(bridge.Second.Exchange(0, FrameOrigin.Silence, silent, frame));
        Assert.False(bridge.First.Exchange(0, FrameOrigin.Received, silent, frame));
        Assert.True(bridge.Second.Exchange(Frame, FrameOrigin.Silence, silent, frame));
        Assert.False(bridge.First.Exchange(Frame, FrameOrigin.Received, silent, frame));
    }

    [Fact]
    public async Task TwoThreadsLoseNothingWhenBothKeepUp()
    {
        // No clock: each side ticks when the other has ticked, over and over, on threads of their own.
        var call = new Bridged();
        using var turns = new Barrier(2);
        const int Ticks = 3_000;
        int heard = 0;
        Task first = Task.Run(() =>
        {
            for (int i = 0; i < Ticks; i++)
            {
                call.First((short)(i % 1_000 + 1));
                turns.SignalAndWait();
            }
        });
        Task second = Task.Run(() =>
        {
            for (int i = 0; i < Ticks; i++)
            {
                heard += call.Second(0)[^1] != 0 ? 1 : 0;
                turns.SignalAndWait();
            }
        });
        await Task.WhenAll(first, second).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.InRange(heard, Ticks * 9 / 10, Ticks);
    }

    [Fact]
    public void AFrameAllocatesNothing()
    {
        var bridge = new MediaBridge(() => new Hum());
        short[] received = new short[Frame], sent = new short[Frame];
        long before = 0;
        for (int i = -10; i < 1_000; i++)
        {
            if (i == 0)
                before = GC.GetAllocatedBytesForCurrentThread();
            bridge.IsFirstHeld = i % 100 > 50;
            bridge.First.Exchange(i * Frame, FrameOrigin.Received, received, sent);
            if (i % 7 != 0)
                bridge.Second.Exchange(i * Frame, FrameOrigin.Received, received, sent);
        }
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static short[] Sine(ref long position)
    {
        var samples = new short[Frame];
        for (int i = 0; i < Frame; i++)
            samples[i] = (short)(8_000 * Math.Sin(2 * Math.PI * 200 * position++ / AudioFormat.SampleRate));
        return samples;
    }

    /// <summary>Two calls whose frames hold one value each.</summary>
    private sealed class Bridged(Func<IAudioPeer>? music = null)
    {
        private long _first, _second;

        public MediaBridge Bridge { get; } = new(music);

        public List<int> FirstHeard { get; } = [];

        public List<int> SecondHeard { get; } = [];

        public void Tick(int value)
        {
            FirstHeard.Add(First((short)value)[^1]);
            SecondHeard.Add(Second((short)value)[^1]);
        }

        public short[] First(short value) => First([.. Enumerable.Repeat(value, Frame)]);

        public short[] First(short[] received)
        {
            var sent = new short[Frame];
            Bridge.First.Exchange(Frame * _first++, FrameOrigin.Received, received, sent);
            return sent;
        }

        public short[] Second(short value)
        {
            var sent = new short[Frame];
            Bridge.Second.Exchange(Frame * _second++, FrameOrigin.Received, [.. Enumerable.Repeat(value, Frame)], sent);
            return sent;
        }

        /// <summary>Frames on their way from the first to the second; takes them.</summary>
        public int Waiting()
        {
            int waiting = 0;
            long faults = Bridge.Faults;
            while (true)
            {
                Second(0);
                if (Bridge.Faults != faults)
                    return waiting;
                waiting++;
            }
        }
    }

    private sealed class Hum : IAudioPeer
    {
        public const short Sound = 42;

        public bool Exchange(long position, FrameOrigin origin, ReadOnlySpan<short> received, Span<short> toSend)
        {
            toSend.Fill(Sound);
            return true;
        }
    }
}
