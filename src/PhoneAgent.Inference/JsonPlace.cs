using System.Text.Json;
using PhoneAgent.Conversation;

namespace PhoneAgent.Inference;

/// <summary>A JSON object and where it stands. Absent and null values are null; those of the wrong kind are said with their key.</summary>
internal readonly struct JsonPlace
{
    private readonly JsonElement element;
    private readonly string source;
    private readonly string path;

    public JsonPlace(JsonElement element, string source, string path)
    {
        (this.element, this.source, this.path) = (element, source, path);
        if (element.ValueKind != JsonValueKind.Object)
            throw new EngineException($"{source}: {(path.Length == 0 ? "the file" : path)} must be an object.");
    }

    public EngineException Wrong(string key, string what) => new($"{source}: {Full(key)} {what}.");

    public JsonPlace? Section(string key) => Get(key) is { } value ? new JsonPlace(value, source, Full(key)) : null;

    public string? Text(string key) => Get(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } value => value.GetString(),
        _ => throw Wrong(key, "must be a text"),
    };

    public int? Number(string key, int min, int max) => Get(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } value when value.TryGetInt32(out var number) && number >= min && number <= max => number,
        _ => throw Wrong(key, $"must be a whole number from {min} to {max}"),
    };

    public float? Fraction(string key) => Get(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } value when value.TryGetSingle(out var number) && number is >= 0 and <= 100 => number,
        _ => throw Wrong(key, "must be a number from 0 to 100"),
    };

    public bool? Flag(string key) => Get(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        _ => throw Wrong(key, "must be true or false"),
    };

    /// <summary>A list of texts; empty when absent.</summary>
    public string[] Texts(string key)
    {
        if (Get(key) is not { } list)
            return [];
        if (list.ValueKind != JsonValueKind.Array || !list.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String))
            throw Wrong(key, "must be a list of texts");
        return [.. list.EnumerateArray().Select(item => item.GetString()!)];
    }

    /// <summary>All members as texts.</summary>
    public Dictionary<string, string> AllTexts()
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var member in element.EnumerateObject())
            texts[member.Name] = Text(member.Name) ?? throw Wrong(member.Name, "is missing");
        return texts;
    }

    /// <summary>All members as numbers from 0 to 100.</summary>
    public Dictionary<string, float> Fractions()
    {
        var numbers = new Dictionary<string, float>(StringComparer.Ordinal);
        foreach (var member in element.EnumerateObject())
            numbers[member.Name] = Fraction(member.Name) ?? throw Wrong(member.Name, "is missing");
        return numbers;
    }

    /// <summary>All members as whole numbers.</summary>
    public Dictionary<string, int> Numbers(int min, int max)
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var member in element.EnumerateObject())
            numbers[member.Name] = Number(member.Name, min, max) ?? throw Wrong(member.Name, "is missing");
        return numbers;
    }

    /// <summary>All members as lists of whole numbers.</summary>
    public Dictionary<string, long[]> NumberLists(int max)
    {
        var lists = new Dictionary<string, long[]>(StringComparer.Ordinal);
        foreach (var member in element.EnumerateObject())
        {
            if (member.Value.ValueKind != JsonValueKind.Array
                || !member.Value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out var id) && id >= 0 && id <= max))
                throw Wrong(member.Name, $"must be a list of whole numbers from 0 to {max}");
            lists[member.Name] = [.. member.Value.EnumerateArray().Select(item => item.GetInt64())];
        }
        return lists;
    }

    /// <summary>A list of lists of texts, each joined; empty when absent.</summary>
    public IEnumerable<string> JoinedTexts(string key)
    {
        if (Get(key) is not { } list)
            return [];
        if (list.ValueKind != JsonValueKind.Array || !list.EnumerateArray().All(
            item => item.ValueKind == JsonValueKind.Array && item.EnumerateArray().All(part => part.ValueKind == JsonValueKind.String)))
            throw Wrong(key, "must be a list of lists of texts");
        return [.. list.EnumerateArray().Select(item => string.Concat(item.EnumerateArray().Select(part => part.GetString())))];
    }

    private JsonElement? Get(string key) =>
        element.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private string Full(string key) => path.Length == 0 ? key : $"{path}.{key}";
}
