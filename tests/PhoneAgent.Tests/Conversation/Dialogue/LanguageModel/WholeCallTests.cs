using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Conversation.Dialogue.LanguageModel;
using PhoneAgent.Conversation.Dialogue.LanguageModel.Tools;
using PhoneAgent.Conversation.Dialogue.LanguageModel.Tools.BuiltIn;
using PhoneAgent.Conversation.Dialogue.Scripted;
using PhoneAgent.Conversation.Transfer.Humans;
using PhoneAgent.Testing;
using PhoneAgent.Testing.Calls;
using PhoneAgent.Testing.Models;
using Xunit;

namespace PhoneAgent.Tests.Conversation.Dialogue.LanguageModel;

/// <summary>Whole calls in virtual time: the real session, turn machine and speech queue around a model that answers by script.</summary>
public sealed class WholeCallTests
{
    private readonly FakeChatClient _model = new();
    private readonly VirtualTime _time = new();

    private static AgentDefinition Agent() => ModelCall.Agent(new ModelDefinition { Greeting = [Template.Parse("Hello.")] });

    private ScriptedCall Call(IEnumerable<ITool>? tools = null) =>
        Call(new LanguageModelDialogueFactory(Agent(), _model, new ToolBox(tools ?? []), null, _time).Create(ModelCall.Info));

    /// <summary>A guess whose tool waits until the turn stands does not stop the clock.</summary>
    private ScriptedCall Call(IDialogue dialogue, CallSessionOptions? options = null)
    {
        var call = new ScriptedCall(_ => [], options, dialogue: dialogue) { Clock = _time };
        call.IsStalled = () => _model.WaitsForTool
            && call.EventsOf<TimelineEvent.Speculation>().LastOrDefault()?.Step == SpeculationStep.Started
            && _model.Requests.Count >= call.EventsOf<TimelineEvent.Speculation>().Count(speculation => speculation.Step == SpeculationStep.Started);
        return call;
    }

    [Fact]
    public async Task A_caller_who_interrupts_leaves_only_what_he_heard_in_the_next_request()
    {
        await using ScriptedCall call = Call();
        _model.Answer("We are open from nine in the morning to five in the afternoon on all days but Sunday. Shall I book you in?")
            .Answer("No, we are closed.");
        await call.Say(2, "when are you open").Say(6, "and on sunday are you open", seconds: 2).RunAsync(30);
        Assert.Equal(2, _model.Requests.Count(request => request.Conversation.Contains("when are you open", StringComparison.Ordinal)));
        TimelineEvent.Heard cut = call.EventsOf<TimelineEvent.Heard>().Single(heard => heard.Interrupted);
        Assert.NotEmpty(cut.Text);
        Assert.StartsWith(cut.Text, "We are open from nine in the morning to five in the afternoon", StringComparison.Ordinal);
        string told = _model.Requests[^1].Conversation;
        Assert.Contains($"assistant: {cut.Text} [interrupted by the caller]", told, StringComparison.Ordinal);
        Assert.DoesNotContain("Shall I book", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_guess_that_was_wrong_is_in_no_later_request_and_is_not_heard()
    {
        var booked = new FakeTool("book", ToolResult.Ok("booked")) { HasSideEffect = true };
        await using ScriptedCall call = Call([booked]);
        // The caller pauses after "book it"; the guess asks for the tool and is thrown away when he goes on.
        _model.Call("book", []).Answer("Then I won't.").Answer("Goodbye.");
        await call.Say(2, "book it", seconds: 0.6, complete: false).Say(3.0, "not", seconds: 0.6, complete: false).Say(8, "goodbye").RunAsync(14);
        Assert.Contains(call.EventsOf<TimelineEvent.Speculation>(), speculation => speculation.Step == SpeculationStep.Missed);
        Assert.Empty(booked.Calls);
        Assert.Equal(["Hello.", "Then I won't.", "Goodbye."], call.EventsOf<TimelineEvent.Heard>().Select(heard => heard.Text));
        Assert.DoesNotContain("user: [00:00] book it\n", _model.Requests[^1].Conversation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_slow_tool_is_bridged_and_its_answer_is_said()
    {
        var looked = new TaskCompletionSource<ToolResult>();
        DateTimeOffset began = DateTimeOffset.MaxValue;
        var tool = new FakeTool("look", (_, _) =>
        {
            began = _time.GetUtcNow();
            return looked.Task;
        }) { Timeout = TimeSpan.FromSeconds(20) };
        await using ScriptedCall call = Call([tool]);
        _model.Call("look", []).Answer("It is ready.");
        // The tool's time and the filler's: both timers stand while the tool works. What the filler's has set off is waited for.
        call.IsStalled = () => tool.Calls.Count > 0 && !looked.Task.IsCompleted && _time.PendingTimers >= 2
            && (_time.GetUtcNow() - began < new ModelDefinition().FillerAfter || call.EventsOf<TimelineEvent.AgentSentence>().Any(sentence => sentence.Text == "One moment, please."));
        await call.Say(2, "is it ready").At(7, () => looked.TrySetResult(ToolResult.Ok("ready"))).RunAsync(12);
        Assert.Equal(["Hello.", "One moment, please.", "It is ready."], call.EventsOf<TimelineEvent.AgentSentence>().Select(sentence => sentence.Text));
        TimeSpan asked = call.EventsOf<TimelineEvent.Endpoint>().First().At;
        TimeSpan bridged = call.EventsOf<TimelineEvent.AgentSentence>().Single(sentence => sentence.Text == "One moment, please.").At;
        Assert.InRange(bridged - asked, TimeSpan.FromMilliseconds(300), TimeSpan.FromMilliseconds(900));
        Assert.Equal("ok", call.EventsOf<TimelineEvent.ToolCall>().Single().Outcome);
    }

    [Fact]
    public async Task A_transfer_follows_the_words_that_announce_it()
    {
        ITool transfer = BuiltInTools.Make(new ToolDefinition.Transfer("transfer", null, new Dictionary<string, string> { ["person"] = "200" }))!;
        await using ScriptedCall call = Call([transfer]);
        _model.Call("transfer", new() { ["reason"] = "wants a person" }, before: "I'll connect you.");
        CallEnd end = await call.Say(2, "can somebody in sales call me").RunAsync(20);
        Assert.Equal(CallEndCause.Transferred, end.Cause);
        Assert.Equal("200", Assert.Single(call.Call.Transfers).Target);
        Assert.Equal("I'll connect you.", call.EventsOf<TimelineEvent.Heard>().Last().Text);
    }

    [Fact]
    public async Task The_model_may_name_a_skill_in_place_of_a_person()
    {
        var humans = new HumanPlan { Targets = [new HumanTarget("200"), new HumanTarget("201") { Skills = ["billing"] }] };
        ITool transfer = BuiltInTools.Make(new ToolDefinition.Transfer("transfer", null, new Dictionary<string, string> { ["person"] = "200" })
        {
            Humans = humans,
            Skills = ["billing"],
        })!;
        await using ScriptedCall call = Call([transfer]);
        _model.Call("transfer", new() { ["to"] = "billing", ["reason"] = "an invoice" }, before: "I'll connect you.");
        Assert.Equal(CallEndCause.Transferred, (await call.Say(2, "there is an error in my invoice").RunAsync(20)).Cause);
        Assert.Equal("201", Assert.Single(call.Call.Transfers).Target);
    }

    [Fact]
    public async Task When_the_model_fails_and_there_is_no_script_the_caller_gets_a_human_at_once()
    {
        await using ScriptedCall call = Call(
            new LanguageModelDialogueFactory(Agent(), _model, ToolBox.Empty, null, _time).Create(ModelCall.Info), new CallSessionOptions { HumanTarget = "200" });
        FailAlways();
        CallEnd end = await call.Say(2, "is it ready").RunAsync(20);
        Assert.Equal(CallEndCause.Transferred, end.Cause);
        Assert.Equal(1, call.EventsOf<TimelineEvent.Failure>().Count(failure => failure.What.Contains("no route", StringComparison.Ordinal)));
        Assert.Equal(new SpokenErrors().HandingOver, call.EventsOf<TimelineEvent.AgentSentence>().Last().Text);
    }

    [Fact]
    public async Task A_human_who_cannot_be_reached_is_not_tried_for_ever()
    {
        await using ScriptedCall call = Call(
            new LanguageModelDialogueFactory(Agent(), _model, ToolBox.Empty, null, _time).Create(ModelCall.Info), new CallSessionOptions { HumanTarget = "200" });
        call.Call.TransferResult = new TransferResult(false, 486, "Busy Here");
        FailAlways();
        CallEnd end = await call.Say(2, "is it ready").Say(20, "is it ready").Say(30, "hello").RunAsync(60);
        Assert.Equal((CallEndCause.HungUp, EndedBy.Agent), (end.Cause, end.By));
        Assert.Single(call.EventsOf<TimelineEvent.Transfer>(), transfer => transfer.Step == "announced");
    }

    private void FailAlways()
    {
        for (int i = 0; i < 20; i++)
            _model.Answer((_, _) => throw new InvalidOperationException("no route"));
    }

    [Fact]
    public async Task When_the_model_fails_in_mid_call_the_script_goes_on_and_the_model_comes_back()
    {
        AgentDefinition agent = PhoneAgent.Tests.Conversation.Dialogue.Scripted.TextCall.FrontDesk() with { Model = new ModelDefinition { Greeting = [Template.Parse("Hello.")], RetryAfter = TimeSpan.FromSeconds(4) } };
        using var http = new HttpClient();
        await using ScriptedCall call = Call(new AgentDialogues(agent, new ModelServices(_model, _ => []), http, null, _time).Create(ModelCall.Info));
        // The guess fails and is right, so that the script's answer to it is the turn's.
        _model.Fail("no route");
        _model.Otherwise = _ => "Welcome back.";
        await call.Say(2, "my order").Say(9, "hello again").RunAsync(14);
        string[] sentences = [.. call.EventsOf<TimelineEvent.AgentSentence>().Select(sentence => sentence.Text)];
        Assert.Equal(["Hello.", "What is your order number?"], sentences[..2]);
        Assert.Equal("Welcome back.", sentences[^1]);
        Assert.Contains("assistant: What is your order number?", _model.Requests[^1].Conversation, StringComparison.Ordinal);
        Assert.Contains(call.EventsOf<TimelineEvent.Failure>(), failure => failure.Consequence == "the script answers");
        TimeSpan gap = call.EventsOf<TimelineEvent.FirstPacket>().First(packet => packet.ResponseGap is not null).ResponseGap!.Value;
        Assert.True(gap < TimeSpan.FromSeconds(3), $"{gap}");
    }

    [Fact]
    public async Task A_hand_over_changes_the_voice_in_mid_reply()
    {
        ITool tool = BuiltInTools.Make(new ToolDefinition.HandOverTo("hand_over", null, new Dictionary<string, string> { ["billing"] = "invoices" }))!;
        var other = new FakeChatClient();
        var members = new Dictionary<string, TeamMember>
        {
            ["test"] = new(Agent(), "one", (info, handed) => new LanguageModelDialogueFactory(Agent(), _model, new ToolBox([tool]), null, _time).Create(info, handed)),
            ["billing"] = new(Agent() with { Name = "billing" }, "two", (info, handed) => new LanguageModelDialogueFactory(Agent() with { Name = "billing" }, other, ToolBox.Empty, null, _time).Create(info, handed)),
        };
        await using ScriptedCall call = Call(new AgentTeam(members, "test", ModelCall.Info));
        _model.Call("hand_over", new() { ["agent"] = "billing", ["reason"] = "an invoice" }, before: "I'll get billing.");
        other.Answer("Billing here.").Answer("Thirty.");
        await call.Say(2, "my invoice").Say(8, "how much").RunAsync(14);
        Assert.Equal([("Hello.", null), ("I'll get billing.", null), ("Billing here.", "two"), ("Thirty.", "two")], call.Synthesizer.FullRequests.Select(request => (request.Text, request.Voice)));
        Assert.Equal("billing", call.EventsOf<TimelineEvent.AgentChanged>().Single().To);
        Assert.Contains("assistant: Billing here.\nuser: [00:00] how much", other.Requests[^1].Conversation, StringComparison.Ordinal);
    }
}
