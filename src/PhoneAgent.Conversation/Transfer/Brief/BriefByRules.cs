using System.Text.Json;
using PhoneAgent.Conversation.AfterCall;
using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Conversation.Dialogue.LanguageModel.Tools;
using PhoneAgent.Conversation.Dialogue.Scripted;
using PhoneAgent.Conversation.Hearing;

namespace PhoneAgent.Conversation.Transfer.Brief;

/// <summary>Makes the brief from what the timeline says by itself. Needs no model and no time.</summary>
public static class BriefByRules
{
    private const int MaxLines = 200;
    private const int MaxLine = 600;
    private const int MaxFields = 30;
    private const int MaxValue = 300;
    private const int MaxPoints = 500;

    public static HandoverBrief Write(BriefSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        List<BriefLine> lines = [.. source.Events.Select(Line).OfType<BriefLine>()];
        List<BriefField> fields = FieldsOf(source);
        IReadOnlyDictionary<string, string> topics = source.Definition?.Intents.ToDictionary(intent => intent.Key, intent => intent.Value.Label) ?? [];
        var brief = new HandoverBrief
        {
            CallId = source.Call.Id,
            Direction = source.Call.Direction,
            Agent = source.Agent,
            Caller = source.Call.RemoteParty,
            CallerName = source.Call.RemoteDisplayName is { Length: > 0 } name ? name : NameIn(fields),
            Called = source.Call.LocalParty,
            StartedAt = source.Call.StartedAt,
            Duration = source.Now,
            Language = source.Events.OfType<TimelineEvent.LanguageChanged>().LastOrDefault()?.Language ?? source.AgentLanguage,
            Reason = ReasonOf(source),
            Topics = AfterCallByRules.Topics(source.Events, topics),
            Summary = string.Join(' ', new[] { AfterCallByRules.Asked(source.Events, topics), Known(fields) }.OfType<string>()),
            Fields = fields,
            Transcript = [.. lines.TakeLast(MaxLines)],
            LinesLeftOut = Math.Max(0, lines.Count - MaxLines),
            Emotions = [.. source.Events.OfType<TimelineEvent.Emotion>().Where(e => e.IsFinal).TakeLast(MaxPoints).Select(e => new EmotionPoint(e.At, e.Label, e.Confidence))],
            Frustration = [.. source.Events.OfType<TimelineEvent.Frustration>().TakeLast(MaxPoints).Select(f => new FrustrationPoint(f.At, f.Score, f.Source, f.Amount))],
        };
        return brief with { Spoken = SpokenBrief.Of(brief, source) };
    }

    private static BriefReason ReasonOf(BriefSource source)
    {
        TimelineEvent.Escalated? escalated = source.Events.OfType<TimelineEvent.Escalated>().LastOrDefault();
        string kind = source.Reason == TransferReasons.Asked ? "asked"
            : source.Reason == TransferReasons.NotUnderstood ? "not-understood"
            : TransferReasons.IsFrustrated(source.Reason) || escalated is not null ? "frustrated"
            : "other";
        IEnumerable<BriefSign> signs = source.Events.OfType<TimelineEvent.Frustration>().Where(sign => sign.Amount > 0)
            .GroupBy(sign => sign.Source)
            .Select(group => new BriefSign(group.Key, Math.Round(group.Sum(sign => sign.Amount), 4), group.Count()))
            .OrderByDescending(sign => sign.Amount);
        return new BriefReason(source.Reason, kind, escalated?.Rule, escalated?.Score, [.. signs]);
    }

    private static BriefLine? Line(TimelineEvent happened) => happened switch
    {
        TimelineEvent.Final { Outcome: RecognitionOutcome.Recognized, Text: { Length: > 0 } text } => new BriefLine(happened.At, BriefSpeaker.Caller, Short(text, MaxLine), false),
        TimelineEvent.Final { Outcome: RecognitionOutcome.Rejected } => new BriefLine(happened.At, BriefSpeaker.Caller, "(not understood)", false),
        TimelineEvent.Dtmf key => new BriefLine(happened.At, BriefSpeaker.Caller, $"(presses {key.Digit})", false),
        TimelineEvent.Heard { Text: { Length: > 0 } text, Interrupted: var cut } => new BriefLine(happened.At, BriefSpeaker.Agent, Short(text, MaxLine), cut),
        _ => null,
    };

    /// <summary>Slots, what the model looked up with, and notes: the latest of each name, in the order in which they came up.</summary>
    private static List<BriefField> FieldsOf(BriefSource source)
    {
        Dictionary<string, string> names = source.AfterCall?.Fields.Where(field => field.Note is not null)
            .GroupBy(field => field.Note!).ToDictionary(group => group.Key, group => group.First().Name) ?? [];
        HashSet<string> lookups = [.. source.Definition?.Tools.OfType<ToolDefinition.Lookup>().Select(tool => tool.Name) ?? []];
        var fields = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        foreach (TimelineEvent happened in source.Events)
        {
            switch (happened)
            {
                case TimelineEvent.Collected slot:
                    Keep(slot.Slot, slot.Value);
                    break;
                case TimelineEvent.Noted note when note.Key != AfterCallByRules.DispositionNote && !note.Key.EndsWith(".failed", StringComparison.Ordinal):
                    Keep(note.Key, note.Value);
                    break;
                case TimelineEvent.ToolCall { Outcome: "ok" } call when lookups.Contains(call.Tool):
                    foreach ((string name, string value) in ArgumentsOf(call.Arguments))
                        Keep(name, value);
                    break;
            }
        }
        return [.. fields.Select(field => new BriefField(field.Key, field.Value)).Take(MaxFields)];

        void Keep(string name, string value)
        {
            if (!string.IsNullOrWhiteSpace(value))
                fields[names.GetValueOrDefault(name, name)] = Short(value.Trim(), MaxValue);
        }
    }

    private static IEnumerable<(string Name, string Value)> ArgumentsOf(string json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind != JsonValueKind.Object ? []
                : [.. document.RootElement.EnumerateObject().Where(property => property.Value.ValueKind is JsonValueKind.String or JsonValueKind.Number).Select(property => (property.Name, property.Value.ToString()))];
        }
        catch (JsonException)
        {
            return []; // what a model wrote
        }
    }

    private static string? NameIn(List<BriefField> fields) =>
        fields.FirstOrDefault(field => field.Name is "caller_name" or "name" or "message_name" or "customer_name")?.Value;

    private static string? Known(List<BriefField> fields) =>
        fields.Count == 0 ? null : $"Known: {string.Join("; ", fields.Select(field => $"{field.Name.Replace('_', ' ')} {field.Value}"))}.";

    private static string Short(string text, int longest) => text.Length <= longest ? text : $"{text[..longest]}…";
}
