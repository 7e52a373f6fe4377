using PhoneAgent.Server.Http.Security;
using PhoneAgent.Testing;
using Xunit;

namespace PhoneAgent.Tests.Server.Http;

public sealed class LoginGuardTests
{
    private readonly VirtualTime _time = new();

    [Fact]
    public void ANameWaitsTwiceAsLongEachTimeAndBeginsAnewAfterASuccess()
    {
        var guard = new LoginGuard(_time);
        Fail(guard, LoginGuard.FreeForName - 1);
        Assert.Equal(TimeSpan.Zero, guard.WaitFor("ann", "a"));

        Fail(guard, 1);
        Assert.Equal(LoginGuard.FirstWait, guard.WaitFor("ANN", "b"));
        _time.Advance(LoginGuard.FirstWait);
        Assert.Equal(TimeSpan.Zero, guard.WaitFor("ann", "a"));
        Fail(guard, 1);
        Assert.Equal(2 * LoginGuard.FirstWait, guard.WaitFor("ann", "a"));
        _time.Advance(2 * LoginGuard.FirstWait);
        guard.OnSuccess("ann", "a");
        Fail(guard, 1);
        Assert.Equal(TimeSpan.Zero, guard.WaitFor("ann", "a"));

        void Fail(LoginGuard at, int times)
        {
            for (int i = 0; i < times; i++)
                at.OnFailure("ann", $"from-{Guid.NewGuid()}");
        }
    }

    [Fact]
    public void AnAddressThatTriesManyNamesWaitsWithAllOfThem()
    {
        var guard = new LoginGuard(_time);
        for (int i = 0; i < LoginGuard.FreeForAddress; i++)
            guard.OnFailure($"name-{i}", "a");

        Assert.Equal(LoginGuard.FirstWait, guard.WaitFor("somebody", "a"));
        Assert.Equal(TimeSpan.Zero, guard.WaitFor("somebody", "b"));
    }

    [Fact]
    public void StrangersCannotKeepAUserOutWhereHeHasLoggedInBefore()
    {
        var guard = new LoginGuard(_time);
        guard.OnSuccess("ann", "home");
        for (int i = 0; i < 50; i++)
            guard.OnFailure("ann", $"from-{i}");
        Assert.True(guard.WaitFor("ann", "elsewhere") > TimeSpan.Zero);
        Assert.Equal(TimeSpan.Zero, guard.WaitFor("ANN", "home"));
        for (int i = 0; i < LoginGuard.FreeForName; i++)
            guard.OnFailure("ann", "home");
        Assert.Equal(LoginGuard.FirstWait, guard.WaitFor("ann", "home"));
    }

    [Fact]
    public void TheLongestWaitHasALimit()
    {
        var guard = new LoginGuard(_time);
        for (int i = 0; i < 40; i++)
            guard.OnFailure("ann", $"from-{i}");
        Assert.Equal(LoginGuard.LongestWait, guard.WaitFor("ann", "a"));
    }

    [Fact]
    public void MadeUpNamesInMassesDoNotUnlockOneThatIsLocked()
    {
        var guard = new LoginGuard(_time);
        for (int i = 0; i < 9_000; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(1));
            guard.OnFailure($"name-{i}", $"from-{i}");
        }
        for (int i = 0; i < LoginGuard.FreeForName; i++)
            guard.OnFailure("ann", "a");
        Assert.True(guard.WaitFor("ann", "b") > TimeSpan.Zero);
    }
}
