using System.Globalization;
using System.Text.Json;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue.Language;
using PhoneAgent.Conversation.Dialogue.LanguageModel;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Conversation.Transfer;

namespace PhoneAgent.Conversation.AfterCall;

/// <summary>Writes down what the timeline says by itself: notes are fields, tags of what was understood are topics. Needs no model and no time.</summary>
public static class AfterCallByRules
{
    internal const string DispositionNote = "disposition";
    private const int MaxNotes = 6;
    private const int MinQuotedWords = 3;
    private const int MaxQuotedWords = 15;

    public static AfterCallReport Write(EndedCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        Dictionary<string, string> notes = [];
        foreach (TimelineEvent.Noted note in call.Events.OfType<TimelineEvent.Noted>())
            notes[note.Key] = note.Value;
        IReadOnlyList<AfterCallField> fields = call.Definition?.Fields ?? [];
        Dictionary<string, JsonElement> found = [];
        foreach (AfterCallField field in fields)
            if (notes.TryGetValue(field.Note ?? field.Name, out string? value) && ValueOf(field, value) is { } json)
                found[field.Name] = json;
        return new AfterCallReport
        {
            By = "rules",
            Summary = call.Definition?.Summary == false ? null : Summarize(call, notes),
            Disposition = DispositionOf(call, notes),
            Fields = found,
            Missing = [.. fields.Where(field => field.Required && !found.ContainsKey(field.Name)).Select(field => field.Name)],
        };
    }

    private static string? DispositionOf(EndedCall call, Dictionary<string, string> notes)
    {
        IReadOnlyList<string> allowed = call.Definition?.Dispositions ?? [];
        string?[] candidates = [notes.GetValueOrDefault(DispositionNote), call.Events.OfType<TimelineEvent.Ended>().LastOrDefault()?.Disposition];
        return candidates.FirstOrDefault(candidate => candidate is not null && (allowed.Count == 0 || allowed.Contains(candidate)));
    }

    private static JsonElement? ValueOf(AfterCallField field, string value)
    {
        object? typed = field.Type switch
        {
            AfterCallType.Number => decimal.TryParse(value, NumberStyles.Number, CultureInfo.InvariantCulture, out decimal number) ? number : null,
            AfterCallType.YesNo => value switch { "yes" or "true" => true, "no" or "false" => false, _ => null },
            AfterCallType.Date => DateOnly.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly date) ? date : null,
            AfterCallType.Time => TimeOnly.TryParse(value, CultureInfo.InvariantCulture, out TimeOnly time) ? time.ToString("HH:mm", CultureInfo.InvariantCulture) : null,
            AfterCallType.Choice => field.Values.FirstOrDefault(choice => choice.Equals(value, StringComparison.OrdinalIgnoreCase)),
            _ => value.Length > 0 ? value : null,
        };
        return typed is null ? null : JsonSerializer.SerializeToElement(typed);
    }

    private static string Summarize(EndedCall call, Dictionary<string, string> notes)
    {
        TimelineEvent.CallStarted? started = call.Events.OfType<TimelineEvent.CallStarted>().FirstOrDefault();
        TimeSpan lasted = call.Events.Count == 0 ? TimeSpan.Zero : call.Events[^1].At;
        string kind = started?.Direction == CallDirection.Outbound ? "An outgoing call" : "An incoming call";
        string?[] sentences =
        [
            $"{kind} of {Duration(lasted)} with the agent {call.Agent}.",
            Asked(call.Events, call.Topics),
            Notes(notes),
            TransferStory.Of(call.Events),
            Ended(call),
        ];
        return string.Join(' ', sentences.OfType<string>());
    }

    /// <summary>What the caller asked for, in words for people.</summary>
    internal static IReadOnlyList<string> Topics(IReadOnlyList<TimelineEvent> events, IReadOnlyDictionary<string, string> topics) =>
        [.. Said(events).Select(f => f.Tag is not null ? topics.GetValueOrDefault(f.Tag) : null).OfType<string>().Distinct()];

    /// <summary>The first words of the caller that say something; null when there are none.</summary>
    internal static string? Quote(IReadOnlyList<TimelineEvent> events, int longest)
    {
        string[]? words = Said(events).Select(f => f.Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).FirstOrDefault(w => w.Length >= MinQuotedWords);
        return words is null ? null : $"{string.Join(' ', words.Take(longest))}{(words.Length > longest ? " …" : "")}";
    }

    internal static string? Asked(IReadOnlyList<TimelineEvent> events, IReadOnlyDictionary<string, string> topics)
    {
        IReadOnlyList<string> asked = Topics(events, topics);
        if (asked.Count > 0)
            return $"The caller asked for: {Words.Join(asked, "and")}.";
        if (Quote(events, MaxQuotedWords) is { } quote)
            return $"The caller said: “{quote}”.";
        bool pressed = events.OfType<TimelineEvent.Dtmf>().Any();
        return Said(events).Any() ? null : pressed ? "The caller only pressed keys." : "The caller said nothing that was understood.";
    }

    private static IEnumerable<TimelineEvent.Final> Said(IReadOnlyList<TimelineEvent> events) =>
        events.OfType<TimelineEvent.Final>().Where(f => f.Outcome == RecognitionOutcome.Recognized && f.Text.Length > 0);

    private static string? Notes(Dictionary<string, string> notes)
    {
        List<string> shown = [.. notes.Where(note => note.Key != DispositionNote).Take(MaxNotes).Select(note => $"{note.Key.Replace('_', ' ')} {note.Value}")];
        return shown.Count == 0 ? null : $"Noted: {string.Join("; ", shown)}.";
    }

    private static string Ended(EndedCall call)
    {
        TimelineEvent.Ended? ended = call.Events.OfType<TimelineEvent.Ended>().LastOrDefault();
        int asked = call.Events.OfType<TimelineEvent.Reprompt>().Count();
        string trouble = asked > 2 ? $", after the agent had to ask again {asked} times" : "";
        string how = ended switch
        {
            null => "It was cut short",
            { Cause: CallEndCause.Transferred } => "It was transferred",
            { Cause: CallEndCause.HungUp, By: EndedBy.Caller } => "The caller hung up",
            { Cause: CallEndCause.HungUp, By: EndedBy.Agent } => "The agent ended it",
            _ => $"It broke off ({ended.Cause})",
        };
        return $"{how}{trouble}{(ended?.Disposition is { } disposition ? $"; filed as {disposition}" : "")}.";
    }

    private static string Duration(TimeSpan time)
    {
        int seconds = (int)Math.Round(time.TotalSeconds);
        return seconds < 60 ? $"{seconds} s" : $"{seconds / 60} min {seconds % 60} s";
    }
}
