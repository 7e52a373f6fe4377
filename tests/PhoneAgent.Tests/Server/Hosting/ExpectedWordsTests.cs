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

    [Theory]
    [InlineData(true, "concierge", true)]
    [InlineData(false, "concierge", false)]
    [InlineData(true, "front-desk", false)]
    public async Task AModelThatOnlyHearsPhrasesIsWarnedOf(bool needsExpectation, string name, bool warned)
    {
        await using var recognizer = new Ignorant { NeedsExpectation = needsExpectation };
        IReadOnlyList<CheckResult> results = await AgentCheck.RunAsync(new AgentDirectory([FrontDesk(name)], new AgentsOptions { Default = name }), recognizer, default);
        Assert.Equal(warned, results.Any(r => r.Level == CheckLevel.Warn && r.Finding.Contains("it speaks by a language model, but ignorant only hears", StringComparison.Ordinal)));
    }

    private static ScriptedAgent FrontDesk(string name = "front-desk")
    {
        string file = Path.Combine(Repository.Root, "config", "agents", $"{name}.yaml");
        Assert.True(AgentDefinition.TryLoad(file, out AgentDefinition? definition, out _));
        return new ScriptedAgent(name, definition, new CallSessionOptions(), _ => throw new InvalidOperationException("no call in this test"));
    }

    private sealed class Ignorant : ISpeechRecognizer
    {
        public string Name => "ignorant";

        public bool NeedsExpectation { get; init; } = true;

        public ValueTask<IReadOnlyList<string>> PrepareAsync(RecognitionRequest request, CancellationToken cancellationToken) =>
            new(["no pronunciation of 'xyzzy'"]);

        public IRecognitionStream Open(RecognitionRequest request, Action<RecognitionResult> onResult) => throw new InvalidOperationException("not in this test");

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
