using System.Collections.Concurrent;
using PhoneAgent.Conversation.Session;

namespace PhoneAgent.Conversation.Supervision;

/// <summary>
/// What people who watch a running call can do to it. Every action goes through the session loop, in
/// order with all else that happens, and stands in the timeline with the user's name. Thread-safe.
/// </summary>
public sealed class CallSupervision
{
    private const int MaxOrders = 32;

    private readonly SessionInbox _inbox;
    private readonly ConcurrentDictionary<SupervisorOrder, bool> _open = new();
    private volatile bool _isOver;
    private volatile SupervisorFloor? _floor;

    internal CallSupervision(SessionInbox inbox) => _inbox = inbox;

    /// <summary>Who speaks in the agent's place, and his microphone; null while the agent has the call.</summary>
    public SupervisorFloor? Floor => _floor;

    /// <summary>
    /// Carries an action out. The task ends when it is done or refused; it never faults, and the end of the call ends it too.
    /// </summary>
    /// <param name="user">Who acts; kept in the call's record.</param>
    public Task<SupervisorResult> ActAsync(SupervisorAction action, string user)
    {
        ArgumentNullException.ThrowIfNull(action);
        ArgumentException.ThrowIfNullOrEmpty(user);
        if (action.Problem() is { } problem)
            return Task.FromResult(SupervisorResult.Not(problem));
        if (_open.Count >= MaxOrders)
            return Task.FromResult(SupervisorResult.Not("Too many actions wait for this call."));
        var order = new SupervisorOrder(action, user);
        _open[order] = true;
        _ = order.Result.ContinueWith(_ => _open.TryRemove(order, out bool _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        _inbox.Post(SessionMessage.Supervisor(order));
        // After it can be seen by End: whichever comes second answers.
        if (_isOver)
            order.Answer(SupervisorResult.CallIsOver);
        return order.Result;
    }

    /// <summary>Keeps in the record that somebody begins or ends listening in.</summary>
    public void NoteListening(string user, bool begins)
    {
        ArgumentException.ThrowIfNullOrEmpty(user);
        if (!_isOver)
            _inbox.Post(SessionMessage.Event(new TimelineEvent.Supervised(begins ? SupervisorStep.Listening : SupervisorStep.StoppedListening, user, null, null) { At = default }));
    }

    internal void TakeFloor(string user) => _floor = new SupervisorFloor(user, new SupervisorMicrophone());

    internal void GiveFloor() => _floor = null;

    /// <summary>The call is over: what waits is answered.</summary>
    internal void End()
    {
        _isOver = true;
        _floor = null;
        foreach (SupervisorOrder order in _open.Keys)
            order.Answer(SupervisorResult.CallIsOver);
    }
}

/// <summary>A supervisor who speaks in the agent's place.</summary>
public sealed record SupervisorFloor(string User, SupervisorMicrophone Microphone);
