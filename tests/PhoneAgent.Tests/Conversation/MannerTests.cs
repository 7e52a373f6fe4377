using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Conversation.Speaking;
using PhoneAgent.Testing.Calls;
using Xunit;

namespace PhoneAgent.Tests.Conversation;

public class MannerTests
{
    private static readonly Expectation Anything = new() { FreeText = true };

    [Fact]
    public async Task Voice_and_language_change_in_the_middle_of_a_reply_and_stay()
    {
        await using var call = new ScriptedCall(turn => turn switch
        {
            DialogueTurn.CallStarted => [new DialogueAction.Say("Hello."), new DialogueAction.Listen(Anything)],
            DialogueTurn.CallerSaid { Result.Text: "deutsch bitte" } =>
            [
                new DialogueAction.Say("Sure."),
                new DialogueAction.UseVoice("hans", "de-DE", Rate: 0.9),
                new DialogueAction.Say("Guten Tag."),
                new DialogueAction.Listen(Anything),
            ],
            _ => [new DialogueAction.Say("Ja."), new DialogueAction.Listen(Anything)],
        });
        await call.Say(2, "deutsch bitte", 1).Say(6, "danke", 1).RunAsync(9);

        Assert.Equal(
            [("Hello.", null, 1d), ("Sure.", null, 1d), ("Guten Tag.", "hans", 0.9), ("Ja.", "hans", 0.9)],
            call.Synthesizer.FullRequests.Select(r => (r.Text, r.Voice, r.Rate)));
        Assert.Equal(["en-US", "de-DE"], call.Recognizer.Requests.Select(r => r.Language).Distinct());
        Assert.Equal("de-DE", Assert.Single(call.EventsOf<TimelineEvent.LanguageChanged>()).Language);
    }

    [Fact]
    public async Task Another_agents_pronunciation_and_background_come_with_him()
    {
        var noise = new Random(1);
        Assert.True(Ambience.TryCreate([.. Enumerable.Range(0, 32_000).Select(_ => (short)noise.Next(-5_000, 5_000))], -30, out Ambience? room, out _));
        var robin = new AgentSound { Pronunciations = new Pronunciations(new Dictionary<string, string> { ["Nguyen"] = "nwin" }), Ambience = room };
        await using var call = new ScriptedCall(turn => turn switch
        {
            DialogueTurn.CallStarted => [new DialogueAction.Say("Nguyen speaking."), new DialogueAction.Listen(Anything)],
            _ => [new DialogueAction.UseVoice("robin") { Sound = robin }, new DialogueAction.Say("Nguyen again."), new DialogueAction.Listen(Anything)],
        });
        int before = 0;
        await call.At(4.5, () => before = call.Audio.Sent.Count(sample => sample != 0)).Say(5, "robin please", 1).RunAsync(12);

        Assert.Equal(["Nguyen speaking.", "nwin again."], call.Synthesizer.FullRequests.Select(r => r.Text));
        Assert.Equal("Nguyen again.", call.EventsOf<TimelineEvent.Heard>().Last().Text);
        Assert.True(before < 4.5 * AudioFormat.SampleRate * 0.9);
        Assert.True(call.Audio.Sent.TakeLast(AudioFormat.SampleRate).Count(sample => sample != 0) > AudioFormat.SampleRate * 0.9);
    }

    [Fact]
    public async Task A_guess_that_is_thrown_away_changes_nothing_but_what_it_reported_stays()
    {
        await using var call = new ScriptedCall(turn => turn switch
        {
            DialogueTurn.CallerSaid { Result.Text: "deutsch" } =>
            [
                new DialogueAction.Report(new TimelineEvent.ModelUsage("fake", 10, 2, null, "reply") { At = default }),
                new DialogueAction.UseVoice(Language: "de-DE"),
                new DialogueAction.Say("Ja."),
            ],
            _ => [new DialogueAction.Say("Yes."), new DialogueAction.Listen(Anything)],
        });
        // The pause after the first word is long enough to guess, too short to be the end.
        await call.Say(2, "deutsch", 0.5, complete: false).Say(2.8, "deutsch can you speak english", 1).RunAsync(7);

        Assert.Contains(call.EventsOf<TimelineEvent.Speculation>(), e => e.Step == SpeculationStep.Missed);
        Assert.Empty(call.EventsOf<TimelineEvent.LanguageChanged>());
        Assert.NotEmpty(call.EventsOf<TimelineEvent.ModelUsage>());
        Assert.Null(call.Synthesizer.FullRequests.Last(r => r.Text == "Yes.").Language);
    }
}
