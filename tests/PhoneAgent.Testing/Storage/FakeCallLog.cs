using System.Data.Common;
using System.Text;
using PhoneAgent.Server.Storage.Calls;

namespace PhoneAgent.Testing.Storage;

/// <summary>Keeps what was written down of calls; fails as a database would while <see cref="Fails"/> says so.</summary>
internal sealed class FakeCallLog : ICallLog
{
    private readonly Lock _lock = new();
    private readonly List<CallChange> _changes = [];

    /// <summary>Given what is to be written; true: the database fails.</summary>
    public Func<IReadOnlyList<CallChange>, bool> Fails { get; set; } = _ => false;

    /// <summary>Awaited before each write.</summary>
    public Func<Task> Before { get; set; } = () => Task.CompletedTask;

    public IReadOnlyList<CallChange> Changes
    {
        get
        {
            lock (_lock)
                return [.. _changes];
        }
    }

    /// <summary>The events of a call as lines, in the order of their numbers.</summary>
    public string Timeline(string call) => string.Concat(Changes
        .SelectMany(change => change is CallChange.Over over ? over.Missed : change is CallChange.Happened one ? [one] : [])
        .Where(happened => happened.CallId == call).OrderBy(happened => happened.Number).Select(happened => $"{Encoding.UTF8.GetString(happened.Event)}\n"));

    /// <summary>The summary of a call as it was written last.</summary>
    public string Report(string call) => Changes.Select(change => change switch
    {
        CallChange.Over over when over.CallId == call => over.Digest.Report,
        CallChange.Reported reported when reported.CallId == call => reported.Report,
        _ => null,
    }).Last(report => report is not null)!;

    public async Task WriteAsync(IReadOnlyList<CallChange> changes, CancellationToken cancellationToken)
    {
        await Before();
        if (Fails(changes))
            throw new FakeDatabaseException();
        lock (_lock)
            _changes.AddRange(changes);
    }

    private sealed class FakeDatabaseException() : DbException("the disk is full");
}
