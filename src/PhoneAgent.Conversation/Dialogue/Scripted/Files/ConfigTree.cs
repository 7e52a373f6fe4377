using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace PhoneAgent.Conversation.Dialogue.Scripted.Files;

internal abstract record ConfigNode(int Line, int Column);

internal sealed record ScalarNode(int Line, int Column, string Value) : ConfigNode(Line, Column);

internal sealed record ListNode(int Line, int Column, IReadOnlyList<ConfigNode> Items) : ConfigNode(Line, Column);

internal sealed record MapNode(int Line, int Column, IReadOnlyList<(ScalarNode Key, ConfigNode Value)> Entries) : ConfigNode(Line, Column);

/// <summary>
/// A YAML document with its places. Built from the parser's events, because YamlDotNet's own tree stops at the first duplicate key
/// and a person wants to see all of them.
/// </summary>
internal sealed class ConfigTree
{
    private const int MaxDepth = 20;
    private readonly Dictionary<string, ConfigNode> _anchors = new(StringComparer.Ordinal);
    private readonly string _file;
    private readonly ICollection<ConfigProblem> _problems;
    private readonly Parser _parser;

    private ConfigTree(string file, TextReader reader, ICollection<ConfigProblem> problems) =>
        (_file, _problems, _parser) = (file, problems, new Parser(reader));

    /// <summary>Null when the text is no YAML at all; the one problem then says where.</summary>
    public static ConfigNode? Read(string file, TextReader reader, ICollection<ConfigProblem> problems)
    {
        try
        {
            return new ConfigTree(file, reader, problems).ReadDocument();
        }
        catch (YamlException e)
        {
            problems.Add(new ConfigProblem(file, (int)e.Start.Line, (int)e.Start.Column, "", $"this is not valid YAML: {e.Message}"));
            return null;
        }
        // YamlDotNet 16 throws this at some texts that end within a flow ("{a: 1"); without a place.
        catch (InvalidOperationException)
        {
            problems.Add(new ConfigProblem(file, 0, 0, "", "this is not valid YAML: a '{', '[' or quote is not closed"));
            return null;
        }
    }

    private ConfigNode? ReadDocument()
    {
        _parser.Consume<StreamStart>();
        if (_parser.Accept<StreamEnd>(out _))
            return null;
        _parser.Consume<DocumentStart>();
        return ReadNode("", 0);
    }

    private ConfigNode ReadNode(string path, int depth)
    {
        ParsingEvent current = _parser.Current!;
        (int line, int column) = ((int)current.Start.Line, (int)current.Start.Column);
        if (depth > MaxDepth)
            throw new YamlException(current.Start, current.End, $"nested deeper than {MaxDepth}");
        if (_parser.TryConsume<AnchorAlias>(out var alias))
            return _anchors.TryGetValue(alias.Value.Value, out ConfigNode? known) ? known : throw new YamlException(alias.Start, alias.End, $"unknown alias '{alias.Value}'");
        string? anchor = current is NodeEvent { Anchor.IsEmpty: false } node ? node.Anchor.Value : null;
        ConfigNode result;
        if (_parser.TryConsume<Scalar>(out var scalar))
            result = new ScalarNode(line, column, scalar.Value);
        else if (_parser.TryConsume<SequenceStart>(out _))
            result = new ListNode(line, column, ReadItems(path, depth));
        else
        {
            _parser.Consume<MappingStart>();
            result = new MapNode(line, column, ReadEntries(path, depth));
        }
        if (anchor is not null)
            _anchors[anchor] = result;
        return result;
    }

    private List<ConfigNode> ReadItems(string path, int depth)
    {
        var items = new List<ConfigNode>();
        while (!_parser.TryConsume<SequenceEnd>(out _))
            items.Add(ReadNode($"{path}[{items.Count}]", depth + 1));
        return items;
    }

    private List<(ScalarNode, ConfigNode)> ReadEntries(string path, int depth)
    {
        var entries = new List<(ScalarNode Key, ConfigNode)>();
        var lines = new Dictionary<string, int>(StringComparer.Ordinal);
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            Scalar name = _parser.Consume<Scalar>();
            var key = new ScalarNode((int)name.Start.Line, (int)name.Start.Column, name.Value);
            string keyPath = path.Length == 0 ? key.Value : $"{path}.{key.Value}";
            ConfigNode value = ReadNode(keyPath, depth + 1);
            if (lines.TryAdd(key.Value, key.Line))
                entries.Add((key, value));
            else
                _problems.Add(new ConfigProblem(_file, key.Line, key.Column, keyPath, $"'{key.Value}' is already in line {lines[key.Value]}; keep one of the two"));
        }
        return entries;
    }
}
