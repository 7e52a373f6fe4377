using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Conversation.Dialogue.LanguageModel;
using PhoneAgent.Conversation.Dialogue.Scripted;
using PhoneAgent.Testing;
using PhoneAgent.Testing.Models;
using Xunit;

namespace PhoneAgent.Tests.Conversation.Dialogue.LanguageModel;

public sealed class FallbackTests : IDisposable
{
    private const string Script = """
        name: test
        model: { retry_after: 20s }
        human: { target: "200" }
        intents:
          hours: { phrases: ["[when are you] open"], step: tell }
          person: { phrases: ["a person"], step: person }
        slots:
          number: { type: digits, min: 4, max: 4 }
        start: sorry
        steps:
          sorry:
            ask: "I have a little trouble. Hours or a person?"
            expect: intents
          tell:
            say: "We are open."
            next: ask
          ask:
            ask: "Your number?"
            expect: number
            next: done
          done:
            note: { number: "{number}" }
            ask: "Thank you. Anything else?"
            expect: intents
          person:
            transfer: "{agent.human}"
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("fallback-").FullName;
    private readonly FakeChatClient _model = new();
    private readonly VirtualTime _time = new();
    private readonly List<DialogueAction> _last = [];
    private readonly IDialogue _dialogue;
    private bool _healthy = true;

    public FallbackTests()
    {
        string file = Path.Combine(_folder, "test.yaml");
        File.WriteAllText(file, Script);
        Assert.True(AgentDefinition.TryLoad(file, out AgentDefinition? agent, out IReadOnlyList<ConfigProblem> problems), string.Join('\n', problems));
        using var http = new HttpClient();
        _model.Services[typeof(IModelHealth)] = new Health(() => _healthy);
        _dialogue = new AgentDialogues(agent, new ModelServices(_model, _ => []), http, null, _time).Create(ModelCall.Info);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private sealed class Health(Func<bool> isHealthy) : IModelHealth
    {
        public bool IsHealthy => isHealthy();
    }

    private async Task<string> TurnAsync(DialogueTurn turn)
    {
        await using IDialogueReply reply = _dialogue.Respond(turn);
        reply.Commit();
        _last.Clear();
        await foreach (DialogueAction action in reply.ReadAsync(default))
            _last.Add(action);
        _dialogue.Heard(ModelCall.Spoken(_last), interrupted: false);
        return ModelCall.Text(_last);
    }

    private Task<string> SayAsync(string text) => TurnAsync(ModelCall.Said(text));

    [Fact]
    public async Task The_script_takes_a_turn_on_which_the_model_fails_and_the_model_comes_back()
    {
        _model.Answer("Hello.").Fail("no route").Answer("As I said, at nine.");
        Assert.Equal("Hello.", await SayAsync("hello"));
        Assert.Equal("I have a little trouble. Hours or a person?", await SayAsync("what is the weather"));
        TimelineEvent failure = _last.OfType<DialogueAction.Report>().Select(report => report.Event).Single();
        Assert.Equal("the script answers", Assert.IsType<TimelineEvent.Failure>(failure).Consequence);
        Assert.Equal("As I said, at nine.", await SayAsync("when do you open"));
        Assert.Equal("""
            user: [00:00] hello
            assistant: Hello.
            user: [00:00] what is the weather
            assistant: I have a little trouble. Hours or a person?
            user: [00:00] when do you open
            """, _model.Requests[2].Conversation);
    }

    [Fact]
    public async Task What_the_caller_said_is_taken_where_the_script_understands_it()
    {
        _model.Fail("no route");
        Assert.Equal("We are open. Your number?", await SayAsync("when are you open"));
    }

    [Fact]
    public async Task The_script_keeps_the_call_until_the_models_are_well()
    {
        _model.Fail("no route").Answer("Welcome back.");
        _healthy = false;
        await SayAsync("when are you open");
        Assert.Equal("[note number=4207] Thank you. Anything else?", await SayAsync("four two oh seven"));
        _healthy = true;
        Assert.Contains("Are you still there?", await TurnAsync(new DialogueTurn.CallerSilent(1)), StringComparison.Ordinal);
        Assert.Equal("Welcome back.", await SayAsync("hello again"));
        Assert.Equal("""
            user: [00:00] when are you open
            assistant: We are open. Your number?
            user: four two oh seven
            assistant: Thank you. Anything else?
            assistant: Are you still there? Thank you. Anything else?
            user: [00:00] hello again
            """, _model.Requests[1].Conversation);
    }

    [Fact]
    public async Task Where_nobody_knows_of_their_health_the_models_are_asked_again_after_a_while()
    {
        _model.Services.Clear();
        string file = Path.Combine(_folder, "test.yaml");
        Assert.True(AgentDefinition.TryLoad(file, out AgentDefinition? agent, out _));
        using var http = new HttpClient();
        await using IDialogue dialogue = new AgentDialogues(agent, new ModelServices(_model, _ => []), http, null, _time).Create(ModelCall.Info);
        async Task<string> SayTo(string text)
        {
            await using IDialogueReply reply = dialogue.Respond(ModelCall.Said(text));
            reply.Commit();
            var actions = new List<DialogueAction>();
            await foreach (DialogueAction action in reply.ReadAsync(default))
                actions.Add(action);
            return ModelCall.Text(actions);
        }
        _model.Fail("no route").Answer("Back.");
        await SayTo("when are you open");
        _time.Advance(TimeSpan.FromSeconds(19));
        Assert.Contains("Anything else?", await SayTo("four two oh seven"), StringComparison.Ordinal);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("Back.", await SayTo("hello"));
    }

    [Fact]
    public async Task A_guess_on_which_the_model_fails_leaves_no_trace()
    {
        _model.Fail("no route").Answer("Hello.");
        await using (IDialogueReply guess = _dialogue.Respond(ModelCall.Said("when are you open")))
        {
            var actions = new List<DialogueAction>();
            await foreach (DialogueAction action in guess.ReadAsync(default))
                actions.Add(action);
            Assert.Equal("We are open. Your number?", ModelCall.Text(actions));
        }
        Assert.Equal("Hello.", await SayAsync("when are you open today"));
        Assert.Equal("user: [00:00] when are you open today", _model.Requests[1].Conversation);
    }

    [Fact]
    public async Task A_model_that_fails_again_begins_the_script_again()
    {
        _model.Fail("no route").Fail("no route");
        await SayAsync("when are you open");
        Assert.Equal("I have a little trouble. Hours or a person?", await SayAsync("something else"));
    }
}
