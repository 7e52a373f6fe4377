using System.Text.Json;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Conversation.Dialogue.LanguageModel;
using PhoneAgent.Conversation.Dialogue.LanguageModel.Tools;
using PhoneAgent.Conversation.Dialogue.Scripted;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Testing;
using PhoneAgent.Testing.Models;
using PhoneAgent.Conversation.Transfer.Humans;

namespace PhoneAgent.Tests.Conversation.Dialogue.LanguageModel;

/// <summary>A call in text with a model that answers by script: what the caller says goes straight to the dialogue.</summary>
internal sealed class ModelCall : IAsyncDisposable
{
    public static readonly CallInfo Info = new() { Id = "call-1", Direction = CallDirection.Inbound, RemoteParty = "5550100", LocalParty = "100" };

    public ModelCall(ModelDefinition? model = null, IEnumerable<ITool>? tools = null, Func<AgentDefinition, AgentDefinition>? change = null, IKnowledge? knowledge = null)
    {
        AgentDefinition agent = Agent(model);
        Definition = change?.Invoke(agent) ?? agent;
        Dialogue = new LanguageModelDialogueFactory(Definition, Client, new ToolBox(tools ?? []), knowledge, Time).Create(Info);
    }

    public VirtualTime Time { get; } = Saturday();
    public FakeChatClient Client { get; } = new();
    public AgentDefinition Definition { get; }
    public LanguageModelDialogue Dialogue { get; }

    /// <summary>The steps of the last turn.</summary>
    public List<DialogueAction> Last { get; } = [];

    public IEnumerable<T> LastEvents<T>() where T : TimelineEvent => Last.OfType<DialogueAction.Report>().Select(report => report.Event).OfType<T>();

    /// <summary>A turn that stands and is heard to its end.</summary>
    public async Task<string> CallerAsync(string text, double confidence = 0.95, bool interrupting = false, string? language = null, string? mood = null)
    {
        string said = await TurnAsync(Said(text, confidence, interrupting, language) with { Mood = mood });
        Dialogue.Heard(Spoken(Last), interrupted: false);
        return said;
    }

    public async Task<string> TurnAsync(DialogueTurn turn)
    {
        await using IDialogueReply reply = Dialogue.Respond(turn);
        reply.Commit();
        Last.Clear();
        await foreach (DialogueAction action in reply.ReadAsync(CancellationToken.None))
            Last.Add(action);
        return Text(Last);
    }

    public ValueTask DisposeAsync() => Dialogue.DisposeAsync();

    public static DialogueTurn.CallerSaid Said(string text, double confidence = 0.95, bool interrupting = false, string? language = null) => new(
        new RecognitionResult { IsFinal = true, Outcome = RecognitionOutcome.Recognized, Text = text, Confidence = confidence, Language = language }, interrupting);

    public static string Text(IEnumerable<DialogueAction> actions) => string.Join(' ', actions.Select(action => action switch
    {
        DialogueAction.Say say => say.Text,
        DialogueAction.Transfer transfer => $"[transfer {transfer.Target}]",
        DialogueAction.HangUp hangUp => $"[hang up {hangUp.Disposition}]",
        DialogueAction.HandOver handOver => $"[hand over {handOver.Agent}]",
        DialogueAction.Note note => $"[note {note.Key}={note.Value}]",
        DialogueAction.SendDtmf keys => $"[keys {keys.Digits}]",
        DialogueAction.UseVoice voice => $"[voice {voice.Voice} {voice.Language}]",
        _ => "",
    }).Where(text => text.Length > 0));

    public static string Spoken(IEnumerable<DialogueAction> actions) => string.Join(' ', actions.OfType<DialogueAction.Say>().Select(say => say.Text));

    public static AgentDefinition Agent(ModelDefinition? model = null) => new()
    {
        File = "test.yaml", Name = "test", Persona = "You are the receptionist of Northside Bikes. The shop is open from nine to five.",
        Wordings = new Wordings(new Dictionary<string, Lines>()), Humans = HumanPlan.For("200"), Start = "",
        Intents = new Dictionary<string, IntentDefinition>(), Slots = new Dictionary<string, SlotDefinition>(),
        Lookups = new Dictionary<string, PhoneAgent.Conversation.Dialogue.Lookups.LookupSource>(), Steps = new Dictionary<string, StepDefinition>(),
        Model = model ?? new ModelDefinition(),
    };

    private static VirtualTime Saturday()
    {
        var time = new VirtualTime();
        time.Advance(new DateTimeOffset(2026, 11, 21, 10, 0, 0, TimeSpan.Zero) - time.GetUtcNow());
        return time;
    }
}

/// <summary>A tool that answers by a function and keeps what it was asked.</summary>
internal sealed class FakeTool(string name, Func<JsonElement, CancellationToken, Task<ToolResult>> call) : ITool
{
    public FakeTool(string name, ToolResult result) : this(name, (_, _) => Task.FromResult(result))
    {
    }

    public List<string> Calls { get; } = [];

    public string Name => name;
    public string Description => "A tool.";
    public JsonElement Schema { get; init; } = JsonDocument.Parse("""{"type":"object"}""").RootElement;
    public bool HasSideEffect { get; init; }
    public bool IsIdempotent { get; init; }
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    public Task<ToolResult> CallAsync(JsonElement arguments, ToolContext context, CancellationToken cancellationToken)
    {
        lock (Calls)
            Calls.Add(arguments.GetRawText());
        return call(arguments, cancellationToken);
    }
}
