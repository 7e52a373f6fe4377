using System.Buffers.Binary;
using PhoneAgent.Telephony.Rtp;

namespace PhoneAgent.Fuzz.Targets;

/// <summary>RFC 4733 payloads through one long-lived receiver. The first eight bytes of an input are the timestamp and the time since the last.</summary>
internal sealed class DtmfTarget : IFuzzTarget
{
    private const string Keys = "0123456789*#ABCD";
    private readonly TelephoneEventReceiver _receiver = new();
    private long _nowNs;

    public string Name => "dtmf";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        [0, 0, 1, 0, 0, 0, 0, 20, 5, 10, 0, 160],
        [0, 0, 1, 0, 0, 0, 0, 20, 5, 0x8A, 3, 32],
        [0, 1, 0, 0xFF, 0, 0, 0, 20, 5, 0x8A, 0xFF, 0xFF, 11, 0x8A, 0, 1],
    ];

    public bool Run(ReadOnlySpan<byte> input)
    {
        uint timestamp = input.Length >= 4 ? BinaryPrimitives.ReadUInt32BigEndian(input) : 0;
        _nowNs += input.Length >= 8 ? BinaryPrimitives.ReadUInt16BigEndian(input[6..]) * 1_000_000L : 0;
        bool isEvent = _receiver.Push(timestamp, input.Length > 8 ? input[8..] : input, _nowNs, out ReceivedKey? key);
        Check(key);
        Check(_receiver.Poll(_nowNs));
        return isEvent;
    }

    private static void Check(ReceivedKey? key)
    {
        if (key is { } found && (!Keys.Contains(found.Digit, StringComparison.Ordinal) || found.Duration < TimeSpan.Zero))
            throw new FuzzException($"an impossible key {found}");
    }
}
