using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Conversation.Dialogue.Scripted;
using Xunit;

namespace PhoneAgent.Tests.Conversation.Dialogue.Scripted;

/// <summary>An agent whose people may be away (the clock stands on a Saturday), and one whose callers did not ask for them.</summary>
public sealed class NobodyThereTests : IDisposable
{
    private const string Agent = """
        name: test
        human: { target: "200", hours: { time_zone: UTC, open: { DAY: "0:00-24:00" } } }
        slots: { more: { type: yes_no } }
        start: menu
        COMMANDS
        steps:
          menu:
            ask: "More?"
            expect: more
            on: { yes: connect, no: bye }
          connect:
            note: { asked: "yes" }
            say: "Of course, I'll connect you."
            transfer: "{agent.human}"
            reason: the caller asked for a person
            failed: sorry
          sorry:
            say: "Nobody is in."
            next: NEXT
          bye:
            say: "Bye."
            hang_up: done
        """;

    private static readonly DialogueTurn.Escalated Escalated = new("sustained-turns: words");

    private readonly string _folder = Directory.CreateTempSubdirectory("nobody-there-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private TextCall Call(string day, bool hasStep = true, string next = "menu")
    {
        string path = Path.Combine(_folder, "agent.yaml");
        File.WriteAllText(path, Agent.Replace("DAY", day, StringComparison.Ordinal).Replace("NEXT", next, StringComparison.Ordinal)
            .Replace("COMMANDS", hasStep ? "commands: { human: connect }" : "", StringComparison.Ordinal));
        Assert.True(AgentDefinition.TryLoad(path, out AgentDefinition? agent, out IReadOnlyList<ConfigProblem> problems), string.Join('\n', problems));
        return new TextCall(agent);
    }

    [Fact]
    public async Task Nobody_is_announced_who_is_not_there()
    {
        TextCall call = Call("sunday");
        await call.StartAsync();
        Assert.Equal("Nobody is in. More?", await call.CallerAsync("a human please"));
        Assert.Equal("nobody is there at this time", call.Notes["human.failed"]);
        Assert.Equal("Nobody is in. More?", await call.TurnAsync(Escalated));
    }

    [Fact]
    public async Task Without_a_step_of_its_own_the_agent_says_that_nobody_can_be_reached()
    {
        TextCall call = Call("sunday", hasStep: false);
        await call.StartAsync();
        Assert.Equal("I'm sorry, I couldn't reach anyone. More?", await call.CallerAsync("a human please"));
    }

    [Fact]
    public async Task A_script_that_tries_again_where_nobody_is_there_comes_to_an_end()
    {
        TextCall call = Call("sunday", next: "connect");
        await call.StartAsync();
        Assert.Equal("Nobody is in. Of course, I'll connect you. [transfer 200]", await call.CallerAsync("a human please"));
    }

    [Fact]
    public async Task Who_is_there_is_announced()
    {
        TextCall call = Call("saturday");
        await call.StartAsync();
        Assert.Equal("Of course, I'll connect you. [transfer 200]", await call.CallerAsync("a human please"));
    }

    [Fact]
    public async Task Who_is_handed_over_without_having_asked_hears_why_and_the_humans_do_too()
    {
        TextCall call = Call("saturday");
        await call.StartAsync();
        string said = await call.TurnAsync(Escalated);
        Assert.DoesNotContain("Of course", said, StringComparison.Ordinal);
        Assert.EndsWith("[transfer 200]", said, StringComparison.Ordinal);
        Assert.Equal("the caller is frustrated (sustained-turns: words)", call.Last.OfType<DialogueAction.Transfer>().Single().Reason);
        Assert.Equal("yes", call.Notes["asked"]);
        Assert.Equal("Nobody is in. More?", await call.CallerAsync("(transfer failed)"));
    }
}
