using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Conversation.Dialogue.Language;
using PhoneAgent.Conversation.Dialogue.Scripted;
using PhoneAgent.Conversation.Hearing;
using Xunit;

namespace PhoneAgent.Tests.Conversation.Dialogue.Scripted;

/// <summary>Each command in each step of the front desk that listens, and while it asks "Did you say …?".</summary>
public sealed class AlwaysUnderstoodTests
{
    private static readonly Dictionary<string, string[]> Paths = new()
    {
        ["menu"] = [],
        ["ask_order"] = ["my order"],
        ["part of a number"] = ["my order", "four two"],
        ["confirming a number"] = ["my order", "0.6 four two zero seven one eight"],
        ["order_unknown"] = ["my order", "one one one one one one"],
        ["ask_message"] = ["take a message"],
        ["offer_callback"] = ["a human", "(transfer failed)"],
        ["ask_own_number"] = ["call me back"],
        ["ask_phone"] = ["call me back", "no"],
        ["confirming a telephone number"] = ["call me back", "no", "five five five oh one two three"],
        ["ask_callback_day"] = ["call me back", "yes"],
        ["ask_callback_time"] = ["call me back", "yes", "tomorrow"],
        ["anything_else"] = ["when are you open"],
    };

    public static TheoryData<string> Steps => [.. Paths.Keys];

    private static async Task<(TextCall Call, string Said)> AtAsync(string step)
    {
        var call = new TextCall(TextCall.FrontDesk());
        string said = await call.StartAsync();
        foreach (string line in Paths[step])
            said = await call.CallerAsync(line);
        return (call, said);
    }

    [Fact]
    public void Every_listening_step_is_among_the_paths() =>
        Assert.Empty(TextCall.FrontDesk().Expectations().Select(pair => pair.Key).Except(Paths.Keys));

    [Theory, MemberData(nameof(Steps))]
    public async Task Repeats(string step)
    {
        foreach (string words in (string[])["repeat that", "could you say that again", "<*>"])
        {
            (TextCall call, string said) = await AtAsync(step);
            Expectation before = call.Expectation;
            Assert.Equal(said, await call.CallerAsync(words));
            Assert.Equal(before.Answers.Select(answer => answer.Tag), call.Expectation.Answers.Select(answer => answer.Tag));
        }
    }

    [Theory, MemberData(nameof(Steps))]
    public async Task Transfers_to_a_person(string step)
    {
        foreach (string words in (string[])["a human please", "operator", "i want to speak to an agent", "representative", "can i talk to a real person", "agent agent agent", "<0>"])
        {
            (TextCall call, _) = await AtAsync(step);
            // In the middle of a number, 0 is a digit like any other.
            if (words == "<0>" && step == "part of a number")
                continue;
            Assert.EndsWith("[transfer 200]", await call.CallerAsync(words), StringComparison.Ordinal);
        }
    }

    [Theory, MemberData(nameof(Steps))]
    public async Task Says_goodbye(string step)
    {
        (TextCall call, _) = await AtAsync(step);
        Assert.EndsWith("Goodbye. [hang up completed]", await call.CallerAsync("thank you goodbye"), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Steps))]
    public async Task Helps_and_asks_again(string step)
    {
        (TextCall call, string said) = await AtAsync(step);
        string help = await call.CallerAsync("what can you do");
        Assert.StartsWith(step is "ask_order" or "part of a number" or "confirming a number" ? "The order number has six digits." : "I can tell you our opening hours", help, StringComparison.Ordinal);
        Assert.IsType<DialogueAction.Listen>(call.Last[^1]);
        Assert.NotEqual(said, help);
    }

    [Theory, MemberData(nameof(Steps))]
    public async Task Asks_whether_somebody_is_there_and_then_hangs_up(string step)
    {
        (TextCall call, _) = await AtAsync(step);
        Assert.StartsWith("Are you still there?", await call.CallerAsync("(silent)"), StringComparison.Ordinal);
        Assert.EndsWith("[hang up silent]", await call.CallerAsync("(silent)"), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Steps))]
    public async Task Tells_the_recogniser_what_it_understands(string step)
    {
        (TextCall call, _) = await AtAsync(step);
        Assert.Superset(new HashSet<string> { "command_repeat", "command_human", "command_goodbye", "command_help" }, call.Expectation.Answers.Select(answer => answer.Tag).ToHashSet());
        Assert.NotNull(call.Expectation.Dtmf);
        foreach (PhraseAnswer answer in call.Expectation.Answers.OfType<PhraseAnswer>())
            Assert.All(answer.Phrases, phrase => Assert.True(PhrasePattern.TryParse(phrase, out _, out string? error), error));
    }

    /// <summary>What a grammar engine may return for an expectation is understood: never "Sorry, I didn't catch that."</summary>
    [Theory, MemberData(nameof(Steps))]
    public async Task Understands_every_phrase_that_it_told_the_recogniser(string step)
    {
        (TextCall at, _) = await AtAsync(step);
        foreach (PhraseAnswer answer in at.Expectation.Answers.OfType<PhraseAnswer>())
        {
            foreach (string sentence in answer.Phrases.SelectMany(phrase => PhrasePattern.Parse(phrase).Sentences(6)))
            {
                (TextCall call, _) = await AtAsync(step);
                string said = await call.TurnAsync(new DialogueTurn.CallerSaid(
                    new RecognitionResult { IsFinal = true, Outcome = RecognitionOutcome.Recognized, Text = sentence, Confidence = 0.9, Tag = answer.Tag }, Interrupting: false));
                Assert.False(said.Contains("catch that", StringComparison.Ordinal) || (said.StartsWith("Did you", StringComparison.Ordinal) && answer.Tag != "command_repeat"), $"{step}: '{sentence}' ({answer.Tag}) was answered '{said}'");
            }
        }
    }
}
