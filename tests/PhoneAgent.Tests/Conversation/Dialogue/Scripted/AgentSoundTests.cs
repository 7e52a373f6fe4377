using PhoneAgent.Audio;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Dialogue.Scripted;
using Xunit;

namespace PhoneAgent.Tests.Conversation.Dialogue.Scripted;

public sealed class AgentSoundTests : IDisposable
{
    private const string File = """
        name: test
        start: menu
        variables: { shop: Northside }
        pronunciation:
          Nguyen: win
          "e-bike": e bike
        fillers: ["One moment.", "Let me see."]
        ambience: { file: room.wav, level_db: -50 }
        steps:
          menu:
            say: ["Welcome to {shop}.", "Hello, this is Nguyen."]
            ask: "What can I do for you?"
            expect: [bye]
            on: { bye: end }
          end:
            say: "Goodbye then."
            hang_up: done
        intents:
          bye: { phrases: ["that is all"] }

        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("agent-sound-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_file_says_how_the_agent_sounds()
    {
        var random = new Random(1);
        using (var room = new WavWriter(System.IO.File.Create(Path.Combine(_folder, "room.wav")), 8_000, 1))
            room.Write([.. Enumerable.Range(0, 16_000).Select(_ => (short)random.Next(-999, 999))]);
        AgentDefinition agent = Load(File);
        Assert.Equal("win has an e bike.", agent.Sound.Pronunciations.Apply("Nguyen has an E-bike.").Text);
        Assert.Equal(["One moment.", "Let me see."], agent.Sound.Fillers);
        Assert.Equal((2 * 16_000) - 800, agent.Sound.Ambience!.Length);
    }

    [Fact]
    public void Fixed_texts_are_those_that_no_call_changes()
    {
        AgentDefinition agent = Load(File.Replace("ambience: { file: room.wav, level_db: -50 }\n", "", StringComparison.Ordinal));
        string[] texts = [.. agent.FixedTexts()];
        Assert.Superset(new HashSet<string> { "Welcome to Northside.", "Hello, this is Nguyen.", "What can I do for you?", "Goodbye then.", "Let me see.", "Are you still there?" }, texts.ToHashSet());
        Assert.DoesNotContain(texts, text => text.Contains('{', StringComparison.Ordinal));
    }

    private AgentDefinition Load(string text)
    {
        string path = Path.Combine(_folder, "agent.yaml");
        System.IO.File.WriteAllText(path, text);
        Assert.True(AgentDefinition.TryLoad(path, out AgentDefinition? agent, out IReadOnlyList<ConfigProblem> problems), string.Join('\n', problems));
        return agent;
    }
}
