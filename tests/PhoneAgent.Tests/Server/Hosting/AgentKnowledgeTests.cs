using PhoneAgent.Conversation;
using PhoneAgent.Server.Hosting;
using PhoneAgent.Server.Options;
using Xunit;

namespace PhoneAgent.Tests.Server.Hosting;

public sealed class AgentKnowledgeTests
{
    [Fact]
    public void FaultsOfTheKnowledgeAreSaidWithTheirPlace()
    {
        string folder = Directory.CreateTempSubdirectory("phoneagent-agents").FullName;
        try
        {
            Directory.CreateDirectory(Path.Combine(folder, "house"));
            File.WriteAllText(Path.Combine(folder, "one.yaml"), "name: one\nmodel: {}\nknowledge: { folder: house }\n");
            File.WriteAllText(Path.Combine(folder, "house", "prices.csv"), "a,b\n1,2\n1\n");
            var config = new LoadedConfig(new PhoneAgentOptions { Agents = new AgentsOptions { Default = "one", Folder = folder } }, null, Repository.Root, []);
            using var client = new HttpClient();

            Assert.Null(AgentDirectory.Load(config, client, TimeProvider.System, out IReadOnlyList<ConfigProblem> problems));

            ConfigProblem problem = Assert.Single(problems);
            Assert.Equal(("prices.csv", 3), (Path.GetFileName(problem.File), problem.Line));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
