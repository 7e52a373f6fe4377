namespace PhoneAgent.Campaigns.Pacing;

/// <summary>
/// Lets a call begin when all of its gates do: the campaign's own, and the trunk's. Progressive: there is never a call that no
/// agent could take. Thread-safe.
/// </summary>
public sealed class Pacer(IReadOnlyList<PaceGate> gates)
{
    /// <inheritdoc cref="TryBegin(int, out TimeSpan?)"/>
    public CallPlace? TryBegin(int agentPlaces) => TryBegin(agentPlaces, out _);

    /// <summary>A place for one call; null when there is none now. Dispose it when the call is over.</summary>
    /// <param name="agentPlaces">Calls that agents can be in at once, those of these gates that run included.</param>
    /// <param name="wait">
    /// Of a refusal: after which time the rates may allow it, by the clock of the refusal, for asking again a moment later may find nothing
    /// to wait for; null when a call has to end first.
    /// </param>
    public CallPlace? TryBegin(int agentPlaces, out TimeSpan? wait)
    {
        wait = null;
        for (int i = 0; i < gates.Count; i++)
        {
            if (gates[i].TryEnter(agentPlaces, out wait))
                continue;
            while (--i >= 0)
                gates[i].Undo();
            return null;
        }
        return new CallPlace(gates);
    }
}

/// <summary>A call's place in its gates. Disposing gives it back, once.</summary>
public sealed class CallPlace : IDisposable
{
    private IReadOnlyList<PaceGate>? _gates;

    internal CallPlace(IReadOnlyList<PaceGate> gates) => _gates = gates;

    public void Dispose()
    {
        foreach (PaceGate gate in Interlocked.Exchange(ref _gates, null) ?? [])
            gate.Leave();
    }

    /// <summary>Gives it back for a call that was not placed after all (a do-not-call list, another node): the rate does not count it.</summary>
    public void Undo()
    {
        foreach (PaceGate gate in Interlocked.Exchange(ref _gates, null) ?? [])
            gate.Undo();
    }
}
