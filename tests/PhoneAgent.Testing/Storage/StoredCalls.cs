using Microsoft.Extensions.Logging.Abstractions;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.AfterCall;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Server.Options;
using PhoneAgent.Server.Storage;
using PhoneAgent.Server.Storage.Calls;
using PhoneAgent.Server.Storage.Calls.Import;

namespace PhoneAgent.Testing.Storage;

/// <summary>A store of calls over a database of a test, with a folder for recordings.</summary>
internal sealed class StoredCalls : IAsyncDisposable
{
    private readonly TestDatabase _database;
    private readonly string _state = Directory.CreateTempSubdirectory("phoneagent-state-").FullName;

    public StoredCalls(TestDatabase database)
    {
        _database = database;
        Folder = Directory.CreateTempSubdirectory("phoneagent-calls-").FullName;
        Config = new LoadedConfig(new PhoneAgentOptions { Timeline = new TimelineOptions { Folder = Folder } }, null, Folder, []);
        Recordings = new RecordingFolder(Config);
        Parties = PartyKey.Open(Path.Combine(_state, PartyKey.FileName));
        Import = new ImportState { IsComplete = true };
        Log = new SqlCallLog(database.Database, NodeIdentity.ThisProcess, Time);
        Store = new SqlCallStore(database.Database, Recordings, Parties, Import, NullLogger<SqlCallStore>.Instance);
    }

    public PhoneAgent.Server.Storage.Database.SqlDatabase Database => _database.Database;
    public VirtualTime Time { get; } = new();
    public LoadedConfig Config { get; }
    public string Folder { get; }
    public RecordingFolder Recordings { get; }
    public PartyKey Parties { get; }
    public ImportState Import { get; }
    public ICallLog Log { get; }
    public ICallStore Store { get; }

    public static CallChange.Began Began(string id, string caller = "+1 (555) 123-4567", string day = "2026-05-04", string? recording = null) =>
        new(id, "front-desk", CallDirection.Inbound, caller, "100", At(day), recording);

    public static IReadOnlyList<TimelineEvent> Events(string id, string caller = "+1 (555) 123-4567", string said = "where is my parcel", string day = "2026-05-04", bool escalated = false, bool ended = true) =>
    [
        new TimelineEvent.CallStarted(id, CallDirection.Inbound, caller, "100", At(day)) { At = default },
        new TimelineEvent.AgentSentence(1, "How can I help?") { At = TimeSpan.FromSeconds(0.1) },
        new TimelineEvent.FirstPacket(1, null) { At = TimeSpan.FromSeconds(0.2) },
        new TimelineEvent.Heard(1, "How can I help?", false) { At = TimeSpan.FromSeconds(1.5) },
        new TimelineEvent.SpeechStarted(TimeSpan.FromSeconds(2)) { At = TimeSpan.FromSeconds(2.1) },
        new TimelineEvent.SpeechStopped(TimeSpan.FromSeconds(3)) { At = TimeSpan.FromSeconds(3.2) },
        new TimelineEvent.Final(said, RecognitionOutcome.Recognized, 0.9, null) { At = TimeSpan.FromSeconds(3.3) },
        .. escalated ? [new TimelineEvent.Escalated("asked", 0.9, 2, TimeSpan.FromSeconds(3), "words") { At = TimeSpan.FromSeconds(4) }] : Array.Empty<TimelineEvent>(),
        .. ended ? [new TimelineEvent.Ended(CallEndCause.HungUp, EndedBy.Caller, null, "done") { At = TimeSpan.FromSeconds(5) }] : Array.Empty<TimelineEvent>(),
    ];

    /// <summary>All that is written of a call that is over.</summary>
    public static IEnumerable<CallChange> Over(CallChange.Began call, IReadOnlyList<TimelineEvent> events, string? summary = null)
    {
        CallSummary whole = CallSummary.From(events) with { AfterCall = summary is null ? null : new AfterCallReport { By = "rules", Summary = summary, Disposition = "parcel" } };
        return [call, .. Happened(call.CallId, events), new CallChange.Over(call, CallDigest.Of(events, whole, "{}"), [])];
    }

    public static IEnumerable<CallChange.Happened> Happened(string call, IReadOnlyList<TimelineEvent> events) =>
        events.Select((happened, number) => new CallChange.Happened(call, number, happened.At, TimelineRecord.Write(happened, null)));

    public Task AddAsync(string id, string caller = "+1 (555) 123-4567", string said = "where is my parcel", string day = "2026-05-04", bool escalated = false, string? summary = null, bool recorded = false)
    {
        string? recording = recorded ? $"{day}/{id}.wav" : null;
        if (recording is not null)
        {
            string path = Recordings.Find(recording)!;
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, [1, 2, 3]);
        }
        return Log.WriteAsync([.. Over(Began(id, caller, day, recording), Events(id, caller, said, day, escalated), summary)], default);
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
        Directory.Delete(_state, recursive: true);
    }

    private static DateTimeOffset At(string day) => DateTimeOffset.Parse($"{day}T10:00:00Z", System.Globalization.CultureInfo.InvariantCulture);
}
