namespace PhoneAgent.Campaigns.Dialing;

/// <summary>
/// Calls that agents of this node could take now. A contact whose attempt is on its way to the disk has a place already, though
/// there is no call yet that <see cref="IOutboundCaller.Room"/> could know of. Thread-safe.
/// </summary>
internal sealed class AgentPlaces(IOutboundCaller caller)
{
    private int _preparing;

    public int Free => caller.Room - Volatile.Read(ref _preparing);

    /// <summary>A contact is being prepared, until <see cref="Leave"/>: there is a call then, or there will be none.</summary>
    public void Enter() => Interlocked.Increment(ref _preparing);

    public void Leave() => Interlocked.Decrement(ref _preparing);
}
