using FsCheck;
using FsCheck.Fluent;
using PhoneAgent.Campaigns.Pacing;
using PhoneAgent.Testing;
using Xunit;

namespace PhoneAgent.Tests.Campaigns.Pacing;

public class PacerTests
{
    private readonly VirtualTime _time = new();

    private PaceGate Gate(int atOnce, double perSecond) => new(new PacingLimits { CallsAtOnce = atOnce, CallsPerSecond = perSecond }, _time);

    [Fact]
    public void There_are_never_more_calls_than_the_limit_or_the_agents_allow()
    {
        PaceGate gate = Gate(3, 1_000);
        var pacer = new Pacer([gate]);
        Assert.Null(pacer.TryBegin(0));
        CallPlace?[] places = [.. Enumerable.Range(0, 5).Select(_ => pacer.TryBegin(2))];
        Assert.Equal(2, places.Count(place => place is not null));
        Assert.NotNull(pacer.TryBegin(10));
        Assert.Null(pacer.TryBegin(10));
        places[0]!.Dispose();
        places[0]!.Dispose();
        Assert.Equal(2, gate.InFlight);
        Assert.NotNull(pacer.TryBegin(10));
    }

    [Fact]
    public void A_slow_rate_is_one_call_in_several_seconds()
    {
        var pacer = new Pacer([Gate(100, 0.2)]);
        Assert.NotNull(pacer.TryBegin(100));
        Assert.Null(pacer.TryBegin(100, out TimeSpan? wait));
        Assert.Equal(TimeSpan.FromSeconds(4.9), wait);
        _time.Advance(wait!.Value);
        Assert.NotNull(pacer.TryBegin(100));
    }

    /// <summary>A timer that fires a moment too early must not end in a rest because that moment has passed when one asks how long to wait.</summary>
    [Fact]
    public void A_refusal_tells_how_long_to_wait_from_then_on()
    {
        var time = new RunningTime();
        var pacer = new Pacer([new PaceGate(new PacingLimits { CallsAtOnce = 7, CallsPerSecond = 50 }, time)]);
        TimeSpan? wait;
        while (pacer.TryBegin(100, out wait) is not null)
        {
        }
        time.Ticks += wait!.Value.Ticks - 2;
        Assert.Null(pacer.TryBegin(100, out wait));
        Assert.Equal(1, wait!.Value.Ticks);
        Assert.NotNull(pacer.TryBegin(100, out _));
        time.Ticks += TimeSpan.TicksPerSecond;
        Assert.Null(pacer.TryBegin(100, out wait));
        Assert.Null(wait);
    }

    [Fact]
    public void A_trunk_is_shared_by_campaigns()
    {
        PaceGate trunk = Gate(3, 1_000), first = Gate(10, 1_000), second = Gate(10, 1_000);
        var pacers = new[] { new Pacer([first, trunk]), new Pacer([second, trunk]) };
        for (int i = 0; i < 10; i++)
            pacers[i % 2].TryBegin(100);
        Assert.Equal((3, 2, 1), (trunk.InFlight, first.InFlight, second.InFlight));
    }

    /// <summary>A campaign that the trunk holds back has lost none of its own rate by asking.</summary>
    [Fact]
    public void What_one_gate_refuses_costs_nothing_in_the_others()
    {
        PaceGate campaign = Gate(10, 1), trunk = Gate(1, 1_000);
        trunk.TryEnter(1, out _);
        Assert.Null(new Pacer([campaign, trunk]).TryBegin(10));
        Assert.Equal(0, campaign.InFlight);
        Assert.NotNull(new Pacer([campaign]).TryBegin(10));
    }

    [Fact]
    public void A_call_that_was_not_placed_after_all_does_not_count()
    {
        PaceGate gate = Gate(10, 1);
        new Pacer([gate]).TryBegin(10)!.Undo();
        Assert.Equal(0, gate.InFlight);
        Assert.NotNull(new Pacer([gate]).TryBegin(10));
    }

    /// <summary>Whenever it is asked, in no stretch of time do more calls begin than the rate allows, and a tenth of a second's more.</summary>
    [Fact]
    public void The_rate_holds_over_every_stretch() =>
        Prop.ForAll(Arb.From(Gen.Choose(1, 500)), Arb.From(Gen.Choose(0, 400).ListOf(200)), (tenths, pauses) =>
        {
            var time = new VirtualTime();
            double rate = tenths / 10.0;
            var pacer = new Pacer([new PaceGate(new PacingLimits { CallsAtOnce = int.MaxValue, CallsPerSecond = rate }, time)]);
            var begun = new List<double>();
            double now = 0;
            foreach (int pause in pauses)
            {
                time.Advance(TimeSpan.FromMilliseconds(pause));
                now += pause / 1000.0;
                while (pacer.TryBegin(int.MaxValue) is not null)
                    begun.Add(now);
            }
            for (int from = 0; from < begun.Count; from++)
                for (int to = from; to < begun.Count; to++)
                    // The rate's interval is a TimeSpan, which counts 100 ns.
                    if (to - from + 1 > 1 + (begun[to] - begun[from] + 0.1 + (to - from) * 1e-7) * rate + 1e-6)
                        return false;
            // Who looks every 400 ms may lose that much with every call, and no more.
            return begun.Count >= Math.Floor(now / (1 / rate + 0.4)) - 1;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(50));

    /// <summary>Goes on by a tick whenever somebody looks.</summary>
    private sealed class RunningTime : TimeProvider
    {
        public long Ticks { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => ++Ticks;
    }
}
