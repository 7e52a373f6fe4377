using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Conversation.Escalation;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Conversation.Speaking;
using PhoneAgent.Testing.Calls;
using Xunit;

namespace PhoneAgent.Tests.Conversation;

public class MoodTests
{
    private static readonly Expectation Anything = new() { FreeText = true };

    private static readonly EscalationOptions Watchful = new() { Threshold = 0.25, Release = 0.2, SustainedTurns = 0, SustainedFor = TimeSpan.FromMinutes(5) };

    private static readonly Dictionary<string, MoodManner> Moods = new()
    {
        ["frustrated"] = new MoodManner { Rate = 0.9, GainDb = -2, Style = "empathetic" },
    };

    [Fact]
    public async Task The_agent_s_manner_follows_a_frustrated_caller_step_by_step_and_back()
    {
        await using var call = new ScriptedCall(
            turn => [new DialogueAction.Say(turn is DialogueTurn.CallerSaid said ? $"I hear you are {said.Mood ?? "fine"}." : "Hello."), new DialogueAction.Listen(Anything)],
            escalation: Watchful, moods: Moods);
        await call.Say(2, "where is my order", 1).Say(7, "this is ridiculous", 1).Say(12, "so where is it", 1).RunAsync(17);

        Assert.Equal(
            [("Hello.", 1, 0, null), ("I hear you are fine.", 1, 0, null), ("I hear you are frustrated.", 0.95, -1.5, "empathetic"), ("I hear you are frustrated.", 0.9, -2.0, "empathetic")],
            call.Synthesizer.FullRequests.Select(request => (request.Text, Math.Round(request.Rate, 4), request.GainDb, request.Style)).Distinct());
    }

    [Fact]
    public void A_manner_returns_as_slowly_as_it_came_and_keeps_the_agent_s_own()
    {
        var follower = new MannerFollower();
        var own = new SpeakerOptions { Rate = 1.1, GainDb = 1, Style = "chat", Sound = new AgentSound { Moods = Moods } };
        List<double> rates = [];
        foreach (string? mood in new[] { "frustrated", "frustrated", "frustrated", null, "calm", null })
        {
            rates.Add(Math.Round(follower.Over(own, mood).Rate / own.Rate, 4));
            follower.Stand(own, mood);
        }
        Assert.Equal([0.95, 0.9, 0.9, 0.95, 1, 1], rates);
        Assert.Equal(own, follower.Over(own, null));
    }
}
