using System.Collections.Concurrent;

namespace PhoneAgent.Server.Hosting;

/// <summary>
/// The calls of this moment, for pages and the API. One that is over stays for a while, so that whoever watched it sees how
/// it ended. Thread-safe.
/// </summary>
internal sealed class LiveCalls(TimeProvider time) : ICallWatcher
{
    /// <summary>How long a call that is over can still be looked at here.</summary>
    public static readonly TimeSpan Linger = TimeSpan.FromMinutes(2);

    /// <summary>Of those that are over, at most so many.</summary>
    public const int MaxOver = 200;

    private readonly ConcurrentDictionary<string, LiveCall> _calls = new(StringComparer.Ordinal);
    private readonly Queue<(LiveCall Call, DateTimeOffset At)> _over = [];

    /// <summary>All, in no order.</summary>
    public IReadOnlyCollection<LiveCall> All
    {
        get
        {
            Forget();
            return [.. _calls.Values];
        }
    }

    public int Running => _calls.Values.Count(call => !call.IsOver);

    public LiveCall? Find(string id) => _calls.GetValueOrDefault(id);

    public void OnStarted(RunningCall call)
    {
        var live = new LiveCall(call);
        _calls[live.Id] = live;
        _ = call.Completion.ContinueWith((_, state) => OnOver((LiveCall)state!), live, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private void OnOver(LiveCall call)
    {
        call.Release();
        lock (_over)
            _over.Enqueue((call, time.GetUtcNow()));
        Forget();
    }

    private void Forget()
    {
        DateTimeOffset oldest = time.GetUtcNow() - Linger;
        lock (_over)
        {
            while (_over.TryPeek(out (LiveCall Call, DateTimeOffset At) first) && (first.At <= oldest || _over.Count > MaxOver))
            {
                _over.Dequeue();
                _calls.TryRemove(KeyValuePair.Create(first.Call.Id, first.Call));
            }
        }
    }
}
