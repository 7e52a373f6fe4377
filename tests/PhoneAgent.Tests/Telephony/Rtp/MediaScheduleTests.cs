using PhoneAgent.Telephony.Rtp;
using Xunit;

namespace PhoneAgent.Tests.Telephony.Rtp;

public sealed class MediaScheduleTests
{
    private const long Ms = 1_000_000;

    [Fact]
    public void SpreadsCallsOverTheSlotsAndRunsEachOnceATick()
    {
        var schedule = new MediaSchedule(0, new Lateness());
        var clients = Enumerable.Range(0, 40).Select(_ => new Client()).ToList();
        clients.ForEach(schedule.Add);
        for (long now = 0; now < 1000 * Ms; now += Ms)
            schedule.RunDue(now);
        Assert.All(clients, c => Assert.Equal(50, c.Ticks.Count));
        Assert.All(clients, c => Assert.All(c.Ticks.Zip(c.Ticks.Skip(1)), p => Assert.Equal(20 * Ms, p.Second - p.First)));
        Assert.Equal(20, clients.Select(c => c.Ticks[0]).Distinct().Count());
    }

    [Fact]
    public void SleepsOverEmptySlots()
    {
        var schedule = new MediaSchedule(0, new Lateness());
        schedule.Add(new Client());
        schedule.RunDue(0);
        Assert.Equal(20 * Ms, schedule.NextDueNs);
    }

    [Fact]
    public void CatchesUpAShortStallAndSkipsALongOne()
    {
        var lateness = new Lateness();
        var schedule = new MediaSchedule(0, lateness);
        var client = new Client();
        schedule.Add(client);
        schedule.RunDue(0);
        schedule.RunDue(59 * Ms);
        Assert.Equal(3, client.Ticks.Count);
        Assert.Equal(0, lateness.SkippedTicks);
        schedule.RunDue(5000 * Ms);
        Assert.InRange(client.Ticks.Count, 4, 5);
        Assert.True(lateness.SkippedTicks > 200);
        Assert.True(schedule.NextDueNs > 5000 * Ms);
    }

    [Fact]
    public void ACallThatThrowsIsTakenOffAndTheOthersGoOn()
    {
        var schedule = new MediaSchedule(0, new Lateness());
        var bad = new Client { Throws = true };
        var good = new Client();
        schedule.Add(bad);
        schedule.Add(good);
        for (long now = 0; now < 100 * Ms; now += Ms)
            schedule.RunDue(now);
        Assert.IsType<InvalidOperationException>(bad.Fault);
        Assert.Equal(5, good.Ticks.Count);
        Assert.Equal(1, schedule.Count);
    }

    private sealed class Client : IMediaClient
    {
        public List<long> Ticks { get; } = [];
        public bool Throws { get; init; }
        public Exception? Fault { get; private set; }

        public void Tick(long nowNs)
        {
            if (Throws)
                throw new InvalidOperationException("bad peer");
            Ticks.Add(nowNs);
        }

        public void Faulted(Exception exception) => Fault = exception;
    }
}
