using System.Text.Json;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.AfterCall;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Server.Storage;

namespace PhoneAgent.Tests.Server.History;

/// <summary>A folder of records as calls left them in earlier versions.</summary>
internal sealed class RecordFolder : IDisposable
{
    public RecordFolder()
    {
        Path = Directory.CreateTempSubdirectory("phoneagent-records-").FullName;
    }

    public string Path { get; }
    public string FileOf(string id, string end = ".jsonl", string day = "2026-05-04") => System.IO.Path.Combine(Path, day, id + end);

    public static IReadOnlyList<TimelineEvent> Events(string id, string caller, string said, string day = "2026-05-04", bool escalated = false) =>
    [
        new TimelineEvent.CallStarted(id, CallDirection.Inbound, caller, "100", DateTimeOffset.Parse($"{day}T10:00:00Z", System.Globalization.CultureInfo.InvariantCulture)) { At = default },
        new TimelineEvent.AgentSentence(1, "How can I help?") { At = TimeSpan.FromSeconds(0.1) },
        new TimelineEvent.FirstPacket(1, null) { At = TimeSpan.FromSeconds(0.2) },
        new TimelineEvent.Heard(1, "How can I help?", false) { At = TimeSpan.FromSeconds(1.5) },
        new TimelineEvent.SpeechStarted(TimeSpan.FromSeconds(2)) { At = TimeSpan.FromSeconds(2.1) },
        new TimelineEvent.SpeechStopped(TimeSpan.FromSeconds(3)) { At = TimeSpan.FromSeconds(3.2) },
        new TimelineEvent.Final(said, RecognitionOutcome.Recognized, 0.9, null) { At = TimeSpan.FromSeconds(3.3) },
        .. escalated ? [new TimelineEvent.Escalated("asked", 0.9, 2, TimeSpan.FromSeconds(3), "words") { At = TimeSpan.FromSeconds(4) }] : Array.Empty<TimelineEvent>(),
        new TimelineEvent.Ended(CallEndCause.HungUp, EndedBy.Caller, null, "done") { At = TimeSpan.FromSeconds(5) },
    ];

    public void Add(string id, string caller = "+1 (555) 123-4567", string said = "where is my parcel", string day = "2026-05-04", bool escalated = false, string? summary = null, bool recorded = false)
    {
        Directory.CreateDirectory(System.IO.Path.Combine(Path, day));
        IReadOnlyList<TimelineEvent> events = Events(id, caller, said, day, escalated);
        File.WriteAllLines(FileOf(id, ".jsonl", day), events.Select(happened => JsonSerializer.Serialize(happened, TimelineJson.Line)));
        CallSummary record = CallSummary.From(events) with { AfterCall = summary is null ? null : new AfterCallReport { By = "rules", Summary = summary, Disposition = "parcel" } };
        File.WriteAllText(FileOf(id, ".summary.json", day), JsonSerializer.Serialize(record, TimelineJson.Document));
        if (recorded)
            File.WriteAllBytes(FileOf(id, ".wav", day), [.. Enumerable.Range(0, 1000).Select(i => (byte)i)]);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
