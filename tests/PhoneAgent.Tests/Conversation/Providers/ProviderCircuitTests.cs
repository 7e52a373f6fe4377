using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Providers;
using Xunit;

namespace PhoneAgent.Tests.Conversation.Providers;

public sealed class ProviderCircuitTests
{
    private static readonly CircuitOptions Defaults = new();
    private readonly ChainRig _rig = new();

    [Fact]
    public void OneFailureAmongSuccessesLeavesItIn()
    {
        ProviderCircuit circuit = _rig.Circuit("a");
        for (int i = 0; i < 5; i++)
            circuit.Succeeded();
        circuit.Failed(ChainRig.Unreachable("a"));
        Assert.True(circuit.IsHealthy);
        Assert.Equal("a: connection refused", circuit.Status.LastFailure);
    }

    [Fact]
    public void FailuresInARowLeaveItOut()
    {
        Assert.Equal(ProviderState.Resting, Broken().State);
    }

    [Fact]
    public async Task ItIsTriedAfterItsBreakAndNotBefore()
    {
        ProviderCircuit circuit = Broken();
        int trials = 0;
        await circuit.TryRecoverAsync(Works, default);
        Assert.Equal(0, trials);
        _rig.Time.Advance(Defaults.Break);
        await circuit.TryRecoverAsync(Works, default);
        Assert.Equal((1, ProviderState.Healthy), (trials, circuit.State));

        Task Works(CancellationToken cancellationToken)
        {
            trials++;
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task EveryFailedTrialDoublesTheBreak()
    {
        ProviderCircuit circuit = Broken();
        var trials = new List<double>();
        DateTimeOffset begin = _rig.Time.GetUtcNow();
        for (int i = 0; i < 80; i++)
        {
            _rig.Time.Advance(TimeSpan.FromSeconds(1));
            await circuit.TryRecoverAsync(_ =>
            {
                trials.Add((_rig.Time.GetUtcNow() - begin).TotalSeconds);
                throw ChainRig.Unreachable("a");
            }, default);
        }
        double[] breaks = [.. trials.Zip(trials.Skip(1), (from, to) => to - from)];
        Assert.Equal([10, 20, 40], breaks);
        Assert.Equal(ProviderState.Resting, circuit.State);
    }

    [Fact]
    public async Task OnlyOneTrialAtATime()
    {
        ProviderCircuit circuit = Broken();
        _rig.Time.Advance(Defaults.Break);
        var gate = new TaskCompletionSource();
        int trials = 0;
        Task Trial(CancellationToken cancellationToken)
        {
            trials++;
            return gate.Task;
        }
        Task first = circuit.TryRecoverAsync(Trial, default);
        await circuit.TryRecoverAsync(Trial, default);
        gate.SetResult();
        await first;
        Assert.Equal(1, trials);
    }

    [Fact]
    public async Task RateLimitedItRestsAsLongAsItAsks()
    {
        ProviderCircuit circuit = _rig.Circuit("a");
        circuit.Failed(new ProviderException("a", ProviderFailureKind.RateLimited, "a: 429") { RetryAfter = TimeSpan.FromSeconds(30) });
        Assert.Equal(ProviderState.Resting, circuit.State);
        circuit.Succeeded(); // a request that had begun before
        _rig.Time.Advance(TimeSpan.FromSeconds(29));
        await circuit.TryRecoverAsync(_ => Task.CompletedTask, default);
        Assert.Equal(ProviderState.Resting, circuit.State);
        _rig.Time.Advance(TimeSpan.FromSeconds(1));
        await circuit.TryRecoverAsync(_ => Task.CompletedTask, default);
        Assert.Equal(ProviderState.Healthy, circuit.State);
    }

    [Fact]
    public async Task AWrongKeyIsNotTriedAgain()
    {
        ProviderCircuit circuit = _rig.Circuit("a");
        circuit.Failed(new ProviderException("a", ProviderFailureKind.Unauthorized, "a: 401"));
        _rig.Time.Advance(TimeSpan.FromDays(1));
        await circuit.TryRecoverAsync(_ => throw new InvalidOperationException("tried"), default);
        Assert.Equal(ProviderState.Refused, circuit.State);
    }

    [Fact]
    public void AWrongQuestionIsNotThatOnesFault()
    {
        ProviderCircuit circuit = _rig.Circuit("a");
        for (int i = 0; i < 5; i++)
            circuit.Failed(new ProviderException("a", ProviderFailureKind.BadRequest, "a: 400"));
        Assert.True(circuit.IsHealthy);
    }

    [Fact]
    public async Task WhoCouldNotBeWarmedUpIsTriedLessAndLessOften()
    {
        ProviderCircuit circuit = _rig.Circuit("a");
        circuit.LeaveOut(ChainRig.Unreachable("a"));
        int trials = 0;
        for (int i = 0; i < 80; i++)
        {
            _rig.Time.Advance(TimeSpan.FromSeconds(1));
            await circuit.TryRecoverAsync(_ => ++trials > 0 ? throw ChainRig.Unreachable("a") : Task.CompletedTask, default);
        }
        Assert.Equal(4, trials); // after 5, 15, 35 and 75 s
    }

    [Fact]
    public void ASuccessWithoutATrialIsProofEnough()
    {
        ProviderCircuit circuit = Broken();
        circuit.Succeeded();
        Assert.True(circuit.IsHealthy);
    }

    [Fact]
    public void WhoRestsComesLastAndWhoRefusesNotAtAll()
    {
        ChainMember<string>[] members = [_rig.Member("resting", ""), _rig.Member("refused", ""), _rig.Member("healthy", "")];
        members[0].Circuit.LeaveOut(ChainRig.Unreachable("resting"));
        members[1].Circuit.Failed(new ProviderException("refused", ProviderFailureKind.Unauthorized, "401"));
        Assert.Equal(["healthy", "resting"], members.InOrder().Select(m => m.Name));
    }

    [Fact]
    public async Task TheWatchTriesWhoRestsUntilItWorks()
    {
        ProviderCircuit circuit = Broken();
        int trials = 0;
        // A trial waits for a thread while the time of this test flies on: a short limit would be passed before it began.
        await using var watch = new ProviderWatch(TimeSpan.Zero, TimeSpan.FromDays(1), _rig.Time);
        watch.Add(circuit, _ => ++trials < 3 ? throw ChainRig.Unreachable("a") : Task.CompletedTask, isLocal: false);
        watch.Start();
        await ChainRig.UntilAsync(() =>
        {
            _rig.Time.Advance(TimeSpan.FromMilliseconds(100));
            return circuit.IsHealthy;
        });
        Assert.Equal(3, trials);
    }

    [Fact]
    public async Task TheWatchFindsAStandInThatDiedBeforeACallerDoes()
    {
        ProviderCircuit circuit = _rig.Circuit("a");
        await using var watch = new ProviderWatch(TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(5), _rig.Time);
        watch.Add(circuit, _ => throw ChainRig.Unreachable("a"), isLocal: false);
        watch.Start();
        await ChainRig.UntilAsync(() =>
        {
            _rig.Time.Advance(TimeSpan.FromSeconds(1));
            return !circuit.IsHealthy;
        });
    }

    [Fact]
    public async Task OneThatHangsDoesNotKeepTheOthersFromComingBack()
    {
        (ProviderCircuit hangs, ProviderCircuit works) = (Broken(), Broken());
        var held = new TaskCompletionSource();
        await using var watch = new ProviderWatch(TimeSpan.Zero, TimeSpan.FromDays(1), _rig.Time);
        bool isTried = false;
        watch.Add(hangs, _ =>
        {
            Volatile.Write(ref isTried, true);
            return held.Task;
        }, isLocal: false);
        watch.Add(works, _ => Volatile.Read(ref isTried) ? Task.CompletedTask : throw ChainRig.Unreachable("a"), isLocal: false);
        watch.Start();
        try
        {
            await ChainRig.UntilAsync(() =>
            {
                _rig.Time.Advance(TimeSpan.FromMilliseconds(100));
                return works.IsHealthy;
            });
        }
        finally
        {
            held.SetResult();
        }
    }

    [Fact]
    public async Task AWarmUpThatHangsIsLeftOut()
    {
        ProviderCircuit circuit = _rig.Circuit("a");
        await using var watch = new ProviderWatch(TimeSpan.Zero, TimeSpan.FromSeconds(5), _rig.Time);
        watch.Add(circuit, _ => new TaskCompletionSource().Task, isLocal: false);
        Task<IReadOnlyList<EngineException>> warm = watch.WarmUpAsync(default);
        await ChainRig.UntilAsync(() =>
        {
            _rig.Time.Advance(TimeSpan.FromSeconds(1));
            return warm.IsCompleted;
        });
        Assert.Contains("longer than 5 s", Assert.Single(await warm).Message, StringComparison.Ordinal);
        Assert.Equal(ProviderState.Resting, circuit.State);
        Task disposed = watch.DisposeAsync().AsTask();
        await ChainRig.UntilAsync(() =>
        {
            _rig.Time.Advance(TimeSpan.FromSeconds(1)); // it does not wait long for who hangs
            return disposed.IsCompleted;
        });
    }

    private ProviderCircuit Broken()
    {
        ProviderCircuit circuit = _rig.Circuit("a");
        for (int i = 0; i < Defaults.MinimumRequests; i++)
            circuit.Failed(ChainRig.Unreachable("a"));
        return circuit;
    }
}
