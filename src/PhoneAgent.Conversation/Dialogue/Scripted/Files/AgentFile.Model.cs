using System.Globalization;
using PhoneAgent.Conversation.Dialogue.LanguageModel;

namespace PhoneAgent.Conversation.Dialogue.Scripted.Files;

/// <summary>What a language model needs: how it speaks, what it knows, what is written down afterwards.</summary>
internal sealed partial class AgentFile
{
    private const int MaxRules = 100;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);
    private static readonly Dictionary<string, AfterCallType> FieldTypes = new(StringComparer.Ordinal)
    {
        ["text"] = AfterCallType.Text, ["number"] = AfterCallType.Number, ["yes_no"] = AfterCallType.YesNo,
        ["date"] = AfterCallType.Date, ["time"] = AfterCallType.Time, ["choice"] = AfterCallType.Choice,
    };

    private ModelDefinition? ReadModel()
    {
        if (_root.Map("model") is not { } map)
            return null;
        var usual = new ModelDefinition();
        var model = new ModelDefinition
        {
            Temperature = Number(map, "temperature", 2),
            MaxTokens = map.Int("max_tokens", usual.MaxTokens, 16, 4_000),
            TokenBudget = map.Int("token_budget", usual.TokenBudget, 1_000, 1_000_000),
            Rules = Sentences(map, "rules"),
            TopicsRefused = Sentences(map, "topics_refused"),
            NeverSay = Sentences(map, "never_say"),
            Greeting = Templates(map, "greeting"),
            MaxSentences = map.Int("max_sentences", usual.MaxSentences, 1, 50),
            MaxCharacters = map.Int("max_characters", usual.MaxCharacters, 40, 10_000),
            FirstTokenWithin = map.Duration("first_token_within", LongestWait) ?? usual.FirstTokenWithin,
            StallsAfter = map.Duration("stalls_after", LongestWait) ?? usual.StallsAfter,
            ToolRounds = map.Int("tool_rounds", usual.ToolRounds, 1, 20),
            FillerAfter = map.Duration("filler_after", LongestWait) ?? usual.FillerAfter,
            RetryAfter = map.Duration("retry_after", TimeSpan.FromMinutes(30)) ?? usual.RetryAfter,
            TellsCallerNumber = map.Flag("tell_caller_number", false),
        };
        map.Done();
        if (model.TokenBudget < model.MaxTokens * 2)
            map.Report(map.At("token_budget"), map.PathOf("token_budget"), $"must be at least twice 'max_tokens' ({model.MaxTokens}): the conversation has to fit, too");
        return model;
    }

    private static double? Number(MapReader map, string name, double max)
    {
        if (map.Text(name) is not { } text)
            return null;
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value) && value <= max)
            return value;
        map.Report(map.Get(name)!, map.PathOf(name), string.Create(CultureInfo.InvariantCulture, $"must be a number from 0 to {max}, not '{text}'"));
        return null;
    }

    private static List<string> Sentences(MapReader map, string name)
    {
        IReadOnlyList<ScalarNode> texts = map.Texts(name);
        if (texts.Count > MaxRules)
            map.Report(texts[MaxRules], map.PathOf(name), $"more than {MaxRules}; a model keeps to few, clear ones");
        return [.. texts.Select(text => text.Value.Trim()).Where(text => text.Length > 0)];
    }

    private KnowledgeDefinition? ReadKnowledge()
    {
        if (_root.Map("knowledge") is not { } map)
            return null;
        RequireModel("knowledge");
        string folder = map.Required("folder");
        int passages = map.Int("passages", 3, 1, 20);
        bool eachTurn = map.Flag("each_turn", true);
        map.Done();
        string path = Resolve(folder);
        if (folder.Length > 0 && !Directory.Exists(path))
            map.Report(map.Get("folder")!, map.PathOf("folder"), $"there is no folder {path}; make it, or correct the name (it counts from this file)");
        return new KnowledgeDefinition(path, passages, eachTurn);
    }

    private AfterCallDefinition? ReadAfterCall()
    {
        if (_root.Map("after_call") is not { } map)
            return null;
        var definition = new AfterCallDefinition(map.Flag("summary", true), Sentences(map, "dispositions"), [.. ReadFields(map)]);
        map.Done();
        return definition;
    }

    private static List<AfterCallField> ReadFields(MapReader owner)
    {
        var fields = new List<AfterCallField>();
        foreach ((ScalarNode key, ConfigNode value) in owner.Named("fields"))
        {
            MapReader map = owner.Child(key, value, "fields");
            string type = map.Text("type") ?? "text";
            if (!FieldTypes.TryGetValue(type, out AfterCallType known))
                map.Report(map.Get("type")!, map.PathOf("type"), $"'{type}' is no type of field{MapReader.DidYouMean(type, FieldTypes.Keys)}");
            List<string> values = Sentences(map, "values");
            if (known == AfterCallType.Choice && values.Count == 0)
                map.ReportHere("'values' is missing: a choice needs at least one");
            if (known != AfterCallType.Choice && values.Count > 0)
                map.Report(map.At("values"), map.PathOf("values"), "only a field of type choice has values");
            fields.Add(new AfterCallField(key.Value, known, map.Text("description") ?? key.Value.Replace('_', ' '), map.Flag("required", false), values, map.Text("note")));
            map.Done();
        }
        return fields;
    }

    private List<AgentLanguage> ReadLanguages()
    {
        var languages = new List<AgentLanguage>();
        MapReader? all = _root.Map("languages");
        if (all is not null)
            RequireModel("languages");
        foreach ((ScalarNode key, ConfigNode value) in all?.Node.Entries ?? [])
        {
            if (!IsLanguageTag(key.Value))
                _root.Report(key, $"languages.{key.Value}", "must be a language tag such as de-DE or fr");
            else if (value is ScalarNode voice)
                languages.Add(new AgentLanguage(key.Value, voice.Value.Length == 0 ? null : voice.Value, null));
            else
            {
                MapReader map = _root.Child(key, value, "languages");
                languages.Add(new AgentLanguage(key.Value, map.Text("voice"), map.Has("wordings") ? ReadWordings(map) : null));
                map.Done();
            }
        }
        return languages;
    }

    private static bool IsLanguageTag(string tag) =>
        tag.Split('-') is [{ Length: 2 or 3 } language, .. var rest] && language.All(char.IsAsciiLetter) && rest.All(part => part.Length is >= 2 and <= 8 && part.All(char.IsAsciiLetterOrDigit));

    private void RequireModel(string section)
    {
        if (!_root.Has("model"))
            _root.Report(_root.At(section), section, "only a language model uses this; add the section 'model', or remove this one");
    }
}
