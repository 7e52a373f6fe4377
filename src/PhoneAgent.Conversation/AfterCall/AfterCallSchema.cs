using System.Text.Json;
using System.Text.Json.Nodes;
using PhoneAgent.Conversation.Dialogue.LanguageModel;

namespace PhoneAgent.Conversation.AfterCall;

/// <summary>The JSON that a model has to answer with.</summary>
internal static class AfterCallSchema
{
    public const string Summary = "summary";
    public const string Disposition = "disposition";
    public const string Fields = "fields";

    private const int MaxSummary = 1_500;
    private const int MaxText = 1_000;

    public static JsonElement Of(AfterCallDefinition definition)
    {
        var properties = new JsonObject();
        if (definition.Summary)
            properties[Summary] = new JsonObject { ["type"] = "string", ["minLength"] = 1, ["maxLength"] = MaxSummary, ["description"] = "Two to four sentences for a colleague: what the caller wanted, what was agreed or done, what is open." };
        properties[Disposition] = DispositionOf(definition);
        if (definition.Fields.Count > 0)
            properties[Fields] = Closed(new JsonObject(definition.Fields.Select(field => KeyValuePair.Create(field.Name, (JsonNode?)FieldOf(field)))));
        return JsonSerializer.SerializeToElement(Closed(properties));
    }

    // Everything has to be named, so that nothing is forgotten; what was not said is null, so that nothing is made up.
    private static JsonObject Closed(JsonObject properties) => new()
    {
        ["type"] = "object",
        ["properties"] = properties,
        ["required"] = new JsonArray([.. properties.Select(property => (JsonNode)property.Key)]),
        ["additionalProperties"] = false,
    };

    private static JsonObject DispositionOf(AfterCallDefinition definition)
    {
        JsonObject schema = Nullable("string", "What the call is filed under.");
        if (definition.Dispositions.Count > 0)
            schema["enum"] = OneOf(definition.Dispositions);
        else
            schema["maxLength"] = 60;
        return schema;
    }

    private static JsonObject FieldOf(AfterCallField field)
    {
        JsonObject schema = Nullable(field.Type switch { AfterCallType.Number => "number", AfterCallType.YesNo => "boolean", _ => "string" }, field.Description);
        switch (field.Type)
        {
            case AfterCallType.Date:
                schema["pattern"] = @"^\d{4}-\d{2}-\d{2}$";
                break;
            case AfterCallType.Time:
                schema["pattern"] = @"^\d{2}:\d{2}$";
                break;
            case AfterCallType.Choice:
                schema["enum"] = OneOf(field.Values);
                break;
            case AfterCallType.Text:
                schema["maxLength"] = MaxText;
                break;
        }
        return schema;
    }

    private static JsonArray OneOf(IEnumerable<string> values) => [.. values.Select(value => (JsonNode)value), null];

    private static JsonObject Nullable(string type, string description) =>
        new() { ["type"] = new JsonArray(type, "null"), ["description"] = description };
}
