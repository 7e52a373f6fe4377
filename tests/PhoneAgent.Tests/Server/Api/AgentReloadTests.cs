using System.Text.Json.Nodes;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Server.Hosting;
using PhoneAgent.Server.Http.Security;
using PhoneAgent.Server.Options;
using PhoneAgent.Tests.Server.Http;
using Xunit;

namespace PhoneAgent.Tests.Server.Api;

public sealed class AgentReloadTests
{
    private const string Good = """
        name: Desk
        language: LANGUAGE
        start: hello
        steps:
          hello:
            say: Hello.
            hang_up: done
        """;

    [Fact]
    public async Task Files_are_taken_while_calls_go_on_and_mistakes_change_nothing()
    {
        await using HttpRig rig = await HttpRig.StartAsync(with: options => options with
        {
            Agents = new AgentsOptions { Folder = "agents", Default = "echo", Routes = [new AgentRoute { Called = "1", Agent = "desk" }] },
        });
        string key = rig.Key(ApiScope.AgentsRead, ApiScope.AgentsWrite);
        MadeUpCall running = rig.Call();
        string file = Path.Combine(rig.Folder, "agents", "desk.yaml");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);

        ApiAnswer missing = await rig.AskAsync("POST", "/api/v1/agents/reload", new { }, key);
        Assert.Equal(422, missing.Status);
        Assert.Contains("desk.yaml", missing.Json["errors"]![0]!["place"]!.GetValue<string>(), StringComparison.Ordinal);

        await File.WriteAllTextAsync(file, Good.Replace("LANGUAGE", "en-GB", StringComparison.Ordinal));
        Assert.True((await rig.AskAsync("POST", "/api/v1/agents/validate", new { }, key)).Json["valid"]!.GetValue<bool>());
        Assert.Equal(["echo"], await NamesAsync(rig, key));
        Assert.Equal(200, (await rig.AskAsync("POST", "/api/v1/agents/reload", new { }, key)).Status);
        Assert.Equal(["desk", "echo"], await NamesAsync(rig, key));

        await File.WriteAllTextAsync(file, "steps: [");
        JsonNode mistakes = (await rig.AskAsync("POST", "/api/v1/agents/validate", new { }, key)).Json;
        Assert.False(mistakes["valid"]!.GetValue<bool>());
        Assert.Equal("desk.yaml", mistakes["mistakes"]![0]!["file"]!.GetValue<string>());
        Assert.Equal(422, (await rig.AskAsync("POST", "/api/v1/agents/reload", new { }, key)).Status);
        Assert.Equal(["desk", "echo"], await NamesAsync(rig, key));
        Assert.False(running.Running.Completion.IsCompleted);
    }

    [Fact]
    public void Calls_to_come_have_the_new_agent()
    {
        var options = new AgentsOptions { Default = "echo" };
        var agents = new AgentDirectory([new EchoAgent()], options);
        Agent before = agents.Default;
        agents.TakeOver(new AgentDirectory([new EchoAgent()], options));
        Assert.NotSame(before, agents.For(new CallInfo { Id = "x", Direction = CallDirection.Inbound, RemoteParty = "1", LocalParty = "2" }));
    }

    private static async Task<string[]> NamesAsync(HttpRig rig, string key) =>
        [.. (await rig.AskAsync("GET", "/api/v1/agents", key: key)).Json["items"]!.AsArray().Select(agent => agent!["name"]!.GetValue<string>())];
}
