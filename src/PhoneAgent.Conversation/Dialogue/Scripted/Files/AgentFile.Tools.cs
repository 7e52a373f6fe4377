using System.Text.RegularExpressions;
using PhoneAgent.Conversation.Dialogue.LanguageModel.Tools;
using PhoneAgent.Conversation.Dialogue.Lookups;

namespace PhoneAgent.Conversation.Dialogue.Scripted.Files;

/// <summary>Tools: what a language model may do.</summary>
internal sealed partial class AgentFile
{
    private static readonly string[] ToolTypes = ["transfer", "hang_up", "send_dtmf", "message", "callback", "disposition", "lookup", "hand_over", "search", "server"];
    private static readonly TimeSpan UsualToolTimeout = TimeSpan.FromSeconds(6);

    /// <summary>An address of a lookup may use them.</summary>
    private readonly HashSet<string> _toolParameters = new(StringComparer.Ordinal);

    private List<ToolDefinition> ReadTools()
    {
        var tools = new List<ToolDefinition>();
        if (_root.Map("tools") is not null)
            RequireModel("tools");
        foreach ((ScalarNode key, ConfigNode value) in _root.Named("tools"))
        {
            if (key.Value.Contains('.', StringComparison.Ordinal))
                _root.Report(key, $"tools.{key.Value}", "a tool's name has no point: models do not accept it");
            // "end_call: hang_up" is enough where a type needs nothing else.
            MapReader map = value is ScalarNode type
                ? _root.Child(key, new MapNode(value.Line, value.Column, [(new ScalarNode(value.Line, value.Column, "type"), type)]), "tools")
                : _root.Child(key, value, "tools");
            if (ReadTool(map, key.Value) is { } tool)
            {
                tools.Add(tool);
                map.Done();
            }
        }
        return tools;
    }

    private ToolDefinition? ReadTool(MapReader map, string name)
    {
        string type = map.Required("type");
        string? description = map.Text("description")?.Trim();
        switch (type)
        {
            case "transfer":
                List<string> skills = Sentences(map, "skills");
                foreach (string skill in skills)
                    CheckSkill(skill, map, "skills");
                return new ToolDefinition.Transfer(name, description, Targets(map, _humans?.Number)) { Humans = _humans, Skills = skills };
            case "hang_up":
                return new ToolDefinition.HangUp(name, description, Sentences(map, "dispositions"));
            case "send_dtmf":
                return new ToolDefinition.Keys(name, description);
            case "message":
                return new ToolDefinition.Message(name, description);
            case "callback":
                return new ToolDefinition.Callback(name, description);
            case "disposition":
                List<string> values = Sentences(map, "values");
                if (values.Count == 0)
                    map.ReportHere("'values' is missing: the words a call may be filed under");
                return new ToolDefinition.Disposition(name, description, values);
            case "lookup":
                return LookupTool(map, name, description);
            case "hand_over":
                return new ToolDefinition.HandOverTo(name, description, TextMap(map, "agents", "the agents, each with when it should take over, e.g. agents: { billing: invoices and payments }"));
            case "search":
                if (!_root.Has("knowledge"))
                    map.ReportHere("needs the section 'knowledge' with a folder");
                return new ToolDefinition.Search(name, description);
            case "server":
                return new ToolDefinition.Server(name, description, map.Text("server") ?? name, Sentences(map, "only"));
            default:
                if (type.Length > 0)
                    map.Report(map.Get("type")!, map.PathOf("type"), $"'{type}' is no type of tool{MapReader.DidYouMean(type, ToolTypes)}");
                return null;
        }
    }

    private static Dictionary<string, string> Targets(MapReader map, string? human)
    {
        if (map.Has("targets"))
            return TextMap(map, "targets", "who, each with a SIP address or number");
        if (human is null)
            map.ReportHere("needs 'targets', or 'human' with a 'target' at the top of the file");
        return new Dictionary<string, string>(StringComparer.Ordinal) { ["person"] = human ?? "" };
    }

    private static Dictionary<string, string> TextMap(MapReader map, string name, string what)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        MapReader? all = map.Map(name);
        foreach ((ScalarNode key, ConfigNode value) in all?.Node.Entries ?? [])
        {
            if (value is ScalarNode { Value.Length: > 0 } text)
                values[key.Value] = text.Value.Trim();
            else
                map.Report(value, $"{map.PathOf(name)}.{key.Value}", "must be a text");
        }
        if (values.Count == 0)
            map.ReportHere($"'{name}' is missing: {what}");
        return values;
    }

    private ToolDefinition.Lookup? LookupTool(MapReader map, string name, string? description)
    {
        string lookup = map.Required("lookup");
        List<ToolParameter> parameters = ReadParameters(map);
        _toolParameters.UnionWith(parameters.Select(parameter => parameter.Name));
        string[] own = [.. parameters.Select(parameter => parameter.Name)];
        Template? key = map.Has("key") ? TemplateOf(map, "key", own) : own.Length == 1 ? Template.Parse($"{{{own[0]}}}") : null;
        TimeSpan timeout = map.Duration("timeout", LongestWait) ?? UsualToolTimeout;
        if (key is null && own.Length != 1)
            map.ReportHere("'key' is missing: which of the parameters to look for, e.g. key: \"{order_number}\"");
        else if (key is not null && key.Variables.Select(variable => variable.Name).FirstOrDefault(used => !own.Contains(used) && used != "caller.number") is { } unknown)
            map.Report(map.At("key"), map.PathOf("key"), $"{{{unknown}}} is no parameter{MapReader.DidYouMean(unknown, own)}");
        if (_lookups.TryGetValue(lookup, out LookupSource? source) && key is not null)
            return new ToolDefinition.Lookup(name, description, source, parameters, key, timeout);
        if (source is null && lookup.Length > 0 && !_brokenLookups.Contains(lookup))
            map.Report(map.Get("lookup")!, map.PathOf("lookup"), $"there is no lookup '{lookup}'{MapReader.DidYouMean(lookup, _lookups.Keys)}");
        return null;
    }

    private static List<ToolParameter> ReadParameters(MapReader owner)
    {
        var parameters = new List<ToolParameter>();
        foreach ((ScalarNode key, ConfigNode value) in owner.Named("parameters"))
        {
            if (value is ScalarNode text)
            {
                parameters.Add(new ToolParameter(key.Value, text.Value.Trim(), null, [], Required: true));
                continue;
            }
            MapReader map = owner.Child(key, value, "parameters");
            string? pattern = map.Text("pattern");
            if (pattern is not null && !IsPattern(pattern))
                map.Report(map.Get("pattern")!, map.PathOf("pattern"), $"'{pattern}' is no regular expression");
            parameters.Add(new ToolParameter(key.Value, map.Text("description")?.Trim() ?? key.Value.Replace('_', ' '), pattern, Sentences(map, "values"), map.Flag("required", true)));
            map.Done();
        }
        if (parameters.Count == 0)
            owner.ReportHere("'parameters' is missing: what the model has to know before it can look something up, e.g. parameters: { order_number: the six digits of the order }");
        return parameters;
    }

    private static bool IsPattern(string pattern)
    {
        try
        {
            _ = new Regex(pattern);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
