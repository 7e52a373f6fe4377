using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Dialogue.Scripted;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Server.Doctor;
using PhoneAgent.Server.Hosting;
using PhoneAgent.Server.Options;
using Xunit;

namespace PhoneAgent.Tests.Server.Hosting;

public sealed class ExpectedWordsTests
{
    [Fact]
    public async Task AWordThatTheRecogniserDoesNotKnowIsNamedWithItsStep()
    {
        var agents = new AgentDirectory([FrontDesk()], new AgentsOptions());
        await using var recognizer = new Ignorant();

        IReadOnlyList<CheckResult> results = await AgentCheck.RunAsync(agents, recognizer, default);

        Assert.Equal(FrontDesk().Definition.Expectations().Count(), results.Count);
        Assert.All(results, r => Assert.Equal(CheckLevel.Warn, r.Level));
        Assert.Contains(results, r => r.Finding.StartsWith("front-desk, step ", StringComparison.Ordinal) && r.Finding.EndsWith("no pronunciation of 'xyzzy'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task WithoutARecogniserThereIsNothingToAsk()
    {
        await using var recognizer = new MissingRecognizer("not installed");
        Assert.Empty(await AgentCheck.RunAsync(new AgentDirectory([FrontDesk()], new AgentsOptions()), recognizer, default));
    }

    private static ScriptedAgent FrontDesk()
    {
        string file = Path.Combine(Repository.Root, "config", "agents", "front-desk.yaml");
        Assert.True(AgentDefinition.TryLoad(file, out AgentDefinition? definition, out _));
        return new ScriptedAgent("front-desk", definition, new CallSessionOptions(), _ => throw new InvalidOperationException("no call in this test"));
    }

    private sealed class Ignorant : ISpeechRecognizer
    {
        public string Name => "ignorant";

        public bool NeedsExpectation => true;

        public ValueTask<IReadOnlyList<string>> PrepareAsync(RecognitionRequest request, CancellationToken cancellationToken) =>
            new(["no pronunciation of 'xyzzy'"]);

        public IRecognitionStream Open(RecognitionRequest request, Action<RecognitionResult> onResult) => throw new InvalidOperationException("not in this test");

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
