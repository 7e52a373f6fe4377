using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Conversation.Dialogue.LanguageModel.Tools;
using PhoneAgent.Conversation.Dialogue.LanguageModel.Tools.BuiltIn;
using PhoneAgent.Conversation.Transfer.Humans;
using Xunit;

namespace PhoneAgent.Tests.Conversation.Dialogue.LanguageModel;

/// <summary>Hand-overs of an agent whose people are away, or who has none.</summary>
public sealed class NobodyThereTests
{
    /// <summary>The clock stands on a Saturday.</summary>
    private static readonly HumanPlan Sundays = new()
    {
        Targets = [new HumanTarget("200")],
        Hours = new OpeningHours(
            TimeZoneInfo.Utc, new Dictionary<DayOfWeek, IReadOnlyList<OpenTime>> { [DayOfWeek.Sunday] = [new OpenTime(default, TimeSpan.FromHours(24))] }, new HashSet<ClosedDate>()),
    };

    [Fact]
    public async Task A_caller_who_asks_hears_at_once_that_nobody_is_there_and_the_model_goes_on()
    {
        await using var call = new ModelCall(change: agent => agent with { Humans = Sundays });
        call.Client.Answer("May I take a message?");
        Assert.Equal("[note human.failed=nobody is there at this time] I'm sorry, I couldn't reach anyone. May I take a message?", await call.CallerAsync("a human please"));
        string told = call.Client.Requests.Single().Conversation;
        Assert.Contains("nobody is there at this time", told, StringComparison.Ordinal);
        Assert.Contains("a human please", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_that_wants_to_transfer_is_told_that_nobody_is_there()
    {
        ITool tool = BuiltInTools.Make(new ToolDefinition.Transfer("transfer", null, new Dictionary<string, string> { ["person"] = "200" }) { Humans = Sundays })!;
        await using var call = new ModelCall(tools: [tool], change: agent => agent with { Humans = Sundays });
        call.Client.Call("transfer", new() { ["reason"] = "an invoice" }).Answer("Nobody is in. May I take a message?");
        Assert.Equal("Nobody is in. May I take a message?", await call.CallerAsync("there is an error in my invoice"));
        Assert.Contains("nobody is there at this time", call.Client.Requests[1].Conversation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_agent_who_knows_nobody_says_so_to_a_caller_who_is_to_be_handed_over()
    {
        await using var call = new ModelCall(change: agent => agent with { Humans = null });
        Assert.Equal("I'm sorry, there is nobody I can connect you with.", await call.TurnAsync(new DialogueTurn.Escalated("sustained-turns: words")));
        Assert.IsType<DialogueAction.Listen>(call.Last[^1]);
    }
}
