namespace PhoneAgent.Telephony.Rtp;

/// <summary>Something that has 20 ms of work every 20 ms.</summary>
public interface IMediaClient
{
    /// <summary>One tick. Must not block or allocate.</summary>
    /// <param name="nowNs">The time of the clock's <see cref="IPacer"/>.</param>
    void Tick(long nowNs);

    /// <summary>A tick threw: the client is off the clock from now on.</summary>
    void Faulted(Exception exception);
}

/// <summary>
/// Which client is due when: a tick of 20 ms cut into slots of 1 ms, clients spread evenly over them.
/// <see cref="Add"/> and <see cref="Remove"/> may be called from any thread, the rest belongs to one.
/// </summary>
public sealed class MediaSchedule
{
    public const int SlotsPerTick = 20;
    public const long SlotNs = 1_000_000;
    private const long TickNs = SlotsPerTick * SlotNs;

    /// <summary>What is later than this is not made up for: a burst of old packets helps nobody.</summary>
    private const long MaxCatchUpNs = 3 * TickNs;

    private readonly Lock _gate = new();
    private readonly IMediaClient[][] _slots = new IMediaClient[SlotsPerTick][];
    private readonly Lateness _lateness;
    private readonly long _originNs;
    private long _slot;
    private int _count;

    public MediaSchedule(long nowNs, Lateness lateness)
    {
        _originNs = nowNs;
        _lateness = lateness;
        Array.Fill(_slots, []);
    }

    public int Count => Volatile.Read(ref _count);

    public void Add(IMediaClient client)
    {
        lock (_gate)
        {
            var emptiest = 0;
            for (var i = 1; i < SlotsPerTick; i++)
                if (_slots[i].Length < _slots[emptiest].Length)
                    emptiest = i;
            // Arrays are replaced, never changed: the pacing thread may be walking the old one.
            Volatile.Write(ref _slots[emptiest], [.. _slots[emptiest], client]);
            Volatile.Write(ref _count, _count + 1);
        }
    }

    public void Remove(IMediaClient client)
    {
        lock (_gate)
        {
            for (var i = 0; i < SlotsPerTick; i++)
            {
                if (Array.IndexOf(_slots[i], client) < 0)
                    continue;
                Volatile.Write(ref _slots[i], Array.FindAll(_slots[i], c => c != client));
                Volatile.Write(ref _count, _count - 1);
            }
        }
    }

    /// <summary>When the next slot that has clients is due.</summary>
    public long NextDueNs
    {
        get
        {
            for (var i = 0; i < SlotsPerTick; i++)
                if (Volatile.Read(ref _slots[(int)((_slot + i) % SlotsPerTick)]).Length > 0)
                    return _originNs + ((_slot + i) * SlotNs);
            return _originNs + (_slot * SlotNs) + TickNs;
        }
    }

    /// <summary>Goes on from now after a time without clients: nothing of that time is owed.</summary>
    public void Resume(long nowNs) => _slot = Math.Max(_slot, (nowNs - _originNs) / SlotNs);

    /// <summary>Runs every slot that is due.</summary>
    public void RunDue(long nowNs)
    {
        var late = nowNs - NextDueNs;
        if (late > MaxCatchUpNs)
        {
            // Whole ticks are skipped, so that every client loses the same.
            var ticks = late / TickNs;
            _slot += ticks * SlotsPerTick;
            _lateness.CountSkipped(ticks);
        }
        for (var due = _originNs + (_slot * SlotNs); due <= nowNs; due += SlotNs)
        {
            var clients = Volatile.Read(ref _slots[(int)(_slot % SlotsPerTick)]);
            _slot++;
            if (clients.Length == 0)
                continue;
            _lateness.Record(nowNs - due);
            foreach (var client in clients)
                Run(client, nowNs);
        }
    }

    private void Run(IMediaClient client, long nowNs)
    {
#pragma warning disable CA1031 // one call's failure must not reach the others
        try
        {
            client.Tick(nowNs);
        }
        catch (Exception exception)
        {
            Remove(client);
            try
            {
                client.Faulted(exception);
            }
            catch (Exception)
            {
                // Nothing is left to tell: the client is off the clock already.
            }
        }
#pragma warning restore CA1031
    }
}
