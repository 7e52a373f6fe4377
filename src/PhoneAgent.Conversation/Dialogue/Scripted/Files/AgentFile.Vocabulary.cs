using System.Text.RegularExpressions;
using PhoneAgent.Conversation.Dialogue.Language;
using PhoneAgent.Conversation.Dialogue.Lookups;

namespace PhoneAgent.Conversation.Dialogue.Scripted.Files;

/// <summary>Slots, intents and lookups.</summary>
internal sealed partial class AgentFile
{
    private static readonly string[] SlotTypes = ["digits", "yes_no", "date", "time", "free_text", "choice"];

    private void ReadSlots()
    {
        foreach ((ScalarNode key, ConfigNode value) in _root.Named("slots"))
        {
            MapReader map = _root.Child(key, value, "slots");
            string name = key.Value;
            string type = map.Required("type");
            string label = map.Text("label") ?? name.Replace('_', ' ');
            ConfirmPolicy confirm = type == "free_text" ? ConfirmPolicy.Never : ReadConfirm(map);
            SlotDefinition? slot = type switch
            {
                "digits" => ReadDigits(map, name, label, confirm),
                "yes_no" => new YesNoSlot(name, label, confirm),
                "date" => new DateSlot(name, label, confirm),
                "time" => new TimeSlot(name, label, confirm),
                "free_text" => new FreeTextSlot(name, label),
                "choice" => ReadChoice(map, name, label, confirm),
                _ => null,
            };
            if (slot is null && type.Length > 0)
                map.Report(map.Get("type")!, map.PathOf("type"), $"'{type}' is no type of slot{MapReader.DidYouMean(type, SlotTypes)}");
            _slots[name] = slot ?? new FreeTextSlot(name, label);
            if (slot is not null)
                map.Done();
        }
    }

    private static ConfirmPolicy ReadConfirm(MapReader map)
    {
        switch (map.Text("confirm"))
        {
            case null or "unclear":
                return ConfirmPolicy.Unclear;
            case "always":
                return ConfirmPolicy.Always;
            case "never":
                return ConfirmPolicy.Never;
            case var other:
                map.Report(map.Get("confirm")!, map.PathOf("confirm"), $"must be always, unclear or never, not '{other}'");
                return ConfirmPolicy.Unclear;
        }
    }

    private static DigitsSlot ReadDigits(MapReader map, string name, string label, ConfirmPolicy confirm)
    {
        int min = map.Int("min", 1, 1, 32);
        int max = map.Int("max", Math.Max(min, 16), 1, 32);
        if (max < min)
            map.Report(map.At("max"), map.PathOf("max"), $"must not be below 'min' ({min})");
        return new DigitsSlot(name, label, confirm, min, max);
    }

    private static ChoiceSlot ReadChoice(MapReader map, string name, string label, ConfirmPolicy confirm)
    {
        var choices = new List<Choice>();
        foreach ((ScalarNode key, ConfigNode value) in map.Named("choices"))
        {
            MapReader choice = map.Child(key, value, "choices");
            IReadOnlyList<string> phrases = ReadPhrases(choice, _ => null, out IReadOnlyList<PhrasePattern> patterns);
            choices.Add(new Choice(key.Value, choice.Text("label") ?? key.Value.Replace('_', ' '), ReadKey(choice), phrases, patterns));
            choice.Done();
        }
        if (choices.Count == 0)
            map.ReportHere("'choices' is missing: a choice needs at least one");
        return new ChoiceSlot(name, label, confirm, choices);
    }

    private void ReadIntents()
    {
        foreach ((ScalarNode key, ConfigNode value) in _root.Named("intents"))
        {
            MapReader map = _root.Child(key, value, "intents");
            if (_slots.ContainsKey(key.Value) || key.Value is "yes" or "no" or "intents")
                _root.Report(key, map.Path, "this name is taken by a slot or an answer; choose another");
            var slots = new List<string>();
            IReadOnlyList<string> phrases = ReadPhrases(map, name => InlineSlot(name, slots), out IReadOnlyList<PhrasePattern> patterns);
            string? step = map.Text("step");
            if (step is not null)
                UseStep(step, map.Get("step")!, map.PathOf("step"));
            _intents[key.Value] = new IntentDefinition(
                key.Value, map.Text("label") ?? key.Value.Replace('_', ' '), ReadKey(map), phrases, patterns, [.. slots.Distinct()], step);
            map.Done();
        }
    }

    private string? InlineSlot(string name, List<string> used)
    {
        if (!_slots.TryGetValue(name, out SlotDefinition? slot) || slot.InlinePhrase is not { } phrase)
            return null;
        used.Add(name);
        return phrase;
    }

    private static List<string> ReadPhrases(MapReader map, Func<string, string?> slotPhrase, out IReadOnlyList<PhrasePattern> patterns)
    {
        var phrases = new List<string>();
        var parsed = new List<PhrasePattern>();
        IReadOnlyList<ScalarNode> texts = map.Texts("phrases");
        if (texts.Count == 0)
            map.ReportHere("'phrases' is missing: say with at least one how callers put it");
        foreach (ScalarNode text in texts)
        {
            string? missing = null;
            string phrase = SlotInPhrase().Replace(text.Value, match => slotPhrase(match.Groups[1].Value) ?? (missing = match.Groups[1].Value));
            if (missing is not null)
                map.Report(text, map.PathOf("phrases"), $"{{{missing}}} is no slot of type date or choice; only those can stand inside a phrase");
            else if (!PhrasePattern.TryParse(phrase, out PhrasePattern? pattern, out string? error))
                map.Report(text, map.PathOf("phrases"), $"'{text.Value}': {error}");
            else if (pattern.MatchesSilence)
                map.Report(text, map.PathOf("phrases"), $"'{text.Value}': everything in it is optional, so silence would match");
            else
            {
                phrases.Add(phrase);
                parsed.Add(pattern);
            }
        }
        patterns = parsed;
        return phrases;
    }

    private void ReadLookups()
    {
        foreach ((ScalarNode key, ConfigNode value) in _root.Named("lookups"))
        {
            MapReader map = _root.Child(key, value, "lookups");
            LookupSource? lookup = null;
            if (map.Has("csv") == map.Has("http"))
                map.ReportHere("must have either 'csv' or 'http'");
            else if (map.Has("csv"))
                lookup = ReadCsv(map, key.Value);
            else
                lookup = ReadHttp(map, key.Value);
            if (lookup is not null)
                _lookups[key.Value] = lookup;
            else
                _brokenLookups.Add(key.Value);
            map.Done();
        }
    }

    /// <summary>Lookups that have been complained about; their fields are not, then.</summary>
    private readonly HashSet<string> _brokenLookups = new(StringComparer.Ordinal);

    private CsvLookupSource? ReadCsv(MapReader map, string name)
    {
        string file = map.Required("csv");
        string column = map.Required("key");
        if (file.Length == 0 || column.Length == 0)
            return null;
        string full = Resolve(file);
        try
        {
            using StreamReader reader = File.OpenText(full);
            var found = new List<ConfigProblem>();
            CsvLookup? table = CsvLookup.Load(full, reader, column, found);
            foreach (ConfigProblem problem in found.Where(problem => problem.Line == 1))
                map.Report(map.Get("key")!, map.PathOf("key"), $"{file}: {problem.Message}");
            _problems.AddRange(found.Where(problem => problem.Line != 1));
            return table is null ? null : new CsvLookupSource(full, column, table) { Name = name };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            map.Report(map.Get("csv")!, map.PathOf("csv"), $"the table cannot be read: {e.Message}");
            return null;
        }
    }

    private HttpLookupSource? ReadHttp(MapReader map, string name)
    {
        Template url = TemplateOf(map, "http", "key") ?? Template.Empty;
        string sample = url.Render(_ => "x");
        if (url.Source.Length > 0 && !(Uri.TryCreate(sample, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https"))
            map.Report(map.Get("http")!, map.PathOf("http"), "must be an http:// or https:// address");
        var fields = new Dictionary<string, JsonPath>(StringComparer.Ordinal);
        foreach ((ScalarNode key, ConfigNode value) in map.Named("fields"))
        {
            if (value is ScalarNode text && JsonPath.TryParse(text.Value, out JsonPath? path))
                fields[key.Value] = path;
            else
                map.Report(value, $"{map.PathOf("fields")}.{key.Value}", "must be a path such as $.order.status or $.items[0].name");
        }
        if (!map.Has("fields"))
            map.ReportHere("'fields' is missing: say which parts of the answer are kept, e.g. status: $.status");
        var statuses = map.Texts("not_found").Select(text => int.TryParse(text.Value, out int status) ? status : 0).ToHashSet();
        if (statuses.Contains(0))
            map.Report(map.Get("not_found")!, map.PathOf("not_found"), "must be HTTP statuses, e.g. [404, 410]");
        Dictionary<string, string> headers = ReadHeaders(map);
        TimeSpan timeout = map.Duration("timeout", TimeSpan.FromSeconds(30)) ?? TimeSpan.FromSeconds(4);
        return fields.Count == 0 ? null : new HttpLookupSource(url, headers, fields, statuses.Count > 0 ? statuses : new HashSet<int> { 404 }, timeout) { Name = name };
    }

    /// <summary>Headers may carry secrets, which live in the environment: <c>{env.NAME}</c>.</summary>
    private Dictionary<string, string> ReadHeaders(MapReader map)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        MapReader? all = map.Map("headers");
        foreach ((ScalarNode key, ConfigNode value) in all?.Node.Entries ?? [])
        {
            string text = (value as ScalarNode)?.Value ?? "";
            headers[key.Value] = EnvironmentName().Replace(text, match =>
            {
                string? secret = _environment(match.Groups[1].Value);
                if (string.IsNullOrEmpty(secret))
                    all!.Report(value, all.PathOf(key.Value), $"the environment variable {match.Groups[1].Value} is not set");
                return secret ?? "";
            });
        }
        return headers;
    }

    [GeneratedRegex(@"\{([a-z0-9_]+)\}")]
    private static partial Regex SlotInPhrase();

    [GeneratedRegex(@"\{env\.([A-Za-z_][A-Za-z0-9_]*)\}")]
    private static partial Regex EnvironmentName();
}
