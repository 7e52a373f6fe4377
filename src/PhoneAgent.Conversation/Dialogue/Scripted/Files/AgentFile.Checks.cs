namespace PhoneAgent.Conversation.Dialogue.Scripted.Files;

/// <summary>What can only be checked when the whole file is known.</summary>
internal sealed partial class AgentFile
{
    private void CheckTemplates()
    {
        HashSet<string> known = [.. CallVariables.Names, .. _variables.Keys, .. _slots.Keys, .. _intents.Keys];
        known.UnionWith(_slots.Values.OfType<FreeTextSlot>().Select(slot => $"{slot.Name}.recording"));
        known.UnionWith(_steps.Values.SelectMany(step => step.Set).Select(set => set.Name));
        known.UnionWith(_lookups.Values.SelectMany(lookup => lookup.FieldNames.Select(field => $"{lookup.Name}.{field}")));
        known.UnionWith(_toolParameters);
        foreach (TemplateUse use in _templates)
        {
            foreach ((string name, string? format) in use.Template.Variables)
            {
                bool broken = _brokenLookups.Contains(name.Split('.')[0]);
                if (!broken && !known.Contains(name) && !CallVariables.IsKnown(name) && !use.Own.Contains(name))
                    _root.Report(use.At, use.Key, $"nothing sets {{{name}}}{MapReader.DidYouMean(name, known.Concat(use.Own))}");
                if (format is not null && !SpokenForms.Names.Contains(format))
                    _root.Report(use.At, use.Key, $"'{format}' is no spoken form{MapReader.DidYouMean(format, SpokenForms.Names)}");
            }
        }
    }

    private void CheckStepUses()
    {
        foreach (StepUse use in _stepUses.Where(use => !_steps.ContainsKey(use.Step)))
            _root.Report(use.At, use.Key, $"there is no step '{use.Step}'{MapReader.DidYouMean(use.Step, _steps.Keys)}");
    }

    /// <summary>One key must not mean two things at one step. (Yes and no give way to a menu's keys.)</summary>
    private void CheckKeys()
    {
        foreach (StepDefinition step in _steps.Values)
        {
            if (step.End is not StepEnd.Ask ask)
                continue;
            IEnumerable<(char? Key, string Name)> keys = ask.Expect.SelectMany(item => item switch
            {
                IntentDefinition intent => [(intent.Key, intent.Name)],
                ChoiceSlot choice => choice.Choices.Select(option => (option.Key, option.Name)),
                _ => Enumerable.Empty<(char?, string)>(),
            });
            foreach (var twice in keys.Where(pair => pair.Key is not null).GroupBy(pair => pair.Key).Where(group => group.Count() > 1))
            {
                _problems.Add(new ConfigProblem(_path, step.Line, step.Column, $"steps.{step.Name}.expect",
                    $"key {twice.Key} means {string.Join(" and ", twice.Select(pair => $"'{pair.Name}'"))}; give each its own"));
            }
        }
    }

    private void CheckFlow(string start, Dictionary<DialogueCommand, string> commands, string? nobody)
    {
        var reached = new HashSet<string>(StringComparer.Ordinal);
        var pending = new Stack<string>([start, .. commands.Values, .. nobody is null ? [] : (string[])[nobody]]);
        while (pending.TryPop(out string? name))
        {
            if (!_steps.TryGetValue(name, out StepDefinition? step) || !reached.Add(name))
                continue;
            foreach (string next in Successors(step))
                pending.Push(next);
        }
        // With a broken step, or a name that leads nowhere, all behind it would be called unreachable.
        if (_brokenSteps.Count == 0 && _stepUses.TrueForAll(use => _steps.ContainsKey(use.Step)))
        {
            foreach (StepDefinition step in _steps.Values.Where(step => !reached.Contains(step.Name)))
                _problems.Add(new ConfigProblem(_path, step.Line, step.Column, $"steps.{step.Name}", "no step leads here; remove it, or lead to it"));
        }
        CheckCycles();
    }

    /// <summary>A circle of steps in which the agent never listens would talk for ever.</summary>
    private void CheckCycles()
    {
        var done = new HashSet<string>(StringComparer.Ordinal);
        foreach (string name in _steps.Keys)
        {
            var trail = new List<string>();
            Walk(name);

            void Walk(string at)
            {
                int seen = trail.IndexOf(at);
                if (seen >= 0)
                {
                    StepDefinition first = _steps[at];
                    _problems.Add(new ConfigProblem(_path, first.Line, first.Column, $"steps.{at}",
                        $"the steps {string.Join(" → ", trail.Skip(seen).Append(at))} go round without ever listening to the caller; ask something in between"));
                    return;
                }
                if (done.Contains(at) || !_steps.TryGetValue(at, out StepDefinition? step) || step.End is StepEnd.Ask or StepEnd.Transfer or StepEnd.HandOver or StepEnd.HangUp)
                    return;
                trail.Add(at);
                foreach (string next in Successors(step).Distinct())
                    Walk(next);
                trail.RemoveAt(trail.Count - 1);
                done.Add(at);
            }
        }
    }

    private static IEnumerable<string> Successors(StepDefinition step) => step.End switch
    {
        StepEnd.Ask ask => ask.On.Values.Concat(ask.Expect.OfType<IntentDefinition>().Select(intent => intent.Step).OfType<string>())
            .Concat(ask.Next is null ? [] : [ask.Next]),
        StepEnd.Lookup lookup => [lookup.Found, lookup.NotFound, lookup.Failed],
        StepEnd.Branch branch => branch.Cases.Select(option => option.Next),
        StepEnd.GoTo goTo => [goTo.Step],
        StepEnd.Transfer transfer => transfer.Failed is null ? [] : [transfer.Failed],
        _ => [],
    };
}
