using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Conversation.Dialogue.LanguageModel;
using PhoneAgent.Conversation.Dialogue.LanguageModel.Prompting;
using PhoneAgent.Conversation.Dialogue.Scripted;
using PhoneAgent.Conversation.Escalation;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Conversation.Speaking;
using PhoneAgent.Testing.Calls;
using PhoneAgent.Tests.Conversation.Dialogue.Scripted;
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
    public async Task Between_the_sentences_of_a_reply_there_is_time_to_take_them_in_and_before_the_first_there_is_none()
    {
        var moods = new Dictionary<string, MoodManner> { ["anxious"] = new() { Pause = TimeSpan.FromMilliseconds(150) } };
        await using var call = new ScriptedCall(
            turn => [new DialogueAction.Say(turn is DialogueTurn.CallerSaid ? "One. Two." : "Hello."), new DialogueAction.Listen(Anything)],
            moods: moods, hearsTone: true);
        await call.Say(2, "what shall I do", 1, tone: "anxious").Say(8, "and what then", 1, tone: "anxious").Say(14, "and what now", 1, tone: "neutral").RunAsync(18);

        Assert.Equal(["Hello.", "One. Two.", "One. Two.", "One. Two."], call.EventsOf<TimelineEvent.Heard>().Select(heard => heard.Text));
        // 100 ms more or less a reply: up with the first, all with the second, down again with the third.
        Assert.Equal([100, 150, 50], Gaps(call, from: TimeSpan.FromSeconds(3)));
        Assert.All(call.EventsOf<TimelineEvent.FirstPacket>().Skip(1), packet => Assert.True(packet.ResponseGap < TimeSpan.FromSeconds(0.6), $"{packet.ResponseGap}"));
    }

    /// <summary>Milliseconds of the silences within replies.</summary>
    private static IEnumerable<int> Gaps(ScriptedCall call, TimeSpan from)
    {
        int silent = 0;
        bool began = false;
        foreach (short sample in call.Audio.Sent.Skip((int)AudioFormat.ToSamples(from)))
        {
            if (sample != 0 && began && silent is > 0 and < AudioFormat.SampleRate / 2)
                yield return silent * 1000 / AudioFormat.SampleRate;
            (began, silent) = sample != 0 ? (true, 0) : (began, silent + 1);
        }
    }

    [Fact]
    public async Task The_front_desk_words_it_otherwise_for_a_frustrated_caller()
    {
        AgentDefinition desk = TextCall.FrontDesk();
        await using var call = new ScriptedCall(_ => [], hearsTone: true, moods: desk.Sound.Moods, dialogue: new ScriptedDialogueFactory(desk, new HttpClient(), TextCall.Saturday())
            .Create(new CallInfo { Id = "1", Direction = CallDirection.Inbound, RemoteParty = "1", LocalParty = "2" }));
        await call.Say(5, "my order", 1, tone: "neutral").Say(10, "purple elephants", 1.5, tone: "frustrated").Say(22, "four two oh seven one eight", 2, tone: "frustrated").RunAsync(30);

        List<string> said = [.. call.EventsOf<TimelineEvent.AgentSentence>().Select(sentence => sentence.Text)];
        Assert.Contains("I'm sorry, that was my fault: I didn't catch it.", said);
        Assert.Contains(said, sentence => sentence.StartsWith("Thank you. I'm looking up order", StringComparison.Ordinal));
        Assert.DoesNotContain(said, sentence => sentence.StartsWith("One moment", StringComparison.Ordinal));
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

    [Fact]
    public void A_language_model_is_told_how_to_word_it_by_the_agent_s_file_or_else_by_what_is_built_in()
    {
        var info = new CallInfo { Id = "1", Direction = CallDirection.Inbound, RemoteParty = "1", LocalParty = "2" };
        AgentDefinition agent = TextCall.FrontDesk() with { Model = new ModelDefinition(), Sound = new AgentSound() };
        string usual = Instructions.For(agent, info, default, hasTools: false, "");
        Assert.Contains("- Frustrated: Say in a few words, and only once", usual, StringComparison.Ordinal);
        Assert.DoesNotContain("- Happy", usual, StringComparison.Ordinal);

        var moods = new Dictionary<string, MoodManner> { ["frustrated"] = new() { Rules = ["Offer a voucher."] }, ["happy"] = new() { Rules = ["Be brief."] } };
        AgentDefinition own = agent with { Sound = new AgentSound { Moods = moods } };
        string told = Instructions.For(own, info, default, hasTools: false, "");
        Assert.Contains("- Frustrated: Offer a voucher.\n", told.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Contains("- Happy: Be brief.", told, StringComparison.Ordinal);
        Assert.DoesNotContain("only once in the call", told, StringComparison.Ordinal);
        Assert.Contains("Frustrated: Offer a voucher.", Instructions.Confidential(own));
    }
}
