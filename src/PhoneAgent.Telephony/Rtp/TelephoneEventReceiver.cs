using System.Buffers.Binary;

namespace PhoneAgent.Telephony.Rtp;

/// <param name="Digit">0-9 * # A-D.</param>
public readonly record struct ReceivedKey(char Digit, TimeSpan Duration);

/// <summary>
/// Puts RFC 4733 events together to keys. All packets of one key carry the same timestamp, which is all that is relied
/// on: not the marker bit, not the end bit, of which any packet may be lost. A key is reported once, complete.
/// </summary>
public sealed class TelephoneEventReceiver
{
    private const string Keys = "0123456789*#ABCD";
    private const int PayloadLength = 4;
    /// <summary>Senders repeat an event at least every 50 ms; after this long without, its end packets are lost.</summary>
    private const long LostEndNs = 250_000_000;
    /// <summary>A packet may be overtaken by this much, not by more: an older timestamp then is a stream that began anew.</summary>
    private const long MaxReorderNs = 1_000_000_000;

    /// <summary>What durations count by, Hz.</summary>
    public int ClockRate { get; set; } = 8000;

    private bool _any;
    private bool _open;
    private uint _timestamp;
    private int _code;
    private uint _duration;
    /// <summary>What earlier segments of a long event lasted (RFC 4733 §2.5.1.3).</summary>
    private uint _segments;
    private long _heardNs;

    /// <summary>Takes one packet. At most one key is complete by it: this one, or the one before whose end was lost.</summary>
    /// <returns>False for a payload that is no event.</returns>
    public bool Push(uint timestamp, ReadOnlySpan<byte> payload, long nowNs, out ReceivedKey? key)
    {
        key = null;
        if (payload.Length < PayloadLength)
            return false;
        int code = payload[0];
        var isEnd = (payload[1] & 0x80) != 0;
        uint duration = BinaryPrimitives.ReadUInt16BigEndian(payload[2..]);
        if (code >= Keys.Length)
            return true;   // flash and tones: known, not keys

        if (_any && timestamp != _timestamp)
        {
            if (unchecked((int)(timestamp - _timestamp)) < 0 && nowNs - _heardNs < MaxReorderNs)
                return true;   // reordered, of a key already done
            if (_open && code == _code && timestamp == _timestamp + 0xFFFF)
            {
                _segments += 0xFFFF;
                _timestamp = timestamp;
                _duration = 0;
            }
            else
            {
                key = Close();
                Begin(timestamp, code);
            }
        }
        else if (!_any)
        {
            Begin(timestamp, code);
        }
        if (!_open)
            return true;   // a repeated end
        _duration = Math.Max(_duration, duration);
        _heardNs = nowNs;
        if (isEnd && key is null)
            key = Close();
        else if (isEnd)
            _heardNs = nowNs - LostEndNs;   // two keys at once: this one is reported by the next Poll
        return true;
    }

    /// <summary>The open key, when its end has not come for too long. Called each tick.</summary>
    public ReceivedKey? Poll(long nowNs) => _open && nowNs - _heardNs >= LostEndNs ? Close() : null;

    /// <summary>Another stream follows, with timestamps of its own. Returns the key that was open.</summary>
    public ReceivedKey? Restart()
    {
        _any = false;
        return Close();
    }

    private void Begin(uint timestamp, int code) =>
        (_any, _open, _timestamp, _code, _duration, _segments) = (true, true, timestamp, code, 0, 0);

    private ReceivedKey? Close()
    {
        if (!_open)
            return null;
        _open = false;
        return new ReceivedKey(Keys[_code], TimeSpan.FromSeconds((double)(_segments + _duration) / ClockRate));
    }
}
