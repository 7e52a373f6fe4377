using PhoneAgent.Audio;
using Xunit;

namespace PhoneAgent.Tests.Audio;

public class JitterBufferTests
{
    private const int Frame = 160;

    private readonly JitterStream _stream = new(new JitterBufferOptions());

    [Fact]
    public void Plays_an_even_stream_in_order_after_the_initial_delay()
    {
        for (int i = 0; i < 500; i++)
            _stream.Arrives(i, i * Frame);
        _stream.PlayUntil(600 * Frame);
        Assert.Equal(Enumerable.Range(0, 500), _stream.Played);
        Assert.Equal(0, _stream.Buffer.Statistics.Lost);
        Assert.InRange(_stream.FirstPlayedAt, 1, 320 + Frame);
    }

    [Fact]
    public void Starts_within_its_initial_delay_and_a_packet()
    {
        _stream.Arrives(0, 0);
        _stream.Arrives(1, Frame);
        _stream.Arrives(2, 2 * Frame);
        _stream.PlayUntil(3 * Frame);
        Assert.InRange(_stream.FirstPlayedAt, 0, 320 + Frame);
    }

    [Theory]
    [InlineData(80)]
    [InlineData(160)]
    [InlineData(240)]
    [InlineData(320)]
    [InlineData(480)]
    public void Any_arrival_within_the_delay_is_played_in_order_without_loss(int frame)
    {
        for (int seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            // Wraps both the sequence number and the timestamp on the way.
            var stream = new JitterStream(new JitterBufferOptions { InitialDelay = TimeSpan.FromMilliseconds(60), MinDelay = TimeSpan.FromMilliseconds(60) })
            {
                FrameUnits = frame,
                FirstSequence = 65536 - random.Next(1, 200),
                FirstTimestamp = uint.MaxValue - (uint)random.Next(1, 20000),
            };
            const int Count = 300;
            for (int i = 0; i < Count; i++)
                stream.Arrives(i, i * frame + (i == 0 ? 0 : random.Next(0, 470)));
            stream.PlayUntil((Count + 40) * frame + 2000);
            Assert.Equal(Enumerable.Range(0, Count), stream.Played);
            Assert.Equal(0, stream.Buffer.Statistics.Lost + stream.Buffer.Statistics.Late);
            stream.AssertConsistent();
        }
    }

    [Fact]
    public void Duplicates_are_counted_and_played_once()
    {
        for (int i = 0; i < 100; i++)
        {
            _stream.Arrives(i, i * Frame);
            _stream.Arrives(i, i * Frame + 20);
        }
        _stream.PlayUntil(120 * Frame);
        Assert.Equal(Enumerable.Range(0, 100), _stream.Played);
        Assert.Equal(100, _stream.Buffer.Statistics.Duplicate);
        _stream.AssertConsistent();
    }

    [Fact]
    public void A_lost_packet_is_one_concealed_frame()
    {
        for (int i = 0; i < 200; i++)
        {
            if (i % 10 != 5)
                _stream.Arrives(i, i * Frame);
        }
        _stream.PlayUntil(220 * Frame);
        Assert.Equal(20, _stream.Buffer.Statistics.Lost);
        Assert.Equal(20, _stream.Lost);
        Assert.Equal(Enumerable.Range(0, 200).Where(i => i % 10 != 5), _stream.Played);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(9)]
    public void After_losses_in_a_row_the_packet_behind_them_is_shown_and_no_frame_is_silent(int losses)
    {
        // A delay that stays as it is: where it falls, passing over a lost packet is how playout catches up.
        var stream = new JitterStream(new JitterBufferOptions { MinDelay = TimeSpan.FromMilliseconds(40) });
        for (int i = 0; i < 200; i++)
        {
            if (i % 20 < 20 - losses)
                stream.Arrives(i, i * Frame);
        }
        stream.PlayUntil(220 * Frame);
        Assert.Equal(Enumerable.Range(1, 9).Select(i => i * 20), stream.Shown);
        Assert.Equal(9 * losses, stream.Buffer.Statistics.Lost);
        Assert.Equal(0, stream.Silent);
        // What was concealed is as long as what was lost: the packets behind keep their place, within the packet of tolerance.
        Assert.InRange(stream.PlayedAt[180 - 9 * losses] - stream.PlayedAt[0], 180 * Frame, 181 * Frame);
    }

    [Fact]
    public void A_packet_after_its_time_is_late_and_not_played()
    {
        for (int i = 0; i < 100; i++)
            _stream.Arrives(i, i * Frame + (i == 50 ? 12 * Frame : 0));
        _stream.PlayUntil(150 * Frame);
        Assert.DoesNotContain(50, _stream.Played);
        Assert.Equal(1, _stream.Buffer.Statistics.Late);
        Assert.Equal(99, _stream.Played.Count);
        _stream.AssertConsistent();
    }

    [Fact]
    public void Jitter_raises_the_delay_and_calm_lowers_it()
    {
        var random = new Random(4);
        for (int i = 0; i < 500; i++)
            _stream.Arrives(i, i * Frame + random.Next(0, 80 * 8));
        _stream.PlayUntil(500 * Frame);
        Assert.InRange(_stream.Buffer.TargetDelay, 60 * 8, 90 * 8);
        for (int i = 500; i < 1000; i++)
            _stream.Arrives(i, i * Frame);
        _stream.PlayUntil(1000 * Frame);
        Assert.Equal(20 * 8, _stream.Buffer.TargetDelay);
    }

    [Fact]
    public void Timing_error_brings_playout_to_the_target_and_keeps_it_there()
    {
        var random = new Random(4);
        _stream.FollowTiming = true;
        for (int i = 0; i < 500; i++)
            _stream.Arrives(i, i * Frame + random.Next(0, 100 * 8));
        for (int i = 500; i < 1500; i++)
            _stream.Arrives(i, i * Frame);
        _stream.PlayUntil(1500 * Frame);
        Assert.InRange(_stream.Buffer.CurrentDelay, 0, _stream.Buffer.TargetDelay + 2 * Frame);
        Assert.Equal(0, _stream.Buffer.TimingError);
    }

    [Theory]
    [InlineData(1.0005)]
    [InlineData(0.9995)]
    public void A_drifting_clock_neither_starves_nor_fills_it(double ratio)
    {
        _stream.FollowTiming = true;
        // Ten minutes at 500 ppm are 300 ms.
        const int Count = 30000;
        for (int i = 0; i < Count; i++)
            _stream.Arrives(i, (long)(i * Frame * ratio));
        _stream.PlayUntil((long)(Count * Frame * ratio));
        Assert.InRange(_stream.Played.Count, Count - 5, Count);
        Assert.Equal(0, _stream.Buffer.Statistics.Discarded);
        Assert.InRange(_stream.MaxHeld, 1, 5);
        Assert.InRange(_stream.Concealed, 0, 3);
    }

    [Fact]
    public void Without_stretching_a_drift_is_bounded_by_discarding()
    {
        const int Count = 60000;
        for (int i = 0; i < Count; i++)
            _stream.Arrives(i, (long)(i * Frame * 0.999));
        _stream.PlayUntil((long)(Count * Frame * 0.999));
        Assert.InRange(_stream.MaxHeld, 1, 14);
        Assert.True(_stream.Buffer.Statistics.Discarded > 0);
        _stream.AssertConsistent();
    }

    [Fact]
    public void Another_source_starts_anew()
    {
        for (int i = 0; i < 50; i++)
            _stream.Arrives(i, i * Frame);
        for (int i = 50; i < 100; i++)
            _stream.Arrives(i, i * Frame, ssrc: 99, sequence: (ushort)(40000 + i), timestampShift: 123456789);
        _stream.PlayUntil(120 * Frame);
        Assert.Equal(1, _stream.Buffer.Statistics.Restarts);
        Assert.Equal(99, _stream.Played[^1]);
        _stream.AssertConsistent();
    }

    [Fact]
    public void A_single_wild_number_is_refused_and_two_in_a_row_restart()
    {
        for (int i = 0; i < 50; i++)
            _stream.Arrives(i, i * Frame);
        _stream.Arrives(50, 50 * Frame, sequence: 30000);
        for (int i = 51; i < 100; i++)
            _stream.Arrives(i, i * Frame);
        _stream.PlayUntil(100 * Frame);
        Assert.Equal(1, _stream.Buffer.Statistics.Refused);
        Assert.Equal(0, _stream.Buffer.Statistics.Restarts);
        for (int i = 100; i < 150; i++)
            _stream.Arrives(i, i * Frame, sequence: (ushort)(i + 20000));
        _stream.PlayUntil(170 * Frame);
        Assert.Equal(2, _stream.Buffer.Statistics.Refused);
        Assert.Equal(1, _stream.Buffer.Statistics.Restarts);
        Assert.Equal(149, _stream.Played[^1]);
    }

    [Fact]
    public void A_pause_of_the_sender_is_silence_and_not_loss()
    {
        for (int i = 0; i < 50; i++)
            _stream.Arrives(i, i * Frame);
        // Silence suppression: numbers go on, the timestamp jumps by 500 ms.
        for (int i = 50; i < 100; i++)
            _stream.Arrives(i, (i + 25) * Frame, timestampShift: 25 * Frame);
        _stream.PlayUntil(150 * Frame);
        Assert.Equal(Enumerable.Range(0, 100), _stream.Played);
        Assert.Equal(0, _stream.Buffer.Statistics.Lost);
        // And the talk spurt keeps its distance.
        Assert.InRange(_stream.PlayedAt[50] - _stream.PlayedAt[49], 25 * Frame, 29 * Frame);
    }

    /// <summary>Of every ten packets one is lost; the one behind it comes up to 10 ms late.</summary>
    [Fact]
    public void Playout_waits_for_the_packet_that_holds_a_lost_one_once_more()
    {
        (int without, int shortDelay) = Shown(holdsPrevious: false);
        (int with, int longDelay) = Shown(holdsPrevious: true);
        Assert.InRange(without, 0, 80);
        Assert.InRange(with, 95, 100);
        Assert.InRange(longDelay - shortDelay, Frame / 4, Frame);

        static (int Percent, int Delay) Shown(bool holdsPrevious)
        {
            var random = new Random(1);
            var stream = new JitterStream(new JitterBufferOptions()) { HoldsPrevious = holdsPrevious, FollowTiming = true };
            const int Count = 3000, settled = 500;
            for (int i = 0; i < Count; i++)
            {
                if (i % 10 != 5)
                    stream.Arrives(i, i * Frame + random.Next(0, 80));
            }
            stream.PlayUntil((Count + 20) * Frame);
            return (stream.Shown.Count(number => number > settled) * 100 / ((Count - settled) / 10), stream.Buffer.TargetDelay);
        }
    }

    [Fact]
    public void A_packet_without_duration_takes_no_time()
    {
        for (int i = 0; i < 100; i++)
            _stream.Arrives(i, (i - i / 10) * Frame, timestampShift: -(i / 10) * Frame, duration: i % 10 == 9 ? 0 : Frame);
        _stream.PlayUntil(110 * Frame);
        Assert.Equal(Enumerable.Range(0, 100), _stream.Played);
        Assert.Equal(0, _stream.Buffer.Statistics.Lost);
    }

    [Fact]
    public void Storms_never_break_its_bounds()
    {
        for (int seed = 0; seed < 40; seed++)
        {
            var random = new Random(seed);
            var stream = new JitterStream(new JitterBufferOptions());
            for (int i = 0; i < 2000; i++)
            {
                stream.Arrives(i, i * 40, (uint)(random.Next(200) == 0 ? random.Next(3) : 7),
                    sequence: (ushort)(random.Next(4) == 0 ? random.Next() : i / 2 + random.Next(-30, 30)),
                    timestampShift: random.Next(50) == 0 ? random.Next() : random.Next(-2000, 2000), duration: random.Next(0, 3) * 160);
            }
            stream.PlayUntil(2000 * 40);
            Assert.InRange(stream.MaxHeld, 0, 40);
            stream.AssertConsistent();
        }
    }

    [Fact]
    public void Nothing_is_allocated_once_it_runs()
    {
        var buffer = new JitterBuffer(new JitterBufferOptions());
        var bytes = new byte[172];
        Run(buffer, bytes, 0, 200);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run(buffer, bytes, 200, 2000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void Run(JitterBuffer buffer, byte[] bytes, int from, int to)
    {
        for (int i = from; i < to; i++)
        {
            RtpPacket.Write(bytes, 0, false, (ushort)i, (uint)(i * Frame), 1, bytes.AsSpan(12));
            Assert.True(RtpPacket.TryParse(bytes, out RtpPacket packet));
            buffer.Put(packet, Frame, i * Frame);
            buffer.Get(i * Frame + 80, out _);
        }
    }
}
