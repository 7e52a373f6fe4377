using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Dialogue.Scripted;
using PhoneAgent.Server.Hosting;
using PhoneAgent.Server.Options;
using Xunit;

namespace PhoneAgent.Tests.Server.Hosting;

public sealed class EngineWarmUpTests
{
    private static readonly PhoneAgentOptions Defaults = new();

    [Fact]
    public async Task EveryEngineIsUsedOnceBeforeTheFirstCall()
    {
        await using var rig = new HostRig([FrontDesk()]);

        await rig.Host.StartAsync(default);

        Assert.Single(rig.Recognizer.Requests);
        Assert.Equal(0, rig.Recognizer.OpenStreams);
        Assert.Single(rig.Synthesizer.Requests);
        await rig.Host.StopAsync(default);
    }

    [Fact]
    public async Task AnEngineThatFailsIsNoReasonNotToStart()
    {
        await using var rig = new HostRig([FrontDesk()]);
        rig.Synthesizer.Failure = "no voice";

        await rig.WarmUp.RunAsync(default);

        Assert.True(rig.EnginesAreLoaded());
    }

    [Fact]
    public async Task SwitchedOffNothingIsLoaded()
    {
        await using var rig = new HostRig([FrontDesk()], Defaults with { Engines = new EngineOptions { WarmUp = false } });
        await rig.WarmUp.RunAsync(default);
        Assert.False(rig.EnginesAreLoaded());
    }

    [Fact]
    public async Task AnEchoLineLoadsNoEngine()
    {
        await using var rig = new HostRig([new EchoAgent()], Defaults with { Agents = new AgentsOptions { Default = "echo" } });
        await rig.Host.StartAsync(default);
        var call = HostRig.Call("one");
        rig.Ring(call);
        RunningCall running = await rig.StartedAsync();
        await call.HangUpAsync(default);
        await running.Completion.WaitAsync(HostRig.Patience);

        Assert.False(rig.EnginesAreLoaded());
        await rig.Host.StopAsync(default);
    }

    private static ScriptedAgent FrontDesk()
    {
        string file = Path.Combine(Repository.Root, "config", "agents", "front-desk.yaml");
        Assert.True(AgentDefinition.TryLoad(file, out AgentDefinition? definition, out _));
        return new ScriptedAgent("front-desk", definition, new CallSessionOptions(), _ => throw new InvalidOperationException("no call in this test"));
    }
}
