using System.Text.Json;
using System.Text.Json.Nodes;
using PhoneAgent.Server.Options;

namespace PhoneAgent.Server.Storage.Redaction;

/// <summary>
/// Redacts what is written down of a call: every text of an event or of the summary, save those that name the call itself. A new event
/// with new texts is covered without a line here. The call goes on with what was really said. Immutable; thread-safe.
/// </summary>
internal sealed class RecordRedactor
{
    // Ours, or the house's own: never what a caller said.
    private static readonly HashSet<string> Kept = new(StringComparer.Ordinal) { "event", "callId", "wallClock", "startedAt", "called", "target" };

    // What the caller said, also where the agent's file makes a number of it.
    private const string Fields = "fields";

    private readonly TextRedactor _text;
    private readonly bool _numbers;

    private RecordRedactor(bool numbers, ProfanityList? profanity) => (_numbers, _text) = (numbers, new TextRedactor(numbers, profanity));

    /// <summary>Null when nothing is to be redacted.</summary>
    public static RecordRedactor? For(TimelineOptions options) => options.Redact switch
    {
        RedactionChoice.Numbers => new RecordRedactor(true, null),
        RedactionChoice.Profanity => new RecordRedactor(false, new ProfanityList(options.RedactWords)),
        RedactionChoice.NumbersAndProfanity => new RecordRedactor(true, new ProfanityList(options.RedactWords)),
        _ => null,
    };

    /// <summary>Changes a serialised event or summary in place.</summary>
    public void Apply(JsonObject record)
    {
        string? kind = record["event"]?.GetValue<string>();
        // Keys are pressed one by one: alone each says nothing, together they are a card number.
        if (_numbers && kind == "dtmf")
            record["digit"] = "?";
        if (kind == "tool-call" && record["arguments"] is JsonValue arguments)
            record["arguments"] = RedactJson(arguments.GetValue<string>());
        bool mayGoOn = kind is "interim" or "final" or "speculation" or "heard";
        Replace(record, (name, value) => Kept.Contains(name) || (kind == "tool-call" && name == "arguments") ? value : Redact(value, mayGoOn));
    }

    private JsonNode? Redact(JsonNode? node, bool mayGoOn, bool alsoNumbers = false)
    {
        switch (node)
        {
            case JsonObject map:
                Replace(map, (name, value) => Redact(value, mayGoOn, alsoNumbers || name == Fields));
                return map;
            case JsonArray list:
                for (int i = 0; i < list.Count; i++)
                    if (Redact(list[i], mayGoOn, alsoNumbers) is var changed && !ReferenceEquals(changed, list[i]))
                        list[i] = changed;
                return list;
            case JsonValue value when value.GetValueKind() == JsonValueKind.String || (alsoNumbers && value.GetValueKind() == JsonValueKind.Number):
                string text = value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString();
                string redacted = _text.Redact(text, mayGoOn);
                return redacted == text ? node : JsonValue.Create(redacted);
            default:
                return node;
        }
    }

    private static void Replace(JsonObject map, Func<string, JsonNode?, JsonNode?> change)
    {
        foreach ((string name, JsonNode? value) in map.ToList())
            if (change(name, value) is var changed && !ReferenceEquals(changed, value))
                map[name] = changed;
    }

    // Arguments are JSON in a text; a number among them may be a telephone number.
    private string RedactJson(string json)
    {
        try
        {
            return Redact(JsonNode.Parse(json), mayGoOn: false, alsoNumbers: true)?.ToJsonString(TimelineJson.Line) ?? json;
        }
        catch (JsonException)
        {
            return _text.Redact(json);
        }
    }
}
