using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Server.Hosting;
using PhoneAgent.Server.Options;
using PhoneAgent.Testing.Calls;
using Xunit;

namespace PhoneAgent.Tests.Server.Hosting;

public sealed class CallHostTests
{
    private static readonly PhoneAgentOptions EchoByDefault = new() { Agents = new AgentsOptions { Default = "echo" } };

    [Fact]
    public async Task ACallIsAnsweredAndEndsWithItsCaller()
    {
        await using var rig = new HostRig([new EchoAgent()], EchoByDefault);
        await rig.Host.StartAsync(default);
        FakeCall call = HostRig.Call("one");

        FakeIncomingCall incoming = rig.Ring(call);

        RunningCall running = await rig.StartedAsync();
        Assert.Null(await incoming.Outcome);
        call.End(new CallEnd(CallEndCause.HungUp, EndedBy.Caller));
        Assert.Equal(new CallEnd(CallEndCause.HungUp, EndedBy.Caller), await running.Completion.WaitAsync(HostRig.Patience));
        Assert.Contains("\"event\":\"ended\",\"cause\":\"hung-up\",\"by\":\"caller\"", rig.Log.Timeline("one"), StringComparison.Ordinal);
        Assert.Contains("\"cause\":\"hung-up\"", rig.Log.Report("one"), StringComparison.Ordinal);
        await rig.Host.StopAsync(default);
    }

    [Fact]
    public async Task APlacedCallIsCarriedLikeOneThatArrived()
    {
        await using var rig = new HostRig([new EchoAgent()], EchoByDefault);
        FakeHuman human = rig.Line.Add("200");
        human.WhenCalled = called => called.Answer();
        RunningCall? told = null;
        var call = new OutgoingCall(new PlaceCallRequest("200"), "echo", rig.Time.GetUtcNow()) { OnAnswered = running => told = running };

        Task<CallEnd> over = rig.Host.PlaceAsync(rig.Line, call, new EchoAgent(), default);

        RunningCall running = await rig.StartedAsync();
        Assert.Same(running, told);
        Assert.Same(running, call.Running);
        Assert.Equal(call.Id, running.Info.Id);
        Assert.Null(await call.Outcome.WaitAsync(HostRig.Patience));
        human.HangUp();
        Assert.Equal(new CallEnd(CallEndCause.HungUp, EndedBy.Caller), await over.WaitAsync(HostRig.Patience));
        Assert.Contains("\"event\":\"ended\"", rig.Log.Timeline(call.Id), StringComparison.Ordinal);
    }

    [Fact]
    public async Task APlacedCallThatNobodyAnswersOrNoAgentCanTakeSaysSo()
    {
        await using var rig = new HostRig([new EchoAgent()], EchoByDefault);
        rig.Line.Add("200").WhenCalled = human => human.Refuse(CallEndCause.Busy, 486);
        FakeHuman answering = rig.Line.Add("201");
        answering.WhenCalled = called => called.Answer();

        var busy = new OutgoingCall(new PlaceCallRequest("200"), "echo", rig.Time.GetUtcNow());
        Assert.Equal(CallEndCause.Busy, (await rig.Host.PlaceAsync(rig.Line, busy, new EchoAgent(), default).WaitAsync(HostRig.Patience)).Cause);
        Assert.Equal((PlacedState.Over, null), (busy.State, busy.Running));

        var broken = new OutgoingCall(new PlaceCallRequest("201"), "broken", rig.Time.GetUtcNow());
        CallEnd end = await rig.Host.PlaceAsync(rig.Line, broken, new FakeAgent("broken", _ => throw new InvalidOperationException("a bug")), default).WaitAsync(HostRig.Patience);
        Assert.Equal((CallEndCause.Failed, "a bug"), (end.Cause, end.Reason));
        Assert.Equal(PlacedState.Over, broken.State);
        // Nobody holds it: it was hung up.
        Assert.True(answering.Call.IsDisposed);
    }

    [Fact]
    public async Task TheRouteOfTheCalledNumberChoosesTheAgent()
    {
        var taken = new List<string>();
        PhoneAgentOptions options = new() { Agents = new AgentsOptions { Default = "first", Routes = [new AgentRoute { Called = "200", Agent = "second" }] } };
        await using var rig = new HostRig([Listed("first"), Listed("second")], options);
        await rig.Host.StartAsync(default);

        foreach (string number in new[] { "200", "100" })
        {
            FakeCall call = HostRig.Call($"to-{number}", number);
            rig.Ring(call);
            RunningCall running = await rig.StartedAsync();
            call.End(new CallEnd(CallEndCause.HungUp, EndedBy.Caller));
            await running.Completion.WaitAsync(HostRig.Patience);
        }

        Assert.Equal(["second to-200", "first to-100"], taken);
        await rig.Host.StopAsync(default);

        FakeAgent Listed(string name) => new(name, call =>
        {
            taken.Add($"{name} {call.Info.Id}");
            return new EchoSession(call, null);
        });
    }

    [Fact]
    public async Task ANumberThatNobodyAnswersIsNotFound()
    {
        PhoneAgentOptions options = new() { Agents = new AgentsOptions { Default = "echo", Routes = [new AgentRoute { Called = "200", Agent = "gone" }] } };
        await using var rig = new HostRig([new EchoAgent()], options);
        await rig.Host.StartAsync(default);

        FakeIncomingCall incoming = rig.Ring(HostRig.Call("one", "200"));

        Assert.Equal(RejectReason.NotFound, await incoming.Outcome.WaitAsync(HostRig.Patience));
        await rig.Host.StopAsync(default);
    }

    [Fact]
    public async Task ACallerWhoGaveUpWhileItRangHarmsNobody()
    {
        await using var rig = new HostRig([new EchoAgent()], EchoByDefault);
        await rig.Host.StartAsync(default);

        rig.Line.Ring(new FakeIncomingCall(HostRig.Call("gone").Info, call: null));
        rig.Ring(HostRig.Call("next"));

        Assert.Equal("next", (await rig.StartedAsync()).Info.Id);
        await StopAsync(rig);
    }

    [Fact]
    public async Task ASessionThatThrowsIsHungUpAndHarmsNoOtherCall()
    {
        PhoneAgentOptions options = new() { Agents = new AgentsOptions { Default = "echo", Routes = [new AgentRoute { Called = "666", Agent = "broken" }] } };
        await using var rig = new HostRig([new EchoAgent(), new FakeAgent("broken", _ => new BrokenSession())], options);
        await rig.Host.StartAsync(default);
        FakeCall good = HostRig.Call("good"), bad = HostRig.Call("bad", "666");

        rig.Ring(good);
        RunningCall running = await rig.StartedAsync();
        rig.Ring(bad);
        RunningCall broken = await rig.StartedAsync();

        CallEnd end = await broken.Completion.WaitAsync(HostRig.Patience);
        Assert.Equal((CallEndCause.Failed, "a bug"), (end.Cause, end.Reason));
        Assert.True(bad.Signals.Completion.IsCompleted || bad.Signals.TryPeek(out _), "the line was not hung up");
        Assert.Contains("a bug", rig.Log.Timeline("bad"), StringComparison.Ordinal);
        Assert.False(running.Completion.IsCompleted);
        Assert.True(((ScriptedAudio)good.Audio).IsRunning);
        good.End(new CallEnd(CallEndCause.HungUp, EndedBy.Caller));
        Assert.Equal(CallEndCause.HungUp, (await running.Completion.WaitAsync(HostRig.Patience)).Cause);
        await rig.Host.StopAsync(default);
    }

    [Fact]
    public async Task AnAgentThatCannotEvenBeginHarmsNoOtherCall()
    {
        PhoneAgentOptions options = new() { Agents = new AgentsOptions { Default = "echo", Routes = [new AgentRoute { Called = "666", Agent = "broken" }] } };
        await using var rig = new HostRig([new EchoAgent(), new FakeAgent("broken", _ => throw new InvalidOperationException("a bug"))], options);
        await rig.Host.StartAsync(default);
        FakeCall bad = HostRig.Call("bad", "666");

        rig.Ring(bad);
        rig.Ring(HostRig.Call("good"));

        Assert.Equal("good", (await rig.StartedAsync()).Info.Id);
        // Nobody is left in a call that nobody holds.
        await bad.Signals.WaitToReadAsync().AsTask().WaitAsync(HostRig.Patience);
        Assert.True(bad.Signals.TryRead(out CallSignal? signal) && signal is CallSignal.Ended);
        await StopAsync(rig);
    }

    [Fact]
    public async Task StoppingRefusesNewCallsAndLetsARunningOneFinish()
    {
        await using var rig = new HostRig([new EchoAgent()], EchoByDefault);
        await rig.Host.StartAsync(default);
        FakeCall call = HostRig.Call("one");
        rig.Ring(call);
        RunningCall running = await rig.StartedAsync();

        Task stopping = rig.Host.StopAsync(default);

        Assert.True(rig.Line.IsDrained);
        rig.Time.Advance(rig.Config.Options.Limits.DrainTimeout - TimeSpan.FromMilliseconds(1));
        Assert.False(stopping.IsCompleted);
        Assert.False(running.Completion.IsCompleted);
        call.End(new CallEnd(CallEndCause.HungUp, EndedBy.Caller));
        await stopping.WaitAsync(HostRig.Patience);
        Assert.Equal(EndedBy.Caller, (await running.Completion).By);
    }

    [Fact]
    public async Task ACallThatOutlastsTheDrainIsHungUp()
    {
        await using var rig = new HostRig([new EchoAgent()], EchoByDefault);
        await rig.Host.StartAsync(default);
        rig.Ring(HostRig.Call("one"));
        RunningCall running = await rig.StartedAsync();

        Task stopping = rig.Host.StopAsync(default);
        rig.Time.Advance(rig.Config.Options.Limits.DrainTimeout);

        await stopping.WaitAsync(HostRig.Patience);
        Assert.Equal(EndedBy.Agent, (await running.Completion).By);
    }

    [Fact]
    public async Task ACallThatLastsTooLongIsEndedAndSaysWhy()
    {
        PhoneAgentOptions options = EchoByDefault with { Limits = new LimitOptions { MaxCallDuration = TimeSpan.FromMinutes(5) } };
        await using var rig = new HostRig([new EchoAgent()], options);
        await rig.Host.StartAsync(default);
        rig.Ring(HostRig.Call("one"));
        RunningCall running = await rig.StartedAsync();

        rig.Time.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromTicks(1));
        Assert.DoesNotContain(running.Timeline.Snapshot(), e => e is TimelineEvent.Failure);
        rig.Time.Advance(TimeSpan.FromTicks(1));

        Assert.Equal(EndedBy.Agent, (await running.Completion.WaitAsync(HostRig.Patience)).By);
        Assert.Contains(running.Timeline.Snapshot(), e => e is TimelineEvent.Failure failure && failure.What.Contains("limits.max_call_duration", StringComparison.Ordinal));
        await rig.Host.StopAsync(default);
    }

    private static async Task StopAsync(HostRig rig)
    {
        Task stopping = rig.Host.StopAsync(default);
        rig.Time.Advance(rig.Config.Options.Limits.DrainTimeout);
        await stopping.WaitAsync(HostRig.Patience);
    }
}
