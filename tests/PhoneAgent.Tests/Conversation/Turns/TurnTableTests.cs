using PhoneAgent.Conversation.Turns;
using Xunit;

namespace PhoneAgent.Tests.Conversation.Turns;

public class TurnTableTests
{
    [Fact]
    public void A_state_has_one_row_for_a_trigger()
    {
        Assert.Equal(TurnTable.Rows.Count, TurnTable.Rows.Select(row => (row.From, row.On)).Distinct().Count());
    }

    [Fact]
    public void Every_state_but_the_last_ends_with_the_call()
    {
        foreach (TurnState state in Enum.GetValues<TurnState>().Except([TurnState.Ended]))
            Assert.Contains(TurnTable.Rows, row => row.From == state && row.On == TurnTrigger.CallEnded && row.To == TurnState.Ended);
        Assert.DoesNotContain(TurnTable.Rows, row => row.From == TurnState.Ended);
    }

    [Fact]
    public void What_is_not_listed_changes_nothing()
    {
        foreach (TurnTrigger trigger in Enum.GetValues<TurnTrigger>())
        {
            var machine = new TurnMachine();
            bool listed = TurnTable.Rows.Any(row => row.From == TurnState.Greeting && row.On == trigger);
            TurnStep step = machine.Fire(trigger, TimeSpan.FromSeconds(1));
            Assert.Equal(listed, step.IsListed);
            if (!listed)
                Assert.Equal((TurnState.Greeting, 0), (machine.State, step.Actions.Count));
        }
    }

    [Theory]
    [InlineData(TurnTrigger.ReplyFinished, TurnState.Listening)]
    [InlineData(TurnTrigger.CallAnswered, TurnState.Greeting)]
    public void A_dismissed_interruption_goes_back_to_where_it_was(TurnTrigger first, TurnState back)
    {
        var machine = new TurnMachine();
        machine.Fire(first, default);
        machine.Fire(TurnTrigger.SpeechStarted, default);
        if (back == TurnState.Listening)
        {
            Assert.Equal(TurnState.CallerSpeaking, machine.State);
            return;
        }
        Assert.Equal(TurnState.MaybeInterrupted, machine.State);
        machine.Fire(TurnTrigger.SpeechSustained, default);
        machine.Fire(TurnTrigger.BargeInDismissed, default);
        Assert.Equal(back, machine.State);
    }

    [Fact]
    public void A_caller_cut_short_by_hold_is_listened_to_again()
    {
        var machine = new TurnMachine();
        foreach (TurnTrigger trigger in new[] { TurnTrigger.ReplyFinished, TurnTrigger.SpeechStarted, TurnTrigger.SpeechPaused, TurnTrigger.Held, TurnTrigger.Resumed })
            machine.Fire(trigger, default);
        Assert.Equal(TurnState.Listening, machine.State);
    }

    [Fact]
    public void The_diagram_in_the_readme_is_the_table()
    {
        const string Begin = "<!-- turn-machine -->", End = "<!-- /turn-machine -->";
        string path = RepositoryFile("src/README.md");
        string text = File.ReadAllText(path);
        string expected = $"{Begin}\n```mermaid\n{TurnDiagram.ToMermaid()}```\n{End}";
        int from = text.IndexOf(Begin, StringComparison.Ordinal), to = text.IndexOf(End, StringComparison.Ordinal);
        Assert.True(from >= 0 && to > from, $"src/README.md lacks the marks {Begin} and {End}.");
        string actual = text[from..(to + End.Length)];
        if (actual != expected && Environment.GetEnvironmentVariable("PHONEAGENT_UPDATE_DIAGRAM") == "1")
            File.WriteAllText(path, text.Replace(actual, expected, StringComparison.Ordinal));
        else
            Assert.True(actual == expected, "src/README.md shows an old turn machine. Run the tests once with PHONEAGENT_UPDATE_DIAGRAM=1.");
    }

    private static string RepositoryFile(string relative)
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "PhoneAgent.sln")))
                return Path.Combine(folder.FullName, relative);
        }
        throw new FileNotFoundException("PhoneAgent.sln is not above the test's folder.");
    }
}
