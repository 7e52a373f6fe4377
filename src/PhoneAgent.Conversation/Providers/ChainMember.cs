namespace PhoneAgent.Conversation.Providers;

/// <summary>One provider of a chain.</summary>
/// <param name="Name">Its name in the configuration.</param>
/// <param name="Engine">Disposed by the chain.</param>
/// <param name="Circuit">Whether it gets requests.</param>
public sealed record ChainMember<T>(string Name, T Engine, ProviderCircuit Circuit)
{
    /// <summary>Runs on this machine: asking it costs no money, so it may be asked before the one ahead of it has failed.</summary>
    public bool IsLocal { get; init; }
}

internal static class ChainOrder
{
    /// <summary>
    /// Whom to ask, in order: the healthy ones, then those that rest (better a doubtful provider than none). Who refuses
    /// our key is not asked, unless that is everybody.
    /// </summary>
    public static ChainMember<T>[] InOrder<T>(this IReadOnlyList<ChainMember<T>> members)
    {
        ChainMember<T>[] order = [.. members.Where(m => m.Circuit.State != ProviderState.Refused).OrderBy(m => m.Circuit.IsHealthy ? 0 : 1)];
        return order.Length > 0 ? order : [members[0]];
    }

    /// <summary>
    /// Somebody behind this place can take over. Who merely may be well again is asked when the one before has failed, but
    /// nobody who works is given up for him: on a busy machine all are late.
    /// </summary>
    public static bool HasStandIn<T>(this ChainMember<T>[] order, int place)
    {
        for (int i = place + 1; i < order.Length; i++)
        {
            if (order[i].Circuit.IsHealthy)
                return true;
        }
        return false;
    }

    public static string NamesOf<T>(this IReadOnlyList<ChainMember<T>> members) => string.Join(", ", members.Select(m => m.Name));
}
