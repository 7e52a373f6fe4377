using System.Globalization;
using System.Text;
using PhoneAgent.Conversation.Hearing;

namespace PhoneAgent.Conversation.AfterCall;

/// <summary>A call as text: what the caller said, what he really heard of the agent, keys, notes, tools, transfers.</summary>
internal static class CallTranscript
{
    // The beginning tells who and what, the end how it went; the middle of a very long call is left out.
    private const int MaxCharacters = 24_000;

    public static string Of(IEnumerable<TimelineEvent> events)
    {
        List<string> lines = [.. events.Select(Line).OfType<string>()];
        int length = lines.Sum(line => line.Length + 1);
        int from = lines.Count / 2;
        int to = from;
        while (length > MaxCharacters && (from > 0 || to < lines.Count))
            length -= to < lines.Count && (to - from) % 2 == 0 || from == 0 ? lines[to++].Length + 1 : lines[--from].Length + 1;
        var text = new StringBuilder();
        for (int i = 0; i < lines.Count; i++)
        {
            if (i == from && to > from)
                text.Append(CultureInfo.InvariantCulture, $"(… {to - from} lines left out …)\n");
            if (i < from || i >= to)
                text.Append(lines[i]).Append('\n');
        }
        return text.ToString();
    }

    private static string? Line(TimelineEvent timelineEvent) => timelineEvent switch
    {
        TimelineEvent.Final { Outcome: RecognitionOutcome.Recognized, Text: { Length: > 0 } text } => $"Caller: {text}",
        TimelineEvent.Final { Outcome: RecognitionOutcome.Rejected } => "Caller: (not understood)",
        TimelineEvent.Heard { Text: { Length: > 0 } text, Interrupted: var cut } => $"Agent: {text}{(cut ? " … (interrupted)" : "")}",
        TimelineEvent.Dtmf key => $"Caller: (presses {key.Digit})",
        TimelineEvent.Noted note => $"(noted {note.Key}: {note.Value})",
        TimelineEvent.ToolCall tool => $"(tool {tool.Tool}: {tool.Outcome})",
        TimelineEvent.AgentChanged change => $"(agent {change.To} takes over: {change.Reason})",
        TimelineEvent.Transfer transfer => $"(transfer to {transfer.Target}: {transfer.Step})",
        TimelineEvent.Ended { Disposition: var disposition } end => $"(ended by the {(end.By == Calls.EndedBy.Caller ? "caller" : end.By == Calls.EndedBy.Agent ? "agent" : "network")}{(disposition is null ? "" : $", filed as {disposition}")})",
        _ => null,
    };
}
