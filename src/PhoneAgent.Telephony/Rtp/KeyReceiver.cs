namespace PhoneAgent.Telephony.Rtp;

/// <summary>Keys from the peer. Media thread only.</summary>
internal sealed class KeyReceiver(int clockRate)
{
    private readonly TelephoneEventReceiver _events = new(clockRate);

    public ReceivedKey? PushEvent(uint timestamp, ReadOnlySpan<byte> payload, long nowNs)
    {
        _events.Push(timestamp, payload, nowNs, out var key);
        return key;
    }

    public ReceivedKey? Poll(long nowNs) => _events.Poll(nowNs);
}
