using System.Collections.Concurrent;
using Xunit.Sdk;

namespace PhoneAgent.Testing.Contracts.Campaigns;

/// <summary>What nodes did, for the day on which a run fails: another run may not fail again. Thread-safe.</summary>
internal sealed class StressDiary
{
    // A call, its spacing and the next one are in so many.
    private const int Last = 300;

    private readonly ConcurrentQueue<string> _entries = new();

    public void Write(string entry)
    {
        _entries.Enqueue(entry);
        if (_entries.Count > Last)
            _entries.TryDequeue(out _);
    }

    /// <summary>The failure with its stack, and what was done before it.</summary>
    public XunitException Explain(string where, Exception failure) =>
        new($"{where}: {failure}\nBefore that:\n{string.Join('\n', _entries)}", failure);
}
