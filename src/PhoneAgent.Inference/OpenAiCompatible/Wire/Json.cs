using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace PhoneAgent.Inference.OpenAiCompatible.Wire;

/// <summary>Reads fields that may be missing, null or of another kind, because servers differ, without throwing; and writes fields out of a configuration.</summary>
internal static class Json
{
    /// <summary>Letters of all languages as they are: the bodies are read by servers, not by browsers.</summary>
    public static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>For what a tool gave or was given: in one line.</summary>
    public static readonly JsonSerializerOptions Compact = new(AIJsonUtilities.DefaultOptions) { WriteIndented = false, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The field's value; of the kind Undefined when there is none, or it is null.</summary>
    public static JsonElement Field(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : default;

    public static bool IsThere(this JsonElement element) => element.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null);

    public static string? Text(this JsonElement element, string name) => element.Field(name).AsText();

    public static string? AsText(this JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.String)
            return null;
        try
        {
            return element.GetString();
        }
        catch (InvalidOperationException)
        {
            return null; // half of a surrogate pair
        }
    }

    public static long? Integer(this JsonElement element, string name) =>
        element.Field(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out long number) ? number : null;

    public static double? Number(this JsonElement element, string name) =>
        element.Field(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetDouble(out double number) && double.IsFinite(number) ? number : null;

    /// <summary>The items of an array; none of anything else.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement element) =>
        element.ValueKind == JsonValueKind.Array ? element.EnumerateArray() : Enumerable.Empty<JsonElement>();

    /// <summary>Each value is JSON, or else a plain text.</summary>
    public static void WriteFields(this Utf8JsonWriter json, IReadOnlyDictionary<string, string> fields)
    {
        foreach (var (name, value) in fields)
        {
            json.WritePropertyName(name);
            try
            {
                using var parsed = JsonDocument.Parse(value);
                parsed.RootElement.WriteTo(json);
            }
            catch (JsonException)
            {
                json.WriteStringValue(value);
            }
        }
    }
}
