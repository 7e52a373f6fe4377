using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Conversation.Dialogue.LanguageModel;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Server.Doctor;
using PhoneAgent.Server.Hosting;
using PhoneAgent.Server.Options;
using PhoneAgent.Testing.Models;
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

    [Fact]
    public async Task AnAgentWithAModelTalksByItAndByItsScriptWithoutOne()
    {
        AgentDirectory? agents = Load(new AgentsOptions { Default = "concierge" }, out IReadOnlyList<ConfigProblem> problems);

        Assert.Empty(problems);
        Assert.Contains(agents!.All, agent => agent.Name == "front-desk"); // it takes calls over
        var concierge = Assert.IsType<ScriptedAgent>(agents.Default);
        Assert.NotNull(concierge.Knowledge);
        using var model = new FakeChatClient { Otherwise = _ => "We do repair bikes." };
        Assert.Equal("We do repair bikes.", await AnswerAsync(concierge.CreateWith!(Info, new ModelServices(model, _ => []))));
        Assert.Contains("take_message", model.Requests[0].Tools);
        Assert.StartsWith("<passage", model.Requests[0].Last, StringComparison.Ordinal);
        Assert.StartsWith("Sorry, I didn't catch that.", await AnswerAsync(concierge.CreateWith!(Info, null)), StringComparison.Ordinal);
    }

    [Fact]
    public void AHandOverToNobodyIsNamedWithItsPlace()
    {
        string folder = Directory.CreateTempSubdirectory("agents-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "one.yaml"), "name: one\nmodel: {}\ntools:\n  give: { type: hand_over, agents: { echo: tests, tow: the other } }\n");
            File.WriteAllText(Path.Combine(folder, "two.yaml"), "name: two\nmodel: {}\n");
            Assert.Null(Load(new AgentsOptions { Default = "one", Folder = folder }, out IReadOnlyList<ConfigProblem> problems));
            Assert.Equal(["tools.give.agents.echo", "tools.give.agents.tow"], problems.Select(problem => problem.Key));
            Assert.Contains("Did you mean 'two'?", problems[1].Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void TheDoctorSaysWhereAModelIsMissing()
    {
        var options = new AgentsOptions { Default = "concierge" };
        AgentDirectory? agents = Load(options, out _);
        CheckResult[] findings = [.. AgentCheck.Run(new LoadedConfig(new PhoneAgentOptions { Agents = options }, null, Repository.Root, []), agents, [])];
        Assert.Contains(findings, finding => finding.Level == CheckLevel.Warn && finding.Finding.Contains("no language model is configured; its script answers", StringComparison.Ordinal));
        Assert.Contains(findings, finding => finding.Level == CheckLevel.Ok && finding.Finding.Contains("concierge: language model, 7 tools, a script of 4 steps", StringComparison.Ordinal));
    }

    private static readonly CallInfo Info = new() { Id = "call-1", Direction = CallDirection.Inbound, RemoteParty = "5550100", LocalParty = "100" };

    private static async Task<string> AnswerAsync(IDialogue dialogue)
    {
        await using (dialogue)
        {
            var result = new RecognitionResult { IsFinal = true, Outcome = RecognitionOutcome.Recognized, Text = "do you repair bikes", Confidence = 1 };
            await using IDialogueReply reply = dialogue.Respond(new DialogueTurn.CallerSaid(result, Interrupting: false));
            reply.Commit();
            var said = new List<string>();
            await foreach (DialogueAction action in reply.ReadAsync(default))
                said.AddRange(action is DialogueAction.Say say ? [say.Text] : []);
            return string.Join(' ', said);
        }
    }

    private static AgentDirectory? Load(AgentsOptions agents, out IReadOnlyList<ConfigProblem> problems)
    {
        using var client = new HttpClient();
        var config = new LoadedConfig(new PhoneAgentOptions { Agents = agents }, null, Repository.Root, []);
        return AgentDirectory.Load(config, client, TimeProvider.System, out problems);
    }
}
