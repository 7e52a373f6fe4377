using PhoneAgent.Audio;

namespace PhoneAgent.Fuzz.Targets;

/// <summary>A datagram through the RTP parser: every part of the view lies within it, and what is written reads back.</summary>
internal sealed class RtpTarget : IFuzzTarget
{
    private readonly byte[] _written = new byte[70_000];

    public string Name => "rtp";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        [0x80, 0, 0, 1, 0, 0, 0, 160, 1, 2, 3, 4, .. new byte[160]],
        [0xB2, 8, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 1, 1, 1, 1, 2, 2, 2, 2, 0xBE, 0xDE, 0, 1, 9, 9, 9, 9, 42, 43, 0, 0, 3],
        [0x80, 0xE5, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 5, 0x8A, 3, 0x20],
    ];

    public bool Run(ReadOnlySpan<byte> input)
    {
        if (!RtpPacket.TryParse(input, out RtpPacket packet, out RtpParseError error))
            return error == RtpParseError.None ? throw new FuzzException("refused without a reason") : false;
        if (RtpPacket.HeaderBytes + packet.Csrcs.Length + packet.Extension.Length + packet.Payload.Length > input.Length)
            throw new FuzzException("the parts are longer than the datagram");
        int length = RtpPacket.Write(_written, packet.PayloadType, packet.Marker, packet.SequenceNumber, packet.Timestamp, packet.Ssrc, packet.Payload);
        if (!RtpPacket.TryParse(_written.AsSpan(0, length), out RtpPacket again) || !again.Payload.SequenceEqual(packet.Payload) || again.SequenceNumber != packet.SequenceNumber)
            throw new FuzzException("what was written reads back as something else");
        return true;
    }
}
