namespace PhoneAgent.Campaigns.Dialing;

/// <summary>
/// The names under which this node holds contacts. After a failure of the store it takes another name: what was leased or begun in
/// the moment of the failure, and we never heard of, goes by the old one, which is renewed only while we know of something under it;
/// so it comes back like a dead node's. Thread-safe.
/// </summary>
internal sealed class NodeLeases(string node)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _held = [];
    private int _epoch;

    /// <summary>The name for new leases.</summary>
    public string Name
    {
        get
        {
            lock (_lock)
                return NameOf(_epoch);
        }
    }

    /// <summary>The names whose leases are to be renewed.</summary>
    public IReadOnlyList<string> Alive
    {
        get
        {
            lock (_lock)
                return [.. _held.Keys];
        }
    }

    public void Hold(string name)
    {
        lock (_lock)
            _held[name] = _held.GetValueOrDefault(name) + 1;
    }

    public void LetGo(string name)
    {
        lock (_lock)
        {
            if (_held.TryGetValue(name, out int count) && count > 1)
                _held[name] = count - 1;
            else
                _held.Remove(name);
        }
    }

    /// <summary>What the store did last is not known.</summary>
    public void Doubt()
    {
        lock (_lock)
            _epoch++;
    }

    private string NameOf(int epoch) => epoch == 0 ? node : $"{node}~{epoch}";
}
