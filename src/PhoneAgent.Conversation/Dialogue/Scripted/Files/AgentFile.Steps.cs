namespace PhoneAgent.Conversation.Dialogue.Scripted.Files;

/// <summary>Steps: each has at most a set, notes and a text, and exactly one end.</summary>
internal sealed partial class AgentFile
{
    private static readonly string[] Ends = ["expect", "lookup", "branch", "transfer", "hand_over", "hang_up", "next"];

    private void ReadSteps()
    {
        if (_root.Map("steps") is null)
            _root.ReportHere("'steps' is missing: the script has none");
        foreach ((ScalarNode key, ConfigNode value) in _root.Named("steps"))
        {
            MapReader map = _root.Child(key, value, "steps");
            StepEnd? end = ReadEnd(map);
            _steps[key.Value] = new StepDefinition(key.Value, key.Line, key.Column, end ?? new StepEnd.HangUp("error"))
            {
                Set = ReadAssignments(map, "set"),
                Notes = ReadAssignments(map, "note"),
                Say = LinesOf(map, "say"),
                Play = ReadPlay(map),
                Interruptible = map.Flag("interruptible", true),
            };
            if (end is null)
                _brokenSteps.Add(key.Value);
            map.Done();
        }
    }

    /// <summary>Steps that have been complained about; the flow through them is not checked.</summary>
    private readonly HashSet<string> _brokenSteps = new(StringComparer.Ordinal);

    private StepEnd? ReadEnd(MapReader map)
    {
        // An ask has its own 'next'; there it does not count as an end.
        List<string> ends = [.. Ends.Where(map.Has)];
        if (map.Has("ask") && !ends.Contains("expect"))
        {
            map.ReportHere("'ask' needs 'expect': the slot or the intents that answer it");
            AskOf(map);
            return null;
        }
        if (ends.Contains("expect"))
            ends.Remove("next");
        if (ends.Count != 1)
        {
            map.ReportHere(ends.Count == 0
                ? "the step leads nowhere: add one of ask with expect, lookup, branch, transfer, hand_over, hang_up or next"
                : $"the step ends in several ways ({string.Join(", ", ends)}): keep one, and put the others into steps of their own");
            return null;
        }
        return ends[0] switch
        {
            "expect" => AskOf(map),
            "lookup" => LookupOf(map),
            "branch" => BranchOf(map),
            "transfer" => TransferOf(map),
            "hand_over" => new StepEnd.HandOver(map.Required("hand_over"), TemplateOf(map, "reason") ?? Template.Empty),
            "hang_up" => new StepEnd.HangUp(map.Text("hang_up") ?? "completed"),
            _ => new StepEnd.GoTo(StepName(map, "next")),
        };
    }

    private StepEnd.Ask AskOf(MapReader map)
    {
        var expect = new List<IExpectedItem>();
        foreach (ScalarNode name in map.Texts("expect"))
        {
            if (name.Value == "intents")
                expect.AddRange(_intents.Values);
            else if (_slots.TryGetValue(name.Value, out SlotDefinition? slot))
                expect.Add(slot);
            else if (_intents.TryGetValue(name.Value, out IntentDefinition? intent))
                expect.Add(intent);
            else
                map.Report(name, map.PathOf("expect"), $"'{name.Value}' is no slot and no intent{MapReader.DidYouMean(name.Value, _slots.Keys.Concat(_intents.Keys))}");
        }
        var on = ReadOn(map, expect);
        string? next = map.Has("next") ? StepName(map, "next") : null;
        var ask = new StepEnd.Ask(LinesOf(map, "ask"), [.. expect.Distinct()])
        {
            On = on, Next = next, Reprompt = LinesOf(map, "reprompt"), Help = TemplateOf(map, "help"),
            Silence = map.Duration("silence", TimeSpan.FromMinutes(2)),
        };
        if (ask.Question.Count == 0)
            map.ReportHere("'ask' is missing: the question that the caller hears");
        foreach (IExpectedItem item in ask.Expect)
        {
            IReadOnlyList<string> values = item is SlotDefinition { Values.Count: > 0 } slot ? slot.Values : [item.Name];
            if (values.FirstOrDefault(value => ask.Target(item, value) is null) is not { } open)
                continue;
            _brokenSteps.Add(map.Path);
            map.ReportHere($"what follows when the caller answers '{open}'? Add 'next', or '{open}' under 'on'");
        }
        return ask;
    }

    private Dictionary<string, string> ReadOn(MapReader map, List<IExpectedItem> expect)
    {
        var on = new Dictionary<string, string>(StringComparer.Ordinal);
        List<string> known = [.. expect.SelectMany(item => item is SlotDefinition slot ? [.. slot.Values, slot.Name] : new[] { item.Name })];
        MapReader? cases = map.Map("on");
        foreach ((ScalarNode key, ConfigNode value) in cases?.Node.Entries ?? [])
        {
            if (!known.Contains(key.Value))
                map.Report(key, $"{map.PathOf("on")}.{key.Value}", $"the step does not expect '{key.Value}'{MapReader.DidYouMean(key.Value, known)}");
            string step = (value as ScalarNode)?.Value ?? "";
            on[key.Value] = step;
            UseStep(step, value, $"{map.PathOf("on")}.{key.Value}");
        }
        return on;
    }

    private StepEnd.Lookup? LookupOf(MapReader map)
    {
        string name = map.Required("lookup");
        Template? key = TemplateOf(map, "key");
        if (key is null)
            map.ReportHere("'key' is missing: what to look for, e.g. key: \"{order_number}\"");
        (string found, string notFound, string failed) = (StepName(map, "found"), StepName(map, "not_found"), StepName(map, "failed"));
        if (_lookups.TryGetValue(name, out var source))
            return new StepEnd.Lookup(source, key ?? Template.Empty, found, notFound, failed);
        if (name.Length > 0 && !_brokenLookups.Contains(name))
            map.Report(map.Get("lookup")!, map.PathOf("lookup"), $"there is no lookup '{name}'{MapReader.DidYouMean(name, _lookups.Keys)}");
        return null;
    }

    private StepEnd.Branch? BranchOf(MapReader map)
    {
        if (map.Get("branch") is not ListNode { Items.Count: > 0 } list)
        {
            map.Report(map.At("branch"), map.PathOf("branch"), "must be a list of 'if' with 'next', and one 'else' at its end");
            return null;
        }
        var cases = new List<(Condition?, string)>();
        for (int i = 0; i < list.Items.Count; i++)
        {
            string path = $"{map.PathOf("branch")}[{i}]";
            if (list.Items[i] is not MapNode node)
            {
                map.Report(list.Items[i], path, "must have 'if' and 'next', or 'else'");
                continue;
            }
            var option = new MapReader(_path, _problems, node, path);
            bool last = i == list.Items.Count - 1;
            if (option.Has("else") != last)
                option.ReportHere(last ? "the last one must be 'else: step', so that the call always goes on" : "'else' must be the last one");
            if (option.Has("else"))
                cases.Add((null, StepName(option, "else")));
            else
                cases.Add((ReadCondition(option), StepName(option, "next")));
            option.Done();
        }
        return new StepEnd.Branch(cases);
    }

    private Condition? ReadCondition(MapReader option)
    {
        string text = option.Required("if");
        if (text.Length == 0)
            return null;
        if (!Condition.TryParse(text, out Condition? condition, out string? error))
        {
            option.Report(option.Get("if")!, option.PathOf("if"), error);
            return null;
        }
        foreach (string variable in condition.Variables)
            _templates.Add(new TemplateUse(Template.Parse($"{{{variable}}}"), option.Get("if")!, option.PathOf("if"), []));
        return condition;
    }

    private StepEnd.Transfer TransferOf(MapReader map)
    {
        Template target = TemplateOf(map, "transfer") ?? Template.Empty;
        if (target.Source.Length == 0)
            map.Report(map.At("transfer"), map.PathOf("transfer"), "must be a SIP address or a number, e.g. \"{agent.human}\"");
        if (target.Variables.Any(variable => variable.Name == "agent.human") && !_root.Has("human"))
            map.Report(map.At("transfer"), map.PathOf("transfer"), "{agent.human} needs 'human' with a 'target' at the top of the file");
        string? skill = map.Text("skill");
        CheckSkill(skill, map, "skill");
        return new StepEnd.Transfer(target, TemplateOf(map, "reason") ?? Template.Empty, map.Has("failed") ? StepName(map, "failed") : null) { Skill = skill };
    }

    private List<Assignment> ReadAssignments(MapReader map, string name)
    {
        var assignments = new List<Assignment>();
        MapReader? all = map.Map(name);
        foreach ((ScalarNode key, ConfigNode value) in all?.Node.Entries ?? [])
        {
            if (!Template.IsName(key.Value))
                map.Report(key, $"{map.PathOf(name)}.{key.Value}", "a name has lower-case letters, digits and '_', and begins with a letter");
            else if (value is not ScalarNode text)
                map.Report(value, $"{map.PathOf(name)}.{key.Value}", "must be a text");
            else
                assignments.Add(new Assignment(key.Value, MakeTemplate(map, text, $"{map.PathOf(name)}.{key.Value}")));
        }
        return assignments;
    }

    private string? ReadPlay(MapReader map)
    {
        if (map.Text("play") is not { } file)
            return null;
        string full = Resolve(file);
        if (!File.Exists(full))
            map.Report(map.Get("play")!, map.PathOf("play"), $"there is no file {full}");
        if (map.Texts("say").Count != 1)
            map.Report(map.At("play"), map.PathOf("play"), "needs 'say' with the one text that the recording says");
        return full;
    }
}
