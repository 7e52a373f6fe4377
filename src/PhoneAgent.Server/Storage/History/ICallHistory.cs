namespace PhoneAgent.Server.Storage.History;

/// <summary>The calls that are over. Thread-safe.</summary>
internal interface ICallHistory
{
    /// <summary>The newest first.</summary>
    HistoryPage Search(HistoryQuery query);

    CallRecord? Find(string id);

    /// <summary>Dispositions that occur, in order.</summary>
    IReadOnlyList<string> Dispositions { get; }

    /// <summary>What happened in a call; null when there is no record of it (any more).</summary>
    Task<IReadOnlyList<TimelineEvent>?> ReadAsync(string id, CancellationToken cancellationToken);

    /// <summary>The file of its recording; null for none.</summary>
    string? RecordingOf(string id);

    /// <summary>How many records there are of this other party: the number or name exactly, whatever its spelling.</summary>
    int CountOf(string party);

    /// <summary>Deletes all that is kept of a party's calls. Returns how many calls, and how many of them could not be deleted.</summary>
    (int Deleted, int Failed) Delete(string party);
}
