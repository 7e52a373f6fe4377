using System.Net;
using System.Net.Sockets;

namespace PhoneAgent.Server.BrowserVoice;

/// <summary>How many sockets are open, of all and of one address; an IPv6 network of 64 bits counts as one. Thread-safe.</summary>
internal sealed class SocketLimits(int total, int perAddress)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, int> _open = [];
    private int _total;

    public int Open => Volatile.Read(ref _total);

    /// <summary>Takes a place, given back by disposing; null when there is none.</summary>
    public IDisposable? TryEnter(IPAddress address)
    {
        IPAddress key = KeyOf(address);
        lock (_gate)
        {
            int open = _open.GetValueOrDefault(key);
            if (_total >= total || open >= perAddress)
                return null;
            _open[key] = open + 1;
            _total++;
        }
        return new Place(this, key);
    }

    private void Leave(IPAddress key)
    {
        lock (_gate)
        {
            _total--;
            if (_open[key] == 1)
                _open.Remove(key);
            else
                _open[key]--;
        }
    }

    private static IPAddress KeyOf(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address;
        byte[] bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }

    private sealed class Place(SocketLimits owner, IPAddress key) : IDisposable
    {
        private bool _left;

        public void Dispose()
        {
            if (!Interlocked.Exchange(ref _left, true))
                owner.Leave(key);
        }
    }
}
