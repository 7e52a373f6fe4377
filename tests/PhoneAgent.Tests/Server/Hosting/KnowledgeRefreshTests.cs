using Microsoft.Extensions.Logging.Abstractions;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Dialogue.Knowledge;
using PhoneAgent.Conversation.Dialogue.Scripted;
using PhoneAgent.Server.Hosting;
using PhoneAgent.Server.Options;
using PhoneAgent.Testing;
using Xunit;

namespace PhoneAgent.Tests.Server.Hosting;

public sealed class KnowledgeRefreshTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("phoneagent-knowledge").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task AChangedFileIsKnownWithinAQuarterOfAMinute()
    {
        File.WriteAllText(Path.Combine(_folder, "a.md"), "Apples are green.");
        KnowledgeBase knowledge = KnowledgeBase.Load(_folder, new List<ConfigProblem>())!;
        Assert.True(AgentDefinition.TryLoad(Path.Combine(Repository.Root, "config", "agents", "front-desk.yaml"), out AgentDefinition? definition, out _));
        using var client = new HttpClient();
        var time = new VirtualTime();
        ScriptedAgent agent = ScriptedAgent.From("desk", definition, new CallSessionOptions(), client, time) with { Knowledge = knowledge };
        using var refresh = new KnowledgeRefresh(new AgentDirectory([agent], new AgentsOptions { Default = "desk" }), time, NullLogger<KnowledgeRefresh>.Instance);
        await refresh.StartAsync(default);

        File.WriteAllText(Path.Combine(_folder, "b.md"), "Bananas are yellow.");
        Assert.Empty(knowledge.Search("bananas"));
        using var patience = new CancellationTokenSource(HostRig.Patience);
        while (knowledge.Search("bananas").Count == 0)
        {
            patience.Token.ThrowIfCancellationRequested();
            time.Advance(TimeSpan.FromSeconds(15));
            await Task.Yield();
        }
        await refresh.StopAsync(default);
    }
}
