using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace PhoneAgent.Conversation.Dialogue.LanguageModel.Tools;

/// <summary>
/// Checks arguments against the part of JSON Schema that tools use: type, properties, required, additionalProperties,
/// enum, const, pattern, lengths, ranges, items. What it does not know it lets pass. Never throws for what a model wrote.
/// </summary>
internal static class SchemaCheck
{
    private const int MaxDepth = 16;
    private const int MaxProblems = 8;
    private static readonly TimeSpan PatternTime = TimeSpan.FromMilliseconds(100);

    /// <summary>What is wrong, a sentence each, for the model to mend; empty when all is well.</summary>
    public static IReadOnlyList<string> Problems(JsonElement schema, JsonElement value)
    {
        var problems = new List<string>();
        Check(schema, value, "", problems, 0);
        return problems;
    }

    private static void Check(JsonElement schema, JsonElement value, string path, List<string> problems, int depth)
    {
        if (problems.Count >= MaxProblems || depth > MaxDepth || schema.ValueKind != JsonValueKind.Object)
            return;
        string name = path.Length == 0 ? "the arguments" : $"'{path}'";
        if (schema.TryGetProperty("type", out JsonElement type) && !IsOfType(type, value))
        {
            problems.Add($"{name} must be of type {TypeNames(type)}");
            return;
        }
        if (schema.TryGetProperty("enum", out JsonElement values) && values.ValueKind == JsonValueKind.Array && !values.EnumerateArray().Any(one => JsonElement.DeepEquals(one, value)))
            problems.Add($"{name} must be one of {string.Join(", ", values.EnumerateArray().Take(50).Select(one => one.ToString()))}");
        if (schema.TryGetProperty("const", out JsonElement constant) && !JsonElement.DeepEquals(constant, value))
            problems.Add($"{name} must be {constant}");
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                CheckText(schema, value.GetString()!, name, problems);
                break;
            case JsonValueKind.Number:
                CheckNumber(schema, value.GetDouble(), name, problems);
                break;
            case JsonValueKind.Array:
                CheckArray(schema, value, path, name, problems, depth);
                break;
            case JsonValueKind.Object:
                CheckObject(schema, value, path, name, problems, depth);
                break;
        }
    }

    private static void CheckText(JsonElement schema, string text, string name, List<string> problems)
    {
        int length = new StringInfo(text).LengthInTextElements;
        if (Limit(schema, "minLength") is { } min && length < min)
            problems.Add($"{name} must have at least {min} characters");
        if (Limit(schema, "maxLength") is { } max && length > max)
            problems.Add($"{name} must have at most {max} characters");
        if (schema.TryGetProperty("pattern", out JsonElement pattern) && pattern.GetString() is { } expression && !Matches(text, expression))
            problems.Add($"{name} must match {expression}");
    }

    private static void CheckNumber(JsonElement schema, double number, string name, List<string> problems)
    {
        if (Limit(schema, "minimum") is { } min && number < min)
            problems.Add($"{name} must be at least {min}");
        if (Limit(schema, "maximum") is { } max && number > max)
            problems.Add($"{name} must be at most {max}");
    }

    private static void CheckArray(JsonElement schema, JsonElement value, string path, string name, List<string> problems, int depth)
    {
        int count = value.GetArrayLength();
        if (Limit(schema, "minItems") is { } min && count < min)
            problems.Add($"{name} must have at least {min} items");
        if (Limit(schema, "maxItems") is { } max && count > max)
            problems.Add($"{name} must have at most {max} items");
        if (!schema.TryGetProperty("items", out JsonElement items))
            return;
        int index = 0;
        foreach (JsonElement item in value.EnumerateArray())
            Check(items, item, $"{path}[{index++}]", problems, depth + 1);
    }

    private static void CheckObject(JsonElement schema, JsonElement value, string path, string name, List<string> problems, int depth)
    {
        bool hasProperties = schema.TryGetProperty("properties", out JsonElement properties) && properties.ValueKind == JsonValueKind.Object;
        if (schema.TryGetProperty("required", out JsonElement required) && required.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement missing in required.EnumerateArray().Where(one => one.ValueKind == JsonValueKind.String && !value.TryGetProperty(one.GetString()!, out _)))
                problems.Add($"'{Join(path, missing.GetString()!)}' is missing");
        }
        bool closed = schema.TryGetProperty("additionalProperties", out JsonElement others) && others.ValueKind == JsonValueKind.False;
        foreach (JsonProperty property in value.EnumerateObject())
        {
            if (hasProperties && properties.TryGetProperty(property.Name, out JsonElement own))
                Check(own, property.Value, Join(path, property.Name), problems, depth + 1);
            else if (closed)
                problems.Add($"{name} must not have '{property.Name}'");
        }
    }

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private static double? Limit(JsonElement schema, string name) =>
        schema.TryGetProperty(name, out JsonElement limit) && limit.ValueKind == JsonValueKind.Number ? limit.GetDouble() : null;

    /// <summary>A pattern from somebody else's server may be slow or no pattern at all: then it counts as matched.</summary>
    private static bool Matches(string text, string pattern)
    {
        try
        {
            return Regex.IsMatch(text, pattern, RegexOptions.CultureInvariant, PatternTime);
        }
        catch (Exception e) when (e is RegexMatchTimeoutException or ArgumentException)
        {
            return true;
        }
    }

    private static string TypeNames(JsonElement type) =>
        type.ValueKind == JsonValueKind.Array ? string.Join(" or ", type.EnumerateArray().Select(one => one.ToString())) : type.ToString();

    private static bool IsOfType(JsonElement type, JsonElement value) => type.ValueKind switch
    {
        JsonValueKind.String => Is(type.GetString()!, value),
        JsonValueKind.Array => type.EnumerateArray().Any(one => IsOfType(one, value)),
        _ => true,
    };

    private static bool Is(string type, JsonElement value) => type switch
    {
        "string" => value.ValueKind == JsonValueKind.String,
        "integer" => value.ValueKind == JsonValueKind.Number && Math.Floor(value.GetDouble()) == value.GetDouble(),
        "number" => value.ValueKind == JsonValueKind.Number,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "null" => value.ValueKind == JsonValueKind.Null,
        _ => true,
    };
}
