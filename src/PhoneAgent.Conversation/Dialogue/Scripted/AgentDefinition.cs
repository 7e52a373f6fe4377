using System.Diagnostics.CodeAnalysis;
using PhoneAgent.Conversation.Dialogue.Language;
using PhoneAgent.Conversation.Dialogue.LanguageModel;
using PhoneAgent.Conversation.Dialogue.LanguageModel.Tools;
using PhoneAgent.Conversation.Dialogue.Lookups;
using PhoneAgent.Conversation.Dialogue.Scripted.Files;
using PhoneAgent.Conversation.Escalation;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Conversation.Speaking;
using PhoneAgent.Conversation.Transfer.Humans;

namespace PhoneAgent.Conversation.Dialogue.Scripted;

/// <summary>An agent as its file describes it, checked. Immutable; one object serves all calls.</summary>
public sealed record AgentDefinition
{
    public required string File { get; init; }
    public required string Name { get; init; }
    /// <summary>BCP 47 tag, e.g. "en-US".</summary>
    public string Language { get; init; } = "en-US";
    /// <summary>The voice that speaks, as the synthesiser names it; null: its default.</summary>
    public string? Voice { get; init; }
    /// <summary>Pronunciation, fillers, background.</summary>
    public AgentSound Sound { get; init; } = new();
    /// <summary>Who the agent is, in free words; a script does not use it, a language model does.</summary>
    public string Persona { get; init; } = "";
    /// <summary>What is said after the beep of a machine that answers a call of ours; null: what the session's options say.</summary>
    public string? Voicemail { get; init; }
    /// <summary>Who takes over the calls of those who want a person; null when there is nobody.</summary>
    public HumanPlan? Humans { get; init; }
    /// <summary>What these people are known by where there is room for one number; null when there is nobody.</summary>
    public string? HumanTarget => Humans?.Number;
    /// <summary>When a frustrated caller is handed to a human; counts only where there is one.</summary>
    public EscalationOptions Escalation { get; init; } = new();
    public ConfidenceThresholds Confidence { get; init; } = new(0.75, 0.45);
    public DialogueLimits Limits { get; init; } = new();
    public required Wordings Wordings { get; init; }
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();
    public required IReadOnlyDictionary<string, IntentDefinition> Intents { get; init; }
    public required IReadOnlyDictionary<string, SlotDefinition> Slots { get; init; }
    public required IReadOnlyDictionary<string, LookupSource> Lookups { get; init; }
    public required IReadOnlyDictionary<string, StepDefinition> Steps { get; init; }
    /// <summary>The first step; "" where there are no steps.</summary>
    public required string Start { get; init; }
    /// <summary>A language model speaks for this agent; null: the script does. With a model, the steps (where there are any) are for when it fails.</summary>
    public ModelDefinition? Model { get; init; }
    /// <summary>What the model may do besides speaking.</summary>
    public IReadOnlyList<ToolDefinition> Tools { get; init; } = [];
    /// <summary>What the model may look up about its house; null for nothing.</summary>
    public KnowledgeDefinition? Knowledge { get; init; }
    /// <summary>What is written down after the call; null for nothing.</summary>
    public AfterCallDefinition? AfterCall { get; init; }
    /// <summary>Languages the caller may change to, besides <see cref="Language"/>.</summary>
    public IReadOnlyList<AgentLanguage> Languages { get; init; } = [];
    /// <summary>Steps that take the place of the built-in replies to "a human please", "goodbye" and "help".</summary>
    public IReadOnlyDictionary<DialogueCommand, string> CommandSteps { get; init; } = new Dictionary<DialogueCommand, string>();

    internal PhraseSimilarity Similarity => LazyInitializer.EnsureInitialized(ref _similarity, BuildSimilarity);

    private PhraseSimilarity? _similarity;

    /// <summary>Reads and checks an agent file to its end.</summary>
    /// <param name="problems">Everything that is wrong, in the order of the file; empty when it returned true.</param>
    public static bool TryLoad(string path, [NotNullWhen(true)] out AgentDefinition? agent, out IReadOnlyList<ConfigProblem> problems) =>
        AgentFile.TryLoad(path, Environment.GetEnvironmentVariable, out agent, out problems);

    /// <summary>What is expected at each step that listens, and of callers who talk to a model: for preparing a recogniser, and for checking that it knows all words.</summary>
    public IEnumerable<KeyValuePair<string, Expectation>> Expectations() =>
        (Model is null ? [] : (IEnumerable<KeyValuePair<string, Expectation>>)[KeyValuePair.Create("model", Hearable.After(this, ""))])
            .Concat(Steps.Values.Where(step => step.End is StepEnd.Ask)
            .Select(step => KeyValuePair.Create(step.Name, Expecting.For(this, new DialogueState { AskStep = step.Name }))));

    /// <summary>
    /// What the agent says word for word in every call: texts without variables, or with those of the file as the file has them.
    /// Nothing of a caller is in them.
    /// </summary>
    public IEnumerable<string> FixedTexts() => Steps.Values
        .SelectMany(step => step.End is StepEnd.Ask ask ? [.. step.Say.All, .. ask.Question.All, .. ask.Reprompt.All, ask.Help ?? Template.Empty] : step.Say.All)
        .Concat(Wordings.All)
        .Concat(Model?.Greeting ?? [])
        .Where(IsFixed)
        .Select(text => text.Render(name => Variables[name]))
        .Concat(Sound.Fillers)
        .Where(text => text.Length > 0);

    /// <summary>The numbers and addresses that the file itself connects callers with: none that a caller or a lookup says.</summary>
    public IEnumerable<string> NamedNumbers() => (Humans?.Targets ?? []).Append(Humans?.LastResort).OfType<HumanTarget>().Select(target => target.Number)
        .Concat(Tools.OfType<ToolDefinition.Transfer>().SelectMany(tool => tool.Targets.Values))
        .Concat(Steps.Values.Select(step => step.End).OfType<StepEnd.Transfer>().Select(end => end.Target).Where(IsFixed).Select(text => text.Render(name => Variables[name])))
        .Select(number => number.Trim())
        .Where(number => number.Length > 0);

    private bool IsFixed(Template text) => text.Variables.All(variable => variable.Format is null && Variables.ContainsKey(variable.Name));

    /// <summary>The step of a dialogue that connects a caller.</summary>
    /// <param name="target">A number; that of <see cref="HumanTarget"/> means all the people behind it.</param>
    /// <param name="skill">What they should be good at; null: anything.</param>
    internal DialogueAction.Transfer TransferTo(string target, string reason, string? skill = null) =>
        new(target, reason) { Humans = target == HumanTarget ? Humans : null, Skill = skill };

    private PhraseSimilarity BuildSimilarity() => new(Intents.Values
        .Select(intent => KeyValuePair.Create(intent.Name, intent.Patterns))
        .Concat(CommandPhrases.All.Select(command => KeyValuePair.Create(command.Tag, command.Patterns))));
}

/// <param name="Tag">BCP 47 tag.</param>
/// <param name="Voice">The voice that speaks it; null: the synthesiser chooses.</param>
/// <param name="Wordings">The agent's own sentences in it; null: those of the agent.</param>
public sealed record AgentLanguage(string Tag, string? Voice, Wordings? Wordings);

/// <param name="Accept">At or above it what was heard is taken.</param>
/// <param name="Confirm">At or above it the caller is asked "Did you say …?"; below it was not understood.</param>
public sealed record ConfidenceThresholds(double Accept, double Confirm);

public sealed record DialogueLimits
{
    /// <summary>Times in a row without understanding after which a human takes over, or the call ends.</summary>
    public int NotUnderstood { get; init; } = 4;

    /// <summary>Silences in a row after which the call ends.</summary>
    public int Silent { get; init; } = 2;

    /// <summary>How long the caller may think; null: the session's default.</summary>
    public TimeSpan? Silence { get; init; }
}

/// <summary>Something a caller may want.</summary>
/// <param name="Label">How the agent names it: "Did you want {label}?", "for {label}, press 1".</param>
/// <param name="Key">The telephone key that stands for it.</param>
/// <param name="Phrases">As written to the recogniser: slots already spelled out.</param>
/// <param name="Slots">Slots whose value may be named in the phrases.</param>
/// <param name="Step">Where it leads unless the step says otherwise.</param>
public sealed record IntentDefinition(
    string Name, string Label, char? Key, IReadOnlyList<string> Phrases, IReadOnlyList<PhrasePattern> Patterns,
    IReadOnlyList<string> Slots, string? Step) : IExpectedItem;

/// <summary>Something a step may expect: an intent or a slot.</summary>
public interface IExpectedItem
{
    string Name { get; }
}

/// <summary>A step of the script: sets, notes and says something, then ends in one of several ways.</summary>
public sealed record StepDefinition(string Name, int Line, int Column, StepEnd End)
{
    public IReadOnlyList<Assignment> Set { get; init; } = [];
    public IReadOnlyList<Assignment> Notes { get; init; } = [];
    /// <summary>Variants, said in turn.</summary>
    public Lines Say { get; init; } = Lines.None;
    /// <summary>A WAV file that says it instead of the voice.</summary>
    public string? Play { get; init; }
    public bool Interruptible { get; init; } = true;
}

public sealed record Assignment(string Name, Template Value);

public abstract record StepEnd
{
    private StepEnd() { }

    public sealed record Ask(Lines Question, IReadOnlyList<IExpectedItem> Expect) : StepEnd
    {
        /// <summary>Intent, slot, or value of a yes/no or choice slot → step.</summary>
        public IReadOnlyDictionary<string, string> On { get; init; } = new Dictionary<string, string>();
        public string? Next { get; init; }
        public Lines Reprompt { get; init; } = Lines.None;
        public Template? Help { get; init; }
        public TimeSpan? Silence { get; init; }

        /// <summary>Where an answer leads; null when the file does not say (which the loader refuses).</summary>
        public string? Target(IExpectedItem item, string value) =>
            (item is SlotDefinition && On.TryGetValue(value, out string? byValue) ? byValue : null)
            ?? On.GetValueOrDefault(item.Name) ?? (item as IntentDefinition)?.Step ?? Next;
    }

    public sealed record Lookup(LookupSource Source, Template Key, string Found, string NotFound, string Failed) : StepEnd;

    public sealed record Branch(IReadOnlyList<(Condition? If, string Next)> Cases) : StepEnd;

    public sealed record GoTo(string Step) : StepEnd;

    public sealed record Transfer(Template Target, Template Reason, string? Failed) : StepEnd
    {
        /// <summary>What the person should be good at; null: anything.</summary>
        public string? Skill { get; init; }
    }

    /// <summary>Another agent of the configuration goes on.</summary>
    public sealed record HandOver(string Agent, Template Reason) : StepEnd;

    public sealed record HangUp(string Disposition) : StepEnd;
}
