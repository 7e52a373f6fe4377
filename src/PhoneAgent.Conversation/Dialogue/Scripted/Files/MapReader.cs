using System.Globalization;

namespace PhoneAgent.Conversation.Dialogue.Scripted.Files;

/// <summary>
/// Reads the properties of one map and remembers which were asked for, so that what is left over can be named as unknown. Every
/// method reports what is wrong and gives a harmless value, so that reading goes on to the end of the file.
/// </summary>
internal sealed class MapReader(string file, List<ConfigProblem> problems, MapNode node, string path, ConfigNode? origin = null)
{
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    public MapNode Node => node;

    public string Path => path;

    public void Report(ConfigNode at, string key, string message) => problems.Add(new ConfigProblem(file, at.Line, at.Column, key, message));

    /// <summary>A problem of the whole map: at its name, where people look for it.</summary>
    public void ReportHere(string message) => Report(origin ?? node, path, message);

    public string PathOf(string name) => path.Length == 0 ? name : $"{path}.{name}";

    public bool Has(string name)
    {
        _known.Add(name);
        return node.Entries.Any(entry => entry.Key.Value == name);
    }

    public ConfigNode? Get(string name)
    {
        _known.Add(name);
        return node.Entries.FirstOrDefault(entry => entry.Key.Value == name).Value;
    }

    /// <summary>Where a property's name stands, or the map itself.</summary>
    public ConfigNode At(string name) => (ConfigNode?)node.Entries.FirstOrDefault(entry => entry.Key.Value == name).Key ?? node;

    public string? Text(string name)
    {
        switch (Get(name))
        {
            case null or ScalarNode { Value: "" }:
                return null;
            case ScalarNode scalar:
                return scalar.Value;
            case var other:
                Report(other, PathOf(name), "must be one text");
                return null;
        }
    }

    public string Required(string name)
    {
        string? text = Text(name);
        if (text is null && Get(name) is null or ScalarNode)
            ReportHere($"'{name}' is missing");
        return text ?? "";
    }

    public int Int(string name, int fallback, int min, int max)
    {
        if (Text(name) is not { } text)
            return fallback;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= min && value <= max)
            return value;
        Report(Get(name)!, PathOf(name), $"must be a whole number from {min} to {max}, not '{text}'");
        return fallback;
    }

    public double Number(string name, double fallback, double min, double max)
    {
        if (Text(name) is not { } text)
            return fallback;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value >= min && value <= max)
            return value;
        Report(Get(name)!, PathOf(name), string.Create(CultureInfo.InvariantCulture, $"must be a number from {min} to {max}, not '{text}'"));
        return fallback;
    }

    public double Fraction(string name, double fallback)
    {
        if (Text(name) is not { } text)
            return fallback;
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value) && value <= 1)
            return value;
        Report(Get(name)!, PathOf(name), $"must be a number from 0 to 1, not '{text}'");
        return fallback;
    }

    public bool Flag(string name, bool fallback)
    {
        switch (Text(name))
        {
            case null:
                return fallback;
            case "true":
                return true;
            case "false":
                return false;
            case var text:
                Report(Get(name)!, PathOf(name), $"must be true or false, not '{text}'");
                return fallback;
        }
    }

    /// <summary>"8s", "1.5s", "500ms", "30m", "2h" or "1d".</summary>
    public TimeSpan? Duration(string name, TimeSpan max)
    {
        if (Text(name) is not { } text)
            return null;
        string number = text.TrimEnd('m', 's', 'h', 'd');
        double unit = text[number.Length..] switch { "ms" => 0.001, "s" => 1, "m" => 60, "h" => 3600, "d" => 86_400, _ => 0 };
        if (unit > 0 && double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value))
        {
            double seconds = value * unit;
            if (seconds > 0 && seconds <= max.TotalSeconds)
                return TimeSpan.FromSeconds(seconds);
        }
        string example = max > TimeSpan.FromHours(1) ? "'90s', '30m', '2h' or '1d'" : "'8s' or '500ms'";
        string most = max > TimeSpan.FromHours(1) ? $"{max.TotalHours:0}h" : $"{max.TotalSeconds:0}s";
        Report(Get(name)!, PathOf(name), $"must be a time such as {example}, at most {most}, not '{text}'");
        return null;
    }

    /// <summary>One text or a list of them.</summary>
    public IReadOnlyList<ScalarNode> Texts(string name)
    {
        switch (Get(name))
        {
            case null or ScalarNode { Value: "" }:
                return [];
            case ScalarNode scalar:
                return [scalar];
            case ListNode list:
                foreach (ConfigNode wrong in list.Items.Where(item => item is not ScalarNode))
                    Report(wrong, PathOf(name), "must be a text");
                return [.. list.Items.OfType<ScalarNode>()];
            case var other:
                Report(other, PathOf(name), "must be a text or a list of texts");
                return [];
        }
    }

    public MapReader? Map(string name)
    {
        switch (Get(name))
        {
            case null:
                return null;
            case MapNode map:
                return new MapReader(file, problems, map, PathOf(name));
            case var other:
                Report(other, PathOf(name), "must have properties of its own (name: value)");
                return null;
        }
    }

    /// <summary>The entries of a map whose names people choose. Names that are no names are reported.</summary>
    public IEnumerable<(ScalarNode Name, ConfigNode Value)> Named(string name)
    {
        MapReader? map = Map(name);
        foreach ((ScalarNode key, ConfigNode value) in map?.Node.Entries ?? [])
        {
            if (!Template.IsName(key.Value))
                Report(key, $"{PathOf(name)}.{key.Value}", "a name has lower-case letters, digits and '_', and begins with a letter");
            yield return (key, value);
        }
    }

    public MapReader Child(ScalarNode name, ConfigNode value, string parent)
    {
        string childPath = $"{PathOf(parent)}.{name.Value}";
        if (value is MapNode map)
            return new MapReader(file, problems, map, childPath, name);
        Report(value, childPath, "must have properties of its own (name: value)");
        return new MapReader(file, problems, new MapNode(value.Line, value.Column, []), childPath);
    }

    /// <summary>Names what nobody asked for.</summary>
    public void Done()
    {
        foreach ((ScalarNode key, _) in node.Entries.Where(entry => !_known.Contains(entry.Key.Value)))
            Report(key, PathOf(key.Value), $"unknown property{DidYouMean(key.Value, _known)}");
    }

    /// <summary>"; did you mean 'x'?" when one of the names is near, otherwise which there are.</summary>
    public static string DidYouMean(string word, IEnumerable<string> names)
    {
        List<string> all = [.. names.Order(StringComparer.Ordinal)];
        string? near = all.Where(_ => word.Length <= 64).Select(name => (name, distance: Distance(word, name))).Where(pair => pair.distance <= Math.Max(1, pair.name.Length / 3))
            .OrderBy(pair => pair.distance).FirstOrDefault().name;
        return near is not null ? $"; did you mean '{near}'?" : all.Count == 0 ? "" : $"; there are: {string.Join(", ", all)}";
    }

    /// <summary>Changes of one letter, or of two that stand the wrong way round, between two words.</summary>
    private static int Distance(string a, string b)
    {
        int[,] cost = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
            cost[i, 0] = i;
        for (int j = 0; j <= b.Length; j++)
            cost[0, j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            for (int j = 1; j <= b.Length; j++)
            {
                int change = a[i - 1] == b[j - 1] ? 0 : 1;
                cost[i, j] = Math.Min(Math.Min(cost[i - 1, j], cost[i, j - 1]) + 1, cost[i - 1, j - 1] + change);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    cost[i, j] = Math.Min(cost[i, j], cost[i - 2, j - 2] + 1);
            }
        }
        return cost[a.Length, b.Length];
    }
}
