using System.Text.Json;
using System.Text.Json.Nodes;

namespace PhoneAgent.Conversation.Dialogue.LanguageModel.Tools;

/// <summary>Writes the schemas of our own tools.</summary>
internal static class ToolSchema
{
    private const int MaxText = 500;

    public static JsonElement Of(params IEnumerable<ToolParameter> parameters)
    {
        var properties = new JsonObject();
        var required = new JsonArray();
        foreach (ToolParameter parameter in parameters)
        {
            var property = new JsonObject { ["type"] = "string", ["description"] = parameter.Description };
            if (parameter.Values.Count > 0)
                property["enum"] = new JsonArray([.. parameter.Values.Select(value => (JsonNode)value)]);
            else
                property["maxLength"] = MaxText;
            if (parameter.Pattern is { } pattern)
                property["pattern"] = pattern;
            properties[parameter.Name] = property;
            if (parameter.Required)
                required.Add((JsonNode)parameter.Name);
        }
        var schema = new JsonObject { ["type"] = "object", ["properties"] = properties, ["required"] = required, ["additionalProperties"] = false };
        return JsonSerializer.SerializeToElement(schema);
    }

    public static ToolParameter Text(string name, string description, string? pattern = null, bool required = true) => new(name, description, pattern, [], required);

    public static ToolParameter OneOf(string name, string description, IEnumerable<string> values, bool required = true) => new(name, description, null, [.. values], required);

    /// <summary>An argument that was left out is "".</summary>
    public static string Argument(this JsonElement arguments, string name) =>
        arguments.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString()!.Trim() : "";
}
