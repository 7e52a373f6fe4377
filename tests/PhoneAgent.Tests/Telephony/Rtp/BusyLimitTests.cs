using PhoneAgent.Telephony.Rtp;
using Xunit;

namespace PhoneAgent.Tests.Telephony.Rtp;

public sealed class BusyLimitTests
{
    private const long Ms = 1_000_000;

    [Theory]
    [InlineData(0.5, 0)]
    [InlineData(0.89, 0)]
    [InlineData(0.97, 0.09)]
    [InlineData(5.0, 0.09)]
    public void LeavesATenthToOthersHoweverMuchWorkThereIs(double load, double atLeast)
    {
        var limit = new BusyLimit(0);
        long now = 0, idle = 0, due = 0;
        while (now < 10_000 * Ms)
        {
            var wake = limit.WakeNs(due, now);
            if (load < 0.9)
                Assert.Equal(due, wake);
            idle += Math.Max(0, wake - now);
            now = Math.Max(now, wake);
            now += (long)(load * Ms);
            due = Math.Max(due + Ms, now - (60 * Ms));   // the schedule skips what is older
        }
        Assert.InRange((double)idle / now, atLeast - 0.001, 1);
    }

    [Fact]
    public void AMachineThatStoodStillOwesNothing()
    {
        var limit = new BusyLimit(0);
        Assert.Equal(20 * Ms, limit.WakeNs(20 * Ms, 5000 * Ms));
    }
}
