using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using PhoneAgent.Conversation.Dialogue.LanguageModel;
using PhoneAgent.Conversation.Dialogue.LanguageModel.Tools;
using PhoneAgent.Conversation.Dialogue.Lookups;
using PhoneAgent.Conversation.Escalation;
using PhoneAgent.Conversation.Speaking;
using PhoneAgent.Conversation.Transfer.Humans;

namespace PhoneAgent.Conversation.Dialogue.Scripted.Files;

/// <summary>Reads an agent file to its end, whatever is wrong in it.</summary>
internal sealed partial class AgentFile
{
    private const long MaxFileBytes = 4 * 1024 * 1024;
    private readonly string _path;
    private readonly Func<string, string?> _environment;
    private readonly List<ConfigProblem> _problems;
    private readonly MapReader _root;
    private readonly Dictionary<string, SlotDefinition> _slots = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IntentDefinition> _intents = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LookupSource> _lookups = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StepDefinition> _steps = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _variables = new(StringComparer.Ordinal);
    private readonly List<TemplateUse> _templates = [];
    private readonly List<StepUse> _stepUses = [];
    private HumanPlan? _humans;

    private AgentFile(string path, Func<string, string?> environment, List<ConfigProblem> problems, MapNode root) =>
        (_path, _environment, _problems, _root) = (path, environment, problems, new MapReader(path, problems, root, ""));

    /// <summary>A template and where it stands, to check its variables when all are known.</summary>
    private sealed record TemplateUse(Template Template, ConfigNode At, string Key, IReadOnlyList<string> Own);

    /// <summary>The name of a step and where it stands.</summary>
    private sealed record StepUse(string Step, ConfigNode At, string Key);

    public static bool TryLoad(
        string path, Func<string, string?> environment, [NotNullWhen(true)] out AgentDefinition? agent, out IReadOnlyList<ConfigProblem> problems)
    {
        var found = new List<ConfigProblem>();
        agent = Load(path, environment, found);
        problems = [.. found.OrderBy(problem => problem.File == path ? 0 : 1).ThenBy(problem => problem.Line).ThenBy(problem => problem.Column)];
        if (problems.Count > 0)
            agent = null;
        return agent is not null;
    }

    private static AgentDefinition? Load(string path, Func<string, string?> environment, List<ConfigProblem> problems)
    {
        ConfigNode? root;
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > MaxFileBytes })
            {
                problems.Add(new ConfigProblem(path, 0, 0, "", "the file is larger than 4 MiB; it is no agent file"));
                return null;
            }
            using StreamReader reader = File.OpenText(path);
            root = ConfigTree.Read(path, reader, problems);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add(new ConfigProblem(path, 0, 0, "", $"the file cannot be read: {e.Message}"));
            return null;
        }
        if (root is MapNode map)
            return new AgentFile(path, environment, problems, map).Read();
        if (problems.Count == 0)
            problems.Add(new ConfigProblem(path, 1, 1, "", "the file is empty or no list of properties; copy config/agents/front-desk.yaml and change it"));
        return null;
    }

    private AgentDefinition? Read()
    {
        string name = _root.Required("name");
        string language = _root.Text("language") ?? "en-US";
        bool hasSteps = _root.Has("steps") || !_root.Has("model");
        if (hasSteps && !language.StartsWith("en", StringComparison.OrdinalIgnoreCase))
            _root.Report(_root.At("language"), "language", $"'{language}' has no spoken forms here; only English (en-US, en-GB …) has");
        string? voice = _root.Text("voice");
        string? voicemail = _root.Text("voicemail");
        string persona = _root.Text("persona") ?? "";
        AgentSound sound = ReadSound();
        ReadVariables();
        ReadSlots();
        ReadIntents();
        ReadLookups();
        Wordings wordings = ReadWordings(_root);
        (ConfidenceThresholds confidence, DialogueLimits limits) = (ReadConfidence(), ReadLimits());
        _humans = ReadHumans();
        EscalationOptions escalation = ReadEscalation();
        Dictionary<DialogueCommand, string> commands = ReadCommands();
        ModelDefinition? model = ReadModel();
        IReadOnlyList<ToolDefinition> tools = ReadTools();
        KnowledgeDefinition? knowledge = ReadKnowledge();
        AfterCallDefinition? afterCall = ReadAfterCall();
        IReadOnlyList<AgentLanguage> languages = ReadLanguages();
        string start = (hasSteps ? _root.Required("start") : _root.Text("start")) ?? "";
        if (start.Length > 0)
            UseStep(start, _root.Get("start")!, "start");
        if (hasSteps)
            ReadSteps();
        _root.Done();
        CheckTemplates();
        CheckStepUses();
        CheckKeys();
        CheckFlow(start, commands, _humans?.Step);
        if (_problems.Count > 0)
            return null;
        return new AgentDefinition
        {
            File = _path, Name = name, Language = language, Voice = voice, Voicemail = voicemail, Persona = persona, Sound = sound, Humans = _humans, Escalation = escalation,
            Confidence = confidence, Limits = limits, Wordings = wordings, Variables = _variables, Intents = _intents, Slots = _slots,
            Lookups = _lookups, Steps = _steps, Start = start, CommandSteps = commands,
            Model = model, Tools = tools, Knowledge = knowledge, AfterCall = afterCall, Languages = languages,
        };
    }

    private void ReadVariables()
    {
        foreach ((ScalarNode key, ConfigNode value) in _root.Named("variables"))
        {
            if (value is ScalarNode scalar)
                _variables[key.Value] = scalar.Value;
            else
                _root.Report(value, $"variables.{key.Value}", "must be a text");
        }
    }

    private ConfidenceThresholds ReadConfidence()
    {
        MapReader? map = _root.Map("confidence");
        if (map is null)
            return new ConfidenceThresholds(0.75, 0.45);
        var thresholds = new ConfidenceThresholds(map.Fraction("accept", 0.75), map.Fraction("confirm", 0.45));
        map.Done();
        if (thresholds.Confirm > thresholds.Accept)
            map.Report(map.At("confirm"), "confidence.confirm", "must not be above 'accept'");
        return thresholds;
    }

    private DialogueLimits ReadLimits()
    {
        MapReader? map = _root.Map("limits");
        if (map is null)
            return new DialogueLimits();
        var limits = new DialogueLimits
        {
            NotUnderstood = map.Int("not_understood", 4, 1, 20),
            Silent = map.Int("silent", 2, 1, 20),
            Silence = map.Duration("silence", TimeSpan.FromMinutes(2)),
        };
        map.Done();
        return limits;
    }

    private Dictionary<DialogueCommand, string> ReadCommands()
    {
        var commands = new Dictionary<DialogueCommand, string>();
        MapReader? map = _root.Map("commands");
        foreach (DialogueCommand command in (ReadOnlySpan<DialogueCommand>)[DialogueCommand.Human, DialogueCommand.Goodbye, DialogueCommand.Help])
        {
            string name = command.ToString().ToLowerInvariant();
            if (map?.Text(name) is not { } step)
                continue;
            commands[command] = step;
            UseStep(step, map.Get(name)!, map.PathOf(name));
        }
        map?.Done();
        return commands;
    }

    private Wordings ReadWordings(MapReader owner)
    {
        var overrides = new Dictionary<string, Lines>(StringComparer.Ordinal);
        MapReader? map = owner.Map("wordings");
        foreach ((string name, (string[] _, string[] own)) in Wordings.Defaults)
        {
            if (map?.Has(name) == true)
                overrides[name] = LinesOf(map, name, own);
        }
        map?.Done();
        return new Wordings(overrides);
    }

    private IReadOnlyList<Template> Templates(MapReader map, string name, params string[] own) =>
        [.. map.Texts(name).Select(text => MakeTemplate(map, text, map.PathOf(name), own))];

    private Template? TemplateOf(MapReader map, string name, params string[] own) =>
        map.Text(name) is { } text ? MakeTemplate(map, new ScalarNode(map.Get(name)!.Line, map.Get(name)!.Column, text), map.PathOf(name), own) : null;

    private Template MakeTemplate(MapReader map, ScalarNode text, string key, params string[] own)
    {
        // Texts folded over lines end with a line break that nobody says.
        if (!Template.TryParse(text.Value.Trim(), out Template? template, out string? error))
        {
            map.Report(text, key, error);
            return Template.Empty;
        }
        _templates.Add(new TemplateUse(template, text, key, own));
        return template;
    }

    private void UseStep(string step, ConfigNode at, string key) => _stepUses.Add(new StepUse(step, at, key));

    private string StepName(MapReader map, string name)
    {
        string step = map.Required(name);
        if (step.Length > 0)
            UseStep(step, map.Get(name)!, map.PathOf(name));
        return step;
    }

    private string Resolve(string file) => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(_path))!, file));

    private static char? ReadKey(MapReader map)
    {
        if (map.Text("key") is not { } text)
            return null;
        if (text.Length == 1 && text[0] is >= '1' and <= '9')
            return text[0];
        map.Report(map.Get("key")!, map.PathOf("key"), string.Create(CultureInfo.InvariantCulture, $"must be a key from 1 to 9, not '{text}': 0 is always a person and * always repeats"));
        return null;
    }
}
