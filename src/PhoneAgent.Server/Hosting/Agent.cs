using Microsoft.Extensions.Logging;
using PhoneAgent.Conversation.Answering;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Conversation.Dialogue.Knowledge;
using PhoneAgent.Conversation.Dialogue.LanguageModel;
using PhoneAgent.Conversation.Dialogue.Scripted;
using PhoneAgent.Conversation.Escalation;
using PhoneAgent.Conversation.Speaking;

namespace PhoneAgent.Server.Hosting;

/// <summary>Somebody who can take a call. Immutable; serves all calls.</summary>
internal abstract record Agent(string Name)
{
    /// <summary>What is written down of its calls besides a summary by rules; null for nothing.</summary>
    public virtual AfterCallDefinition? AfterCall => null;

    /// <summary>What callers may ask it for, by the tag of what was understood, in words for people.</summary>
    public virtual IReadOnlyDictionary<string, string> Topics => new Dictionary<string, string>();

    /// <summary>The same agent, who finds out who answers the calls that he places.</summary>
    /// <param name="message">For machines; null: what the configuration says, and where that says nothing, he hangs up on them.</param>
    public virtual Agent WithAnswerDetection(string? message) => this;

    /// <summary>What happens in one call.</summary>
    /// <param name="call">Established, its audio not started. The session does not dispose it.</param>
    /// <param name="engines">Loaded when first asked for: not every agent needs them.</param>
    /// <param name="recorder">Keeps both sides, or null.</param>
    /// <param name="loggers">For what the session has to say.</param>
    public abstract ICallSession Open(ICall call, Lazy<CallEngines> engines, ICallRecorder? recorder, ILoggerFactory loggers);
}

/// <summary>Listens and talks.</summary>
/// <param name="Session">The numbers of turn-taking, with this agent's language, voice and colleagues.</param>
/// <param name="CreateDialogue">Makes the dialogue of one call.</param>
internal record TalkingAgent(string Name, CallSessionOptions Session, Func<CallInfo, IDialogue> CreateDialogue) : Agent(Name)
{
    /// <summary>Pronunciation, fillers, background.</summary>
    public AgentSound Sound { get; init; } = new();

    /// <summary>When a frustrated caller is handed to a human; null: never.</summary>
    public EscalationOptions? Escalation { get; init; }

    /// <summary>The agent's file; null for one without.</summary>
    protected virtual AgentDefinition? File => null;

    /// <summary>What guessing ahead brings, over all calls.</summary>
    public SpeculationLedger Speculation { get; } = new();

    /// <summary>Makes the dialogue where there may be a language model; null: <see cref="CreateDialogue"/>.</summary>
    public Func<CallInfo, ModelServices?, IDialogue>? CreateWith { get; init; }

    public override Agent WithAnswerDetection(string? message)
    {
        AnswerDetectionOptions detection = Session.AnswerDetection with { Enabled = true };
        if (message is not null)
            detection = detection with { Message = message, OnMachine = AnswerAction.LeaveMessage };
        return this with { Session = Session with { AnswerDetection = detection } };
    }

    public override ICallSession Open(ICall call, Lazy<CallEngines> engines, ICallRecorder? recorder, ILoggerFactory loggers)
    {
        IDialogue dialogue = CreateWith?.Invoke(call.Info, engines.Value.Model) ?? CreateDialogue(call.Info);
        return new CallSession(call, dialogue, engines.Value, Session, recorder, loggers.CreateLogger<CallSession>())
        {
            Sound = Sound,
            Escalation = Escalation,
            Speculation = Speculation,
            Transfers = engines.Value.Transfers with { Agent = Name, Definition = File },
        };
    }
}

/// <summary>Talks by a file of <c>agents.folder</c>: by its steps, or by a language model and its steps where that fails.</summary>
internal sealed record ScriptedAgent(string Name, AgentDefinition Definition, CallSessionOptions Session, Func<CallInfo, IDialogue> CreateDialogue)
    : TalkingAgent(Name, Session, CreateDialogue)
{
    /// <summary>What it knows of its house; null where its file names no folder.</summary>
    public KnowledgeBase? Knowledge { get; init; }

    protected override AgentDefinition? File => Definition;

    public override AfterCallDefinition? AfterCall => Definition.AfterCall;

    public override IReadOnlyDictionary<string, string> Topics => Definition.Intents.ToDictionary(intent => intent.Key, intent => intent.Value.Label);

    public static ScriptedAgent From(string name, AgentDefinition definition, CallSessionOptions session, HttpClient client, TimeProvider time) =>
        new(name, definition, session with
        {
            Language = definition.Language,
            HumanTarget = definition.HumanTarget ?? session.HumanTarget,
            Speaker = session.Speaker with { Voice = definition.Voice ?? session.Speaker.Voice },
            AnswerDetection = definition.Voicemail is { } message
                ? session.AnswerDetection with { Message = message, OnMachine = AnswerAction.LeaveMessage }
                : session.AnswerDetection,
        }, ByScript(new ScriptedDialogueFactory(definition, client, time)))
        {
            Sound = definition.Sound,
            Escalation = definition.HumanTarget is null ? null : definition.Escalation,
        };

    private static Func<CallInfo, IDialogue> ByScript(ScriptedDialogueFactory dialogues) => call => dialogues.Create(call);
}

/// <summary>The echo test of every PBX: callers hear themselves, through the whole media path. Needs no engine and no file.</summary>
internal sealed record EchoAgent() : Agent(BuiltInName)
{
    public const string BuiltInName = "echo";

    public override ICallSession Open(ICall call, Lazy<CallEngines> engines, ICallRecorder? recorder, ILoggerFactory loggers) =>
        new EchoSession(call, recorder);
}
