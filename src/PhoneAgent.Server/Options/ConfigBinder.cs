using System.Buffers;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace PhoneAgent.Server.Options;

/// <summary>
/// Puts a configuration tree into option records: <c>max_calls</c> into <c>MaxCalls</c>. What is absent keeps the
/// record's default. Every unknown key and every value of the wrong kind becomes a problem; binding goes on to the end.
/// </summary>
/// <param name="shorthands">Types that may also be written as one text, e.g. a listener as <c>udp://0.0.0.0:5060</c>.</param>
internal sealed class ConfigBinder(IReadOnlyDictionary<Type, Shorthand> shorthands, List<ConfigProblem> problems)
{
    public T Bind<T>(ConfigNode node, T defaults) where T : notnull =>
        (T)(BindRecord(typeof(T), node, defaults, "") ?? defaults);

    /// <summary>The key of a property as it stands in the file.</summary>
    public static string KeyOf(PropertyInfo property) => KeyOf(property.Name);

    public static string KeyOf(string name)
    {
        var key = new StringBuilder();
        foreach (char c in name)
        {
            if (char.IsUpper(c) && key.Length > 0)
                key.Append('_');
            key.Append(char.ToLowerInvariant(c));
        }
        return key.ToString();
    }

    /// <summary>The properties of a record that a configuration sets.</summary>
    public static IEnumerable<PropertyInfo> PropertiesOf(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanWrite && p.GetIndexParameters().Length == 0);

    /// <summary>True for a type that is a section of its own rather than a value.</summary>
    public static bool IsRecord(Type type) => type.IsClass && type != typeof(string) && type.GetMethod("<Clone>$") is not null;

    private object? BindValue(Type type, ConfigNode node, object? current, string key)
    {
        Type target = Nullable.GetUnderlyingType(type) ?? type;
        if (node is ConfigScalar { Value: null })
            return current;
        if (ItemTypeOf(target) is { } item)
            return BindList(item, node, current, key);
        if (target.IsGenericType && target.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>))
            return BindDictionary(target.GetGenericArguments()[1], node, current, key);
        if (node is ConfigScalar scalar)
        {
            if (shorthands.TryGetValue(target, out Shorthand? shorthand))
            {
                if (shorthand.Parse(scalar.Value!) is { } parsed)
                    return parsed;
                Problem(node, key, $"'{scalar.Value}' is not of the form {shorthand.Form}.");
                return current;
            }
            if (!IsRecord(target))
                return BindScalar(target, scalar, current, key);
        }
        if (IsRecord(target))
            return BindRecord(target, node, current, key);
        Problem(node, key, $"One value is expected here ({Kind(target)}), not a {(node is ConfigList ? "list" : "section")}.");
        return current;
    }

    private object? BindRecord(Type type, ConfigNode node, object? current, string key)
    {
        if (node is ConfigScalar { Value: null })
            return current;
        if (node is not ConfigMap map)
        {
            Problem(node, key, $"A section with keys is expected here: {string.Join(", ", PropertiesOf(type).Select(KeyOf))}.");
            return current;
        }
        if (type == typeof(ProviderOptions))
            return BindProvider(map, key);
        object result = current is null
            ? Activator.CreateInstance(type)!
            : type.GetMethod("<Clone>$")!.Invoke(current, null)!;
        BindProperties(map, key, [result]);
        return result;
    }

    /// <summary>A provider's own keys and those of its kind's settings stand in one section.</summary>
    private ProviderOptions BindProvider(ConfigMap map, string key)
    {
        string? kind = (map.Find("kind") as ConfigScalar)?.Value;
        if (kind is null || !ProviderKinds.All.TryGetValue(kind, out ProviderKind? known))
        {
            string hint = kind is not null && Spelling.Closest(kind, ProviderKinds.All.Keys) is { } close
                ? $"Did you mean '{close}'?"
                : $"Known: {string.Join(", ", ProviderKinds.All.Keys)}.";
            Problem(map.Find("kind") ?? map, $"{key}.kind", kind is null ? $"Every provider needs its kind. {hint}" : $"There is no kind '{kind}'. {hint}");
            return new ProviderOptions { Kind = kind ?? "" };
        }
        object settings = Activator.CreateInstance(known.Settings)!;
        var provider = new ProviderOptions { Settings = settings };
        BindProperties(map, key, [provider, settings]);
        foreach (PropertyInfo property in PropertiesOf(known.Settings).Where(p => p.IsDefined(typeof(RequiredMemberAttribute)) && p.GetValue(settings) is null or ""))
            Problem(map, $"{key}.{KeyOf(property)}", $"A provider of kind {kind} needs {KeyOf(property)}.");
        return provider;
    }

    /// <summary>Sets what the section says; the first of <paramref name="targets"/> that has a key gets it.</summary>
    private void BindProperties(ConfigMap map, string key, IReadOnlyList<object> targets)
    {
        Dictionary<string, (object Target, PropertyInfo Property)> known = targets
            .SelectMany(target => PropertiesOf(target.GetType()).Select(property => (target, property)))
            .DistinctBy(t => KeyOf(t.property)).ToDictionary(t => KeyOf(t.property));
        foreach (ConfigEntry entry in map.Entries)
        {
            string path = key.Length == 0 ? entry.Key : $"{key}.{entry.Key}";
            if (!known.TryGetValue(entry.Key, out (object Target, PropertyInfo Property) found))
            {
                Unknown(entry, path, known.Keys);
                continue;
            }
            (object target, PropertyInfo property) = found;
            property.SetValue(target, BindValue(property.PropertyType, entry.Value, property.GetValue(target), path));
        }
    }

    private Array? BindList(Type item, ConfigNode node, object? current, string key)
    {
        // One value where a list may stand is a list of one; from a variable or a flag, commas separate.
        IReadOnlyList<ConfigNode> nodes = node switch
        {
            ConfigList list => list.Items,
            ConfigScalar { Value: { } text } when node.Origin.Name is not null =>
                [.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(t => new ConfigScalar(t, node.Origin))],
            ConfigScalar => [node],
            _ => [],
        };
        if (node is ConfigMap)
        {
            Problem(node, key, "A list is expected here, each element on a line of its own that begins with '- '.");
            return (Array?)current;
        }
        Array result = Array.CreateInstance(item, nodes.Count);
        for (int i = 0; i < nodes.Count; i++)
            result.SetValue(BindValue(item, nodes[i], IsRecord(item) ? Activator.CreateInstance(item) : null, $"{key}[{i}]"), i);
        return result;
    }

    private object? BindDictionary(Type valueType, ConfigNode node, object? current, string key)
    {
        if (node is not ConfigMap map)
        {
            Problem(node, key, "A section with keys of your choice is expected here.");
            return current;
        }
        var result = (System.Collections.IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(typeof(string), valueType))!;
        foreach (ConfigEntry entry in map.Entries)
            if (BindValue(valueType, entry.Value, IsRecord(valueType) ? Activator.CreateInstance(valueType) : null, $"{key}.{entry.Key}") is { } value)
                result[entry.Key] = value;
        return result;
    }

    private object? BindScalar(Type type, ConfigScalar scalar, object? current, string key)
    {
        if (ConfigValue.TryParse(type, scalar.Value!, out object? value))
            return value;
        Problem(scalar, key, $"'{scalar.Value}' is not {Kind(type)}.");
        return current;
    }

    private static Type? ItemTypeOf(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) ? type.GetGenericArguments()[0] : null;

    private static string Kind(Type type) =>
        type == typeof(bool) ? "true or false"
        : type == typeof(int) || type == typeof(long) ? "a whole number"
        : type == typeof(double) ? "a number"
        : type == typeof(TimeSpan) ? "a time with its unit, e.g. 250ms, 1.5s, 2m, 1h"
        : type.IsEnum ? "one of " + string.Join(", ", Enum.GetNames(type).Select(ConfigValue.EnumText))
        : "a text";

    private void Unknown(ConfigEntry entry, string path, IEnumerable<string> known)
    {
        List<string> names = [.. known];
        string hint = Spelling.Closest(entry.Key, names) is { } close
            ? $"Did you mean '{close}'?"
            : $"Known here: {string.Join(", ", names)}.";
        Problem(entry.KeyOrigin, path, $"There is no option '{entry.Key}'. {hint}");
    }

    private void Problem(ConfigNode node, string key, string message) => Problem(node.Origin, key, message);

    private void Problem(ConfigOrigin origin, string key, string message) =>
        problems.Add(new ConfigProblem(origin.Source, origin.Line, origin.Column, origin.Name ?? key, message));
}

/// <summary>A section written as one text.</summary>
/// <param name="Parse">Null when the text is something else.</param>
/// <param name="Form">With an example, for a message.</param>
internal sealed record Shorthand(Func<string, object?> Parse, string Form);

/// <summary>The texts of single values.</summary>
internal static class ConfigValue
{
    private static readonly SearchValues<char> NumberSigns = SearchValues.Create("0123456789.");

    public static bool TryParse(Type type, string text, out object? value)
    {
        value = null;
        if (type == typeof(string))
            value = text;
        else if (type == typeof(bool))
            value = text switch { "true" or "yes" or "on" => true, "false" or "no" or "off" => false, _ => null };
        else if (type == typeof(int))
            value = int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) ? number : null;
        else if (type == typeof(long))
            value = long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number : null;
        else if (type == typeof(double))
            value = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) ? number : null;
        else if (type == typeof(TimeSpan))
            value = ParseTime(text);
        else if (type.IsEnum)
            value = Enum.GetValues(type).Cast<object>().FirstOrDefault(v => EnumText(v.ToString()!) == text);
        return value is not null;
    }

    public static string EnumText(string name)
    {
        var text = new StringBuilder();
        foreach (char c in name)
        {
            if (char.IsUpper(c) && text.Length > 0)
                text.Append('-');
            text.Append(char.ToLowerInvariant(c));
        }
        return text.ToString();
    }

    private static TimeSpan? ParseTime(string text)
    {
        int digits = text.AsSpan().IndexOfAnyExcept(NumberSigns);
        if (digits <= 0 || !double.TryParse(text.AsSpan(0, digits), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number))
            return text == "0" ? TimeSpan.Zero : null;
        double? milliseconds = text[digits..].Trim() switch
        {
            "ms" => number,
            "s" => number * 1_000,
            "m" or "min" => number * 60_000,
            "h" => number * 3_600_000,
            "d" => number * 86_400_000,
            _ => null,
        };
        // Ten years: more is a slip, and near TimeSpan's own end timers overflow.
        return milliseconds is <= 3_650d * 86_400_000 ? TimeSpan.FromMilliseconds(milliseconds.Value) : null;
    }
}
