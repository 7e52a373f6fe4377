using PhoneAgent.Conversation;
using PhoneAgent.Server.Hosting;
using PhoneAgent.Server.Options;
using Xunit;

namespace PhoneAgent.Tests.Server.Hosting;

public sealed class AgentDirectoryTests
{
    [Fact]
    public void TheEchoTestNeedsNoFile()
    {
        AgentDirectory? agents = Load(new AgentsOptions { Routes = [new AgentRoute { Called = "600", Agent = "echo" }] }, out _);

        Assert.IsType<EchoAgent>(agents!.For(HostRig.Call("a", "600").Info));
        Assert.Equal("front-desk", agents.For(HostRig.Call("b", "100").Info)!.Name);
        Assert.IsType<ScriptedAgent>(agents.Default);
    }

    [Fact]
    public void AnAgentThatDoesNotExistIsNamedWithTheNearest()
    {
        Assert.Null(Load(new AgentsOptions { Default = "frontdesk" }, out IReadOnlyList<ConfigProblem> problems));
        Assert.Contains("Did you mean 'front-desk'?", Assert.Single(problems).Message, StringComparison.Ordinal);

        Assert.Null(Load(new AgentsOptions { Default = "somebody-else" }, out problems));
        Assert.Contains("Agents here: concierge, echo, front-desk.", Assert.Single(problems).Message, StringComparison.Ordinal);
    }

    private static AgentDirectory? Load(AgentsOptions agents, out IReadOnlyList<ConfigProblem> problems)
    {
        using var client = new HttpClient();
        var config = new LoadedConfig(new PhoneAgentOptions { Agents = agents }, null, Repository.Root, []);
        return AgentDirectory.Load(config, client, TimeProvider.System, out problems);
    }
}
