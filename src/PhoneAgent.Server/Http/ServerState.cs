namespace PhoneAgent.Server.Http;

internal enum ServerPhase
{
    /// <summary>Engines are tried; no call is answered yet.</summary>
    Starting,
    Ready,
    /// <summary>New calls are refused, running ones may finish.</summary>
    Draining,
    Stopped,
}

/// <summary>How far the server is. Thread-safe.</summary>
internal sealed class ServerState : IDisposable
{
    private readonly CancellationTokenSource _closing = new();
    private volatile ServerPhase _phase;

    public ServerPhase Phase => _phase;

    /// <summary>Cancelled when no call runs any more: what is open to pages is closed.</summary>
    public CancellationToken Closing => _closing.Token;

    public void Enter(ServerPhase phase)
    {
        _phase = phase;
        if (phase == ServerPhase.Stopped)
            _closing.Cancel();
    }

    public void Dispose() => _closing.Dispose();
}
