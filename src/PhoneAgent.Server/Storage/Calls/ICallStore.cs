using System.Data.Common;

namespace PhoneAgent.Server.Storage.Calls;

/// <summary>Takes down what happens in calls. Thread-safe. A database that fails is a <see cref="DbException"/>.</summary>
internal interface ICallLog
{
    /// <summary>All of it or nothing; on the disk when this returns. Written again, a change changes nothing.</summary>
    Task WriteAsync(IReadOnlyList<CallChange> changes, CancellationToken cancellationToken);
}

/// <summary>
/// What is kept of the calls that are over; one that runs is not found yet. Thread-safe. A database that fails is a
/// <see cref="DbException"/>. Everything here is personal data.
/// </summary>
internal interface ICallStore
{
    /// <summary>The newest first.</summary>
    Task<HistoryPage> SearchAsync(HistoryQuery query, CancellationToken cancellationToken);

    /// <summary>Null when there is none (any more).</summary>
    Task<CallRecord?> FindAsync(string id, CancellationToken cancellationToken);

    /// <summary>Dispositions that occur, in order.</summary>
    Task<IReadOnlyList<string>> DispositionsAsync(CancellationToken cancellationToken);

    /// <summary>What happened in a call, also in one that runs; null when nothing is kept of it.</summary>
    Task<IReadOnlyList<TimelineEvent>?> ReadTimelineAsync(string id, CancellationToken cancellationToken);

    /// <summary>What was said, in the order in which it began.</summary>
    Task<IReadOnlyList<CallLine>> ReadTranscriptAsync(string id, CancellationToken cancellationToken);

    /// <summary>The summary as JSON (<see cref="CallSummary"/>); null for none.</summary>
    Task<string?> ReadReportAsync(string id, CancellationToken cancellationToken);

    /// <summary>The file of its recording; null for none on this machine.</summary>
    Task<string?> RecordingOfAsync(string id, CancellationToken cancellationToken);

    /// <summary>How many calls there are of this other party: the number or name exactly, whatever its spelling.</summary>
    Task<int> CountOfAsync(string party, CancellationToken cancellationToken);

    /// <summary>Deletes all that is kept of a party's calls, with their recordings. Returns how many calls, and how many of them could not be deleted.</summary>
    Task<(int Deleted, int Failed)> DeleteOfAsync(string party, CancellationToken cancellationToken);

    /// <summary>Deletes all that is kept of these calls, with their recordings; one that runs stays. Returns how many, and how many could not be deleted.</summary>
    Task<(int Deleted, int Failed)> DeleteAsync(IReadOnlyCollection<string> ids, CancellationToken cancellationToken);

    /// <summary>Forgets what belongs to calls that began before; returns of how many calls something went.</summary>
    Task<int> ForgetAsync(CallData what, DateTimeOffset before, CancellationToken cancellationToken);
}

/// <summary>Kinds of data that are kept for different times.</summary>
internal enum CallData
{
    /// <summary>The sound.</summary>
    Recordings,
    /// <summary>Every event.</summary>
    Timelines,
    /// <summary>All words: what was said, the summary, and the events, which hold words too.</summary>
    Transcripts,
    /// <summary>Everything, the fact that there was a call included.</summary>
    Calls,
}

/// <summary>A line of a transcript.</summary>
internal sealed record CallLine
{
    /// <summary>"caller", "agent" or "note".</summary>
    public required string Side { get; init; }
    public TimeSpan Begins { get; init; }
    public TimeSpan Ends { get; init; }
    public required string Text { get; init; }
    /// <summary>What the agent wanted to say and the caller never heard.</summary>
    public string Cut { get; init; } = "";
    /// <summary>A note that somebody must see.</summary>
    public bool IsUrgent { get; init; }
}
