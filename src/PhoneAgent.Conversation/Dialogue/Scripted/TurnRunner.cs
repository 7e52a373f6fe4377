using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using PhoneAgent.Conversation.Dialogue.Lookups;

namespace PhoneAgent.Conversation.Dialogue.Scripted;

/// <summary>Makes one reply: decides what the turn means, then walks the script until it listens or the call ends. Used once.</summary>
internal sealed partial class TurnRunner(AgentDefinition agent, IReadOnlyDictionary<string, ILookup> lookups, CallMoment moment, DialogueState state)
{
    private readonly List<DialogueAction> _out = [];
    private readonly List<string> _content = [];
    private bool _isNew = true;
    private bool _foundNobody;

    private DialogueState _state = state;

    /// <summary>Where the script stands. Read by the dialogue while another thread runs the reply; each value is immutable.</summary>
    public DialogueState State
    {
        get => Volatile.Read(ref _state);
        private set => Volatile.Write(ref _state, value);
    }

    private DateOnly Today => DateOnly.FromDateTime(moment.Now.DateTime);

    public async IAsyncEnumerable<DialogueAction> RunAsync(DialogueTurn turn, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (turn is DialogueTurn.CallerSaid { Mood: var mood })
            State = State with { Mood = mood };
        string? next = Decide(turn);
        while (true)
        {
            foreach (DialogueAction action in _out)
                yield return action;
            _out.Clear();
            if (next is null)
                yield break;
            StepDefinition step = agent.Steps[next];
            if (step.End is StepEnd.Transfer connect && IsNobodyThere(Render(connect.Target, spoken: false), connect.Skill))
            {
                next = NobodyIsThere(connect.Failed);
                continue;
            }
            Enter(step);
            if (step.End is StepEnd.Lookup lookup)
            {
                // What is said before a lookup is on its way to the caller's ear while the lookup runs.
                foreach (DialogueAction action in _out)
                    yield return action;
                _out.Clear();
                next = await LookUpAsync(lookup, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                next = Leave(step);
            }
        }
    }

    private void Enter(StepDefinition step)
    {
        Keep(step);
        if (step.Say.Count == 0)
            return;
        string text = Variant($"{step.Name}.say", step.Say);
        _content.Add(text);
        _out.Add(step.Play is { } file
            ? new DialogueAction.Play(file, text, step.Interruptible)
            : new DialogueAction.Say(text, step.Interruptible));
    }

    private void Keep(StepDefinition step)
    {
        foreach (Assignment set in step.Set)
            SetVariable(set.Name, Render(set.Value, spoken: false));
        foreach (Assignment note in step.Notes)
            _out.Add(new DialogueAction.Note(note.Name, Render(note.Value, spoken: false)));
    }

    private string? Leave(StepDefinition step)
    {
        switch (step.End)
        {
            case StepEnd.Ask ask:
                AskQuestion(step.Name, ask);
                return null;
            case StepEnd.GoTo goTo:
                return goTo.Step;
            case StepEnd.Branch branch:
                return branch.Cases.First(option => option.If is null || option.If.IsTrue(Value)).Next;
            case StepEnd.Transfer transfer:
                Remember();
                Connect(transfer, Render(transfer.Reason, spoken: false));
                return null;
            case StepEnd.HandOver handOver:
                _out.Add(new DialogueAction.HandOver(handOver.Agent, Render(handOver.Reason, spoken: false)));
                return null;
            case StepEnd.HangUp hangUp:
                _out.Add(new DialogueAction.HangUp(hangUp.Disposition));
                return null;
            default:
                throw new InvalidOperationException($"Step {step.Name} has no end.");
        }
    }

    private void AskQuestion(string name, StepEnd.Ask ask)
    {
        string question = Variant($"{name}.ask", ask.Question);
        State = State with
        {
            AskStep = name, Question = question, PartialDigits = "", PartialConfidence = 1, Confirming = null, TransferFailedStep = null,
        };
        Say(question);
        Listen();
    }

    private async Task<string> LookUpAsync(StepEnd.Lookup lookup, CancellationToken cancellationToken)
    {
        ILookup source = lookups[lookup.Source.Name];
        LookupResult result = await source.FindAsync(Render(lookup.Key, spoken: false), Value, cancellationToken).ConfigureAwait(false);
        foreach (string field in lookup.Source.FieldNames)
            SetVariable($"{lookup.Source.Name}.{field}", result.Values.GetValueOrDefault(field, ""));
        if (result.Outcome == LookupOutcome.Failed)
            _out.Add(new DialogueAction.Note($"{lookup.Source.Name}.failed", result.Error ?? "unknown"));
        return result.Outcome switch
        {
            LookupOutcome.Found => lookup.Found,
            LookupOutcome.NotFound => lookup.NotFound,
            _ => lookup.Failed,
        };
    }

    private void Say(string text)
    {
        if (text.Length == 0)
            return;
        _content.Add(text);
        _out.Add(new DialogueAction.Say(text));
    }

    private void SayWording(string name, params ReadOnlySpan<(string Name, string Value)> values) => Say(Wording(name, values));

    /// <summary>A built-in sentence in its next variant, or the one asked for.</summary>
    private string Wording(string name, params ReadOnlySpan<(string Name, string Value)> values)
    {
        Lines variants = agent.Wordings[name];
        if (variants.Count == 0)
            return "";
        var own = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string key, string value) in values)
            own[key] = value;
        Template template = Next($"wording.{name}", variants);
        return template.Render((variable, format) => own.TryGetValue(variable, out string? value) ? value : Spoken(variable, format));
    }

    private void Listen()
    {
        Remember();
        _out.Add(new DialogueAction.Listen(Expecting.For(agent, State)));
    }

    private void Remember()
    {
        if (_isNew && _content.Count > 0)
            State = State with { LastContent = [.. _content] };
    }

    private string Variant(string key, Lines variants) => variants.Count == 0 ? "" : Render(Next(key, variants), spoken: true);

    private Template Next(string key, Lines lines)
    {
        (string mood, IReadOnlyList<Template> variants) = lines.For(State.Mood);
        key += mood;
        int said = State.Said.GetValueOrDefault(key);
        State = State with { Said = State.Said.SetItem(key, said + 1) };
        return variants[said % variants.Count];
    }

    private string Render(Template template, bool spoken) =>
        template.Render((name, format) => spoken || format is not null ? Spoken(name, format) : Value(name));

    private string Spoken(string name, string? format) => SpokenForms.Say(Value(name), format, Today, agent.Language);

    private string Value(string name) =>
        CallVariables.Value(name, agent, State.Call, moment.Now) ?? State.Variables.GetValueOrDefault(name) ?? agent.Variables.GetValueOrDefault(name, "");

    private void SetVariable(string name, string value) => State = State with { Variables = State.Variables.SetItem(name, value) };
}
