using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Conversation.Dialogue.LanguageModel;
using PhoneAgent.Conversation.Dialogue.LanguageModel.Tools;
using PhoneAgent.Conversation.Dialogue.LanguageModel.Tools.BuiltIn;
using PhoneAgent.Conversation.Dialogue.Scripted;
using PhoneAgent.Testing;
using PhoneAgent.Testing.Models;
using Xunit;

namespace PhoneAgent.Tests.Conversation.Dialogue.LanguageModel;

public sealed class AgentTeamTests : IDisposable
{
    private const string Desk = """
        name: desk
        intents:
          smart: { phrases: ["something else"], step: give }
        start: menu
        steps:
          menu:
            ask: "Desk here. Reason: {handover.reason}. What would you like?"
            expect: intents
          give:
            say: "One second."
            hand_over: robin
            reason: "the caller wants something else"
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("team-").FullName;
    private readonly Dictionary<string, FakeChatClient> _models = new() { ["robin"] = new(), ["billing"] = new() };
    private readonly VirtualTime _time = new();
    private readonly List<DialogueAction> _last = [];
    private readonly Dictionary<string, TeamMember> _members = [];

    public AgentTeamTests()
    {
        File.WriteAllText(Path.Combine(_folder, "desk.yaml"), Desk);
        Assert.True(AgentDefinition.TryLoad(Path.Combine(_folder, "desk.yaml"), out AgentDefinition? desk, out IReadOnlyList<ConfigProblem> problems), string.Join('\n', problems));
        var scripts = new ScriptedDialogueFactory(desk, new Dictionary<string, PhoneAgent.Conversation.Dialogue.Lookups.ILookup>(), _time);
        _members["desk"] = new TeamMember(desk, "slt", scripts.Create);
        foreach ((string name, FakeChatClient model) in _models)
        {
            AgentDefinition agent = ModelCall.Agent() with { Name = name, Persona = $"You are {name}." };
            ITool tool = BuiltInTools.Make(new ToolDefinition.HandOverTo("hand_over", null, new Dictionary<string, string> { ["desk"] = "menus", ["billing"] = "invoices", ["robin"] = "else", ["nobody"] = "never" }))!;
            var dialogues = new LanguageModelDialogueFactory(agent, model, new ToolBox([tool]), null, _time);
            _members[name] = new TeamMember(agent, $"{name}-voice", (call, handed) => dialogues.Create(call, handed));
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<string> TurnAsync(AgentTeam team, DialogueTurn turn)
    {
        await using IDialogueReply reply = team.Respond(turn);
        reply.Commit();
        _last.Clear();
        await foreach (DialogueAction action in reply.ReadAsync(default))
            _last.Add(action);
        team.Heard(ModelCall.Spoken(_last), interrupted: false);
        return ModelCall.Text(_last);
    }

    private static Dictionary<string, object?> To(string agent, string reason) => new() { ["agent"] = agent, ["reason"] = reason };

    [Fact]
    public async Task A_model_hands_over_to_another_with_what_was_said_and_why()
    {
        await using var team = new AgentTeam(_members, "robin", ModelCall.Info);
        _models["robin"].Answer("Robin here.").Call("hand_over", To("billing", "an invoice is wrong"), before: "I'll get billing. ");
        _models["billing"].Answer("Billing, about your invoice?").Answer("Thirty dollars.");
        await TurnAsync(team, ModelCall.Said("hello"));
        Assert.Equal("I'll get billing. [voice billing-voice en-US] Billing, about your invoice?", await TurnAsync(team, ModelCall.Said("my invoice is wrong")));
        TimelineEvent.AgentChanged changed = _last.OfType<DialogueAction.Report>().Select(report => report.Event).OfType<TimelineEvent.AgentChanged>().Single();
        Assert.Equal(("robin", "billing", "an invoice is wrong"), (changed.From, changed.To, changed.Reason));
        Assert.Same(_members["billing"].Agent.Sound, _last.OfType<DialogueAction.UseVoice>().Single().Sound);
        Assert.Equal("billing", team.Current);
        Assert.Contains("You are billing.", _models["billing"].Requests[0].System, StringComparison.Ordinal);
        Assert.Equal("""
            user: hello
            assistant: Robin here.
            user: my invoice is wrong
            assistant: I'll get billing.
            user: [00:00; you have just taken this call over from robin, because: an invoice is wrong. Go on with what the caller wants; do not greet again]
            """, _models["billing"].Requests[0].Conversation);
        await TurnAsync(team, ModelCall.Said("yes how much"));
        Assert.EndsWith("assistant: Billing, about your invoice?\nuser: [00:00] yes how much", _models["billing"].Requests[1].Conversation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scripts_and_models_hand_over_to_each_other()
    {
        await using var team = new AgentTeam(_members, "desk", ModelCall.Info);
        Assert.Equal("Desk here. Reason: . What would you like?", await TurnAsync(team, new DialogueTurn.CallStarted(ModelCall.Info)));
        _models["robin"].Answer("What is it?").Call("hand_over", To("desk", " with a menu"));
        Assert.Equal("One second. [voice robin-voice en-US] What is it?", await TurnAsync(team, ModelCall.Said("something else")));
        Assert.Contains("assistant: Desk here. Reason: . What would you like?", _models["robin"].Requests[0].Conversation, StringComparison.Ordinal);
        Assert.Equal("[voice slt en-US] Desk here. Reason: with a menu. What would you like?", await TurnAsync(team, ModelCall.Said("the menu")));
        Assert.Equal("desk", team.Current);
    }

    [Fact]
    public async Task Agents_that_send_a_caller_in_circles_are_stopped()
    {
        await using var team = new AgentTeam(_members, "robin", ModelCall.Info);
        foreach (FakeChatClient model in _models.Values)
            model.Otherwise = _ => "I keep you, then.";
        for (int i = 0; i < 4; i++)
        {
            _models["robin"].Call("hand_over", To("billing", "yours"));
            _models["billing"].Call("hand_over", To("robin", "no, yours"));
        }
        Assert.EndsWith("I keep you, then.", await TurnAsync(team, ModelCall.Said("help")), StringComparison.Ordinal);
        Assert.Equal(AgentTeam.MaxHandOvers, _last.OfType<DialogueAction.Report>().Count(report => report.Event is TimelineEvent.AgentChanged));
        Assert.Contains("handed over too often", _models["billing"].Requests[^1].Last, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_agent_that_does_not_exist_is_refused()
    {
        await using var team = new AgentTeam(_members, "robin", ModelCall.Info);
        _models["robin"].Call("hand_over", To("nobody", "x")).Answer("I'll help you myself.");
        Assert.Equal("I'll help you myself.", await TurnAsync(team, ModelCall.Said("help")));
        Assert.Contains("there is no agent 'nobody'", _models["robin"].Requests[1].Last, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_script_that_names_nobody_goes_on_with_the_caller()
    {
        _members.Remove("robin");
        await using var team = new AgentTeam(_members, "desk", ModelCall.Info);
        await TurnAsync(team, new DialogueTurn.CallStarted(ModelCall.Info));
        Assert.Equal("One second. I'm sorry, there is nobody I can connect you with.", await TurnAsync(team, ModelCall.Said("something else")));
        Assert.IsType<DialogueAction.Listen>(_last[^1]);
        Assert.Equal("desk", team.Current);
    }

    [Fact]
    public async Task A_guess_hands_nothing_over()
    {
        await using var team = new AgentTeam(_members, "desk", ModelCall.Info);
        await TurnAsync(team, new DialogueTurn.CallStarted(ModelCall.Info));
        await using (IDialogueReply guess = team.Respond(ModelCall.Said("something else")))
        {
            await using IAsyncEnumerator<DialogueAction> actions = guess.ReadAsync(default).GetAsyncEnumerator();
            Assert.True(await actions.MoveNextAsync());
            Assert.Equal("One second.", Assert.IsType<DialogueAction.Say>(actions.Current).Text);
        }
        Assert.Equal("desk", team.Current);
        Assert.Empty(_models["robin"].Requests);
    }

    [Fact]
    public async Task Who_takes_over_has_not_said_what_was_said_before_him()
    {
        await using var team = new AgentTeam(_members, "robin", ModelCall.Info);
        _models["robin"].Call("hand_over", To("billing", "an invoice"), before: "I'll get billing for you. ");
        _models["billing"].Answer("Billing, about your invoice?").Answer("Of course.");
        await using (IDialogueReply reply = team.Respond(ModelCall.Said("my invoice is wrong")))
        {
            reply.Commit();
            await foreach (DialogueAction _ in reply.ReadAsync(default))
            {
            }
        }
        team.Heard("I'll get", interrupted: true);
        await TurnAsync(team, ModelCall.Said("wait"));
        string told = _models["billing"].Requests[^1].Conversation;
        Assert.DoesNotContain("Billing, about your invoice?", told, StringComparison.Ordinal);
        Assert.DoesNotContain("I'll get billing for you.", told, StringComparison.Ordinal);
        Assert.Contains("assistant: I'll get [interrupted by the caller]", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_guess_does_not_change_the_language_that_is_spoken()
    {
        AgentLanguage german = new("de-DE", "anna", null);
        foreach (string name in (string[])["robin", "billing"])
        {
            AgentDefinition agent = _members[name].Agent with { Languages = [german] };
            ITool tool = BuiltInTools.Make(new ToolDefinition.HandOverTo("hand_over", null, new Dictionary<string, string> { ["billing"] = "invoices" }))!;
            var dialogues = new LanguageModelDialogueFactory(agent, _models[name], new ToolBox([tool]), null, _time);
            _members[name] = new TeamMember(agent, $"{name}-voice", (call, handed) => dialogues.Create(call, handed));
        }
        await using var team = new AgentTeam(_members, "robin", ModelCall.Info);
        _models["robin"].Answer("Guten Tag.").Call("hand_over", To("billing", "an invoice"));
        _models["billing"].Answer("Billing.");
        await using (IDialogueReply guess = team.Respond(ModelCall.Said("guten tag", language: "de-DE")))
        {
            await foreach (DialogueAction _ in guess.ReadAsync(default))
            {
            }
        }
        Assert.Equal("[voice billing-voice en-US] Billing.", await TurnAsync(team, ModelCall.Said("my invoice")));
    }
}
