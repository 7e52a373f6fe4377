using PhoneAgent.Campaigns.Conversing;
using PhoneAgent.Campaigns.DoNotCall;
using PhoneAgent.Campaigns.Plans;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Conversation.Transfer.Humans;
using PhoneAgent.Testing.Calls;
using Xunit;

namespace PhoneAgent.Tests.Campaigns.Conversing;

public sealed class OutboundDialogueTests : IContactWishes
{
    private const string Disclosure = "This is an automated assistant of Example.";
    private const string Question = "May I record this call?";

    private static readonly CallInfo s_call = new() { Id = "c", Direction = CallDirection.Outbound, RemoteParty = "+49301", LocalParty = "agent" };

    private readonly List<string> _wishes = [];
    private readonly FakeDialogue _agent = new(turn => [new DialogueAction.Say(turn is DialogueTurn.CallStarted ? "Agent's hello." : "Agent's answer."), new DialogueAction.Listen(Expectation.Nothing)]);

    void IContactWishes.OnOptOut(string source, string words) => _wishes.Add($"opt-out {source}: {words}");

    void IContactWishes.OnRecording(bool isGranted, string words) => _wishes.Add($"recording {isGranted}: {words}");

    void IContactWishes.OnDisclosureHeard(string words) => _wishes.Add($"disclosed: {words}");

    private OutboundDialogue Create(RecordingConsent recording = RecordingConsent.Never, string? disclosure = Disclosure) => new(
        _agent,
        new CampaignPlan
        {
            Agent = "a",
            Window = new(new Dictionary<DayOfWeek, IReadOnlyList<OpenTime>>(), new HashSet<ClosedDate>()),
            Consent = new ConsentOptions { Disclosure = disclosure, Recording = recording, RecordingQuestion = Question },
        },
        new DoNotCallWords(new OptOutOptions()), this);

    /// <summary>What is said and done in reply to a turn that stands.</summary>
    private static async Task<List<DialogueAction>> TurnAsync(OutboundDialogue dialogue, DialogueTurn turn, bool stands = true)
    {
        await using IDialogueReply reply = dialogue.Respond(turn);
        var actions = new List<DialogueAction>();
        await foreach (DialogueAction action in reply.ReadAsync(default))
            actions.Add(action);
        if (stands)
            reply.Commit();
        return actions;
    }

    private static string Words(IEnumerable<DialogueAction> actions) => string.Join(' ', actions.OfType<DialogueAction.Say>().Select(say => say.Text));

    private static DialogueTurn.CallStarted Started => new(s_call);

    private static DialogueTurn.CallerSaid Said(string text) => new(new RecognitionResult { IsFinal = true, Outcome = RecognitionOutcome.Recognized, Text = text, Confidence = 0.9 }, false);

    [Fact]
    public async Task Says_first_that_an_automated_assistant_calls_and_cannot_be_cut_off()
    {
        List<DialogueAction> opening = await TurnAsync(Create(), Started);
        Assert.Equal($"{Disclosure} Agent's hello.", Words(opening));
        Assert.False(Assert.IsType<DialogueAction.Say>(opening[0]).Interruptible);
    }

    [Fact]
    public async Task The_agent_is_told_of_his_own_words_only_and_the_disclosure_is_proved()
    {
        OutboundDialogue dialogue = Create();
        await TurnAsync(dialogue, Started);
        dialogue.Heard($"{Disclosure} Agent's hello.", false);
        Assert.Equal([("Agent's hello.", false)], _agent.HeardTexts);
        Assert.Equal([$"disclosed: {Disclosure}"], _wishes);
        await TurnAsync(dialogue, Said("what is it about"));
        dialogue.Heard("Agent's answer.", false);
        Assert.Equal("Agent's answer.", _agent.HeardTexts[^1].Text);
        Assert.Single(_wishes);
    }

    [Fact]
    public async Task A_disclosure_that_was_cut_by_the_end_of_the_call_is_not_proved()
    {
        OutboundDialogue dialogue = Create();
        await TurnAsync(dialogue, Started);
        dialogue.Heard("This is an automated", true);
        Assert.Empty(_wishes);
    }

    [Theory]
    [InlineData("yes", true)]
    [InlineData("sure", true)]
    [InlineData("no thank you", false)]
    public async Task Recording_is_asked_for_before_the_agent_begins(string answer, bool granted)
    {
        OutboundDialogue dialogue = Create(RecordingConsent.Ask);
        List<DialogueAction> opening = await TurnAsync(dialogue, Started);
        Assert.Equal($"{Disclosure} {Question}", Words(opening));
        Assert.Contains(Assert.IsType<DialogueAction.Listen>(opening[^1]).Expectation.Answers, expected => expected is YesNoAnswer);
        dialogue.Heard($"{Disclosure} {Question}", false);
        Assert.Empty(_agent.HeardTexts);
        Assert.Equal("Agent's hello.", Words(await TurnAsync(dialogue, Said(answer))));
        Assert.Equal([$"disclosed: {Disclosure}", $"recording {granted}: {answer}"], _wishes);
    }

    [Theory]
    [InlineData("1", true)]
    [InlineData("2", false)]
    public async Task Recording_can_be_answered_by_key(string key, bool granted)
    {
        OutboundDialogue dialogue = Create(RecordingConsent.Ask);
        await TurnAsync(dialogue, Started);
        await TurnAsync(dialogue, new DialogueTurn.CallerPressed(key));
        Assert.Equal([$"recording {granted}: key {key}"], _wishes);
    }

    [Fact]
    public async Task A_guess_at_a_yes_allows_nothing()
    {
        OutboundDialogue dialogue = Create(RecordingConsent.Ask);
        await TurnAsync(dialogue, Started);
        await TurnAsync(dialogue, Said("yes"), stands: false);
        Assert.Empty(_wishes);
        await TurnAsync(dialogue, Said("no"));
        Assert.Equal(["recording False: no"], _wishes);
    }

    [Fact]
    public async Task No_answer_is_asked_for_once_more_and_then_is_a_no()
    {
        OutboundDialogue dialogue = Create(RecordingConsent.Ask);
        await TurnAsync(dialogue, Started);
        Assert.Equal(Question, Words(await TurnAsync(dialogue, new DialogueTurn.CallerSilent(1))));
        Assert.Equal("Agent's hello.", Words(await TurnAsync(dialogue, new DialogueTurn.NotUnderstood(1))));
        Assert.Equal(["recording False: "], _wishes);
    }

    [Theory]
    [InlineData("stop calling me")]
    [InlineData("please take me off your list")]
    public async Task Stop_calling_me_is_obeyed_at_any_moment(string words)
    {
        foreach (bool isAsking in new[] { true, false })
        {
            _wishes.Clear();
            OutboundDialogue dialogue = Create(isAsking ? RecordingConsent.Ask : RecordingConsent.Never);
            await TurnAsync(dialogue, Started);
            List<DialogueAction> goodbye = await TurnAsync(dialogue, Said(words));
            Assert.Equal(new OptOutOptions().Goodbye, Words(goodbye));
            Assert.Equal(new DialogueAction.HangUp("do_not_call"), goodbye[^1]);
            Assert.Equal([$"opt-out words: {words}"], _wishes);
        }
    }

    [Fact]
    public async Task A_guess_at_stop_calling_me_has_no_effect()
    {
        OutboundDialogue dialogue = Create();
        await TurnAsync(dialogue, Started);
        await TurnAsync(dialogue, Said("stop calling me"), stands: false);
        Assert.Empty(_wishes);
        Assert.Equal("Agent's answer.", Words(await TurnAsync(dialogue, Said("stop calling me names"))));
    }

    [Fact]
    public async Task The_key_says_it_too_but_not_within_a_number()
    {
        OutboundDialogue dialogue = Create();
        await TurnAsync(dialogue, Started);
        Assert.Equal("Agent's answer.", Words(await TurnAsync(dialogue, new DialogueTurn.CallerPressed("1994"))));
        await TurnAsync(dialogue, new DialogueTurn.CallerPressed("9"));
        Assert.Equal(["opt-out key: key 9"], _wishes);
    }

    [Fact]
    public async Task Every_question_of_the_agent_may_be_answered_with_it()
    {
        List<DialogueAction> opening = await TurnAsync(Create(), Started);
        Expectation expected = Assert.IsType<DialogueAction.Listen>(opening[^1]).Expectation;
        Assert.Contains(expected.Answers, answer => answer is PhraseAnswer { Tag: "do-not-call" });
        Assert.NotNull(expected.Dtmf);
    }
}
