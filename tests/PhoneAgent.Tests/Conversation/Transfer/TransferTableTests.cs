using PhoneAgent.Conversation.Transfer;
using PhoneAgent.Tests.Server;
using Xunit;

namespace PhoneAgent.Tests.Conversation.Transfer;

/// <summary>Every path of a transfer, as the table has it.</summary>
public sealed class TransferTableTests
{
    private const string Begin = "<!-- transfer-machine -->", End = "<!-- /transfer-machine -->";

    private static readonly TransferState[] Ends = [TransferState.Referred, TransferState.Returned, TransferState.Over];

    private static TransferMachine After(params TransferTrigger[] triggers)
    {
        var machine = new TransferMachine();
        foreach (TransferTrigger trigger in triggers)
            machine.Fire(trigger, TimeSpan.Zero);
        return machine;
    }

    [Fact]
    public void A_row_stands_once()
    {
        Assert.Equal(TransferTable.Rows.Count, TransferTable.Rows.DistinctBy(row => (row.From, row.On)).Count());
    }

    [Fact]
    public void Every_state_is_reached_every_trigger_counts_somewhere_and_only_ends_lead_nowhere()
    {
        var reached = new HashSet<TransferState> { TransferState.Choosing };
        while (TransferTable.Rows.Any(row => reached.Contains(row.From) && reached.Add(row.To)))
        {
        }
        Assert.Equal(Enum.GetValues<TransferState>().Order(), reached.Order());
        Assert.Equal(Enum.GetValues<TransferTrigger>().Order(), TransferTable.Rows.Select(row => row.On).Distinct().Order());
        Assert.Equal(Enum.GetValues<TransferAction>().Order(), TransferTable.Rows.SelectMany(row => row.Actions).Distinct().Order());
        Assert.Equal(Ends.Order(), Enum.GetValues<TransferState>().Except(TransferTable.Rows.Select(row => row.From)).Order());
    }

    [Fact]
    public void From_every_state_before_the_ends_a_caller_who_hangs_up_frees_the_human()
    {
        foreach (TransferState state in Enum.GetValues<TransferState>().Except(Ends))
        {
            TransferRow row = Assert.Single(TransferTable.Rows, row => row.From == state && row.On == TransferTrigger.CallerHungUp);
            Assert.Equal((TransferState.Over, TransferAction.DropHuman), (row.To, Assert.Single(row.Actions)));
        }
    }

    [Fact]
    public void From_every_state_before_the_ends_an_end_can_be_reached()
    {
        foreach (TransferState state in Enum.GetValues<TransferState>().Except(Ends))
        {
            var reached = new HashSet<TransferState> { state };
            while (TransferTable.Rows.Any(row => row.On != TransferTrigger.CallerHungUp && reached.Contains(row.From) && reached.Add(row.To)))
            {
            }
            Assert.True(reached.Overlaps(Ends), $"{state} leads nowhere");
        }
    }

    [Fact]
    public void A_human_who_was_called_is_let_go_before_the_next_is_chosen()
    {
        TransferState[] called = [TransferState.Dialling, TransferState.Ringing, TransferState.Briefing, TransferState.Deciding, TransferState.Connecting, TransferState.LetGo];
        foreach (TransferRow row in TransferTable.Rows.Where(row => called.Contains(row.From) && row.To == TransferState.Choosing))
            Assert.Equal([TransferAction.DropHuman, TransferAction.ChooseTarget], row.Actions);
    }

    [Fact]
    public void Who_is_with_a_human_or_with_the_agent_does_not_hear_the_music_any_more()
    {
        foreach (TransferRow row in TransferTable.Rows.Where(row => row.To is TransferState.Bridged or TransferState.Returned))
            Assert.Equal(TransferAction.StopHold, row.Actions[0]);
    }

    [Fact]
    public void A_bridge_and_a_take_over_are_a_success_and_stay_one()
    {
        TransferMachine bridged = After(
            TransferTrigger.TransferAsked, TransferTrigger.ConsultationDue, TransferTrigger.HumanAnswered, TransferTrigger.Accepted, TransferTrigger.BridgeDue);
        Assert.Equal((TransferState.Bridged, true), (bridged.State, bridged.HasSucceeded));
        Assert.Equal([TransferAction.HangUpCaller], bridged.Fire(TransferTrigger.HumanHungUp, TimeSpan.FromSeconds(1)));
        Assert.True(bridged.HasSucceeded);
        Assert.True(After(TransferTrigger.BlindDue, TransferTrigger.ReferDone).HasSucceeded);
        Assert.False(After(TransferTrigger.BlindDue, TransferTrigger.ReferFailed, TransferTrigger.NobodyLeft).HasSucceeded);
    }

    [Fact]
    public void What_is_not_listed_changes_nothing()
    {
        TransferMachine machine = After(TransferTrigger.ConsultationDue);
        Assert.Empty(machine.Fire(TransferTrigger.Accepted, TimeSpan.FromSeconds(3)));
        Assert.Equal((TransferState.Dialling, TimeSpan.Zero), (machine.State, machine.Since));
    }

    [Fact]
    public void The_diagram_in_the_readme_is_the_table()
    {
        string path = Path.Combine(Repository.Root, "src", "README.md");
        string readme = File.ReadAllText(path);
        string expected = $"{Begin}\n```mermaid\n{TransferDiagram.ToMermaid()}```\n{End}";
        int from = readme.IndexOf(Begin, StringComparison.Ordinal), to = readme.IndexOf(End, StringComparison.Ordinal);
        Assert.True(from >= 0 && to > from, $"src/README.md lacks the marks {Begin} and {End}.");
        string actual = readme[from..(to + End.Length)];
        if (Environment.GetEnvironmentVariable("PHONEAGENT_UPDATE_DIAGRAM") == "1")
            File.WriteAllText(path, readme.Replace(actual, expected, StringComparison.Ordinal));
        else
            Assert.True(actual == expected, "src/README.md shows an old transfer machine. Run the tests once with PHONEAGENT_UPDATE_DIAGRAM=1.");
    }
}
