using System.Collections.Concurrent;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Server.Hosting;
using PhoneAgent.Server.Outbound;

namespace PhoneAgent.Server.Api;

/// <summary>Places calls for programs, and knows those that nobody has answered. One that failed stays for a while. Thread-safe.</summary>
internal sealed class CallPlacer(CallHost host, IPhoneLine line, OutboundGuard guard, TimeProvider time) : IDisposable
{
    private readonly ConcurrentDictionary<string, Entry> _calls = new(StringComparer.Ordinal);
    private readonly Queue<(string Id, long At)> _over = [];

    private sealed record Entry(OutgoingCall Call, CancellationTokenSource GiveUp);

    /// <summary>Those that nobody has answered, in no order.</summary>
    public IEnumerable<OutgoingCall> All
    {
        get
        {
            Forget();
            return _calls.Values.Select(entry => entry.Call).Where(call => call.State != PlacedState.Answered);
        }
    }

    /// <summary>Null also for one that was answered.</summary>
    public OutgoingCall? Find(string id) => _calls.TryGetValue(id, out Entry? entry) && entry.Call.State != PlacedState.Answered ? entry.Call : null;

    /// <summary>What stands against a call now; null: nothing.</summary>
    public OutboundRefusal? Check(string target) => guard.Check(target);

    /// <summary>Begins, and returns at once.</summary>
    public OutgoingCall Place(PlaceCallRequest request, Agent agent)
    {
        var call = new OutgoingCall(request, agent.Name, time.GetUtcNow());
        var giveUp = new CancellationTokenSource();
        _calls[call.Id] = new Entry(call, giveUp);
        _ = host.PlaceAsync(line, call, agent, giveUp.Token)
            .ContinueWith((_, id) => OnOver((string)id!), call.Id, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return call;
    }

    /// <summary>Gives up a call that nobody has answered. False when there is none.</summary>
    public bool GiveUp(string id)
    {
        if (Find(id) is not { State: PlacedState.Dialling or PlacedState.Ringing } || !_calls.TryGetValue(id, out Entry? entry))
            return false;
        entry.GiveUp.Cancel();
        return true;
    }

    private void OnOver(string id)
    {
        if (_calls.TryGetValue(id, out Entry? entry) && entry.Call.State == PlacedState.Answered)
        {
            // It is among the live calls, and then in the history.
            _calls.TryRemove(id, out _);
            return;
        }
        lock (_over)
            _over.Enqueue((id, time.GetTimestamp()));
        Forget();
    }

    private void Forget()
    {
        lock (_over)
        {
            while (_over.TryPeek(out (string Id, long At) first) && (time.GetElapsedTime(first.At) >= LiveCalls.Linger || _over.Count > LiveCalls.MaxOver))
            {
                _over.Dequeue();
                _calls.TryRemove(first.Id, out _);
            }
        }
    }

    public void Dispose()
    {
        foreach (Entry entry in _calls.Values)
            entry.GiveUp.Dispose();
    }
}
