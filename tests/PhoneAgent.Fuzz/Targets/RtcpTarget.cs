using PhoneAgent.Audio;

namespace PhoneAgent.Fuzz.Targets;

/// <summary>A compound through the RTCP reader: it ends, and every block can be read.</summary>
internal sealed class RtcpTarget : IFuzzTarget
{
    public string Name => "rtcp";

    public IReadOnlyList<byte[]> Seeds { get; } = [Compound()];

    public bool Run(ReadOnlySpan<byte> input)
    {
        Rtcp.IsRtcp(input);
        var reader = new RtcpReader(input);
        int packets = 0;
        while (reader.MoveNext())
        {
            if (++packets > input.Length / 4)
                throw new FuzzException("more packets than words");
            for (int i = 0; i < reader.ReportBlockCount; i++)
                Rtcp.RoundTrip(reader.ReportBlock(i), 1);
            _ = (reader.Ssrc, reader.SenderInfo, reader.SaysGoodbye(7), reader.CanonicalName().Length);
        }
        return packets > 0 && !reader.IsMalformed;
    }

    private static byte[] Compound()
    {
        var bytes = new byte[256];
        var block = new RtcpReportBlock(1, 2, 3, 4, 5, 6, 7);
        int length = Rtcp.WriteSenderReport(bytes, 7, new RtcpSenderInfo(1, 2, 3, 4), [block, block]);
        length += Rtcp.WriteCanonicalName(bytes.AsSpan(length), 7, "agent@127.0.0.1");
        length += Rtcp.WriteReceiverReport(bytes.AsSpan(length), 8, [block]);
        length += Rtcp.WriteBye(bytes.AsSpan(length), 7);
        return bytes[..length];
    }
}
