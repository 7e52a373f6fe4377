using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Xunit;

namespace PhoneAgent.LoopbackTests.Rig;

/// <summary>A call of a softphone to the agent as it was on the wire: what was offered and answered, and when things came.</summary>
/// <param name="Offer">Lines, without the numbers that differ in every call.</param>
/// <param name="Answer">As <paramref name="Offer"/>.</param>
/// <param name="Answered">From the INVITE to its 200.</param>
/// <param name="FirstSound">From that 200 to the agent's first RTP packet.</param>
/// <param name="MedianSpacing">Between two RTP packets of the agent.</param>
/// <param name="LongestUsualSpacing">The spacing that 99 of 100 stay below.</param>
internal sealed partial record CapturedCall(
    IReadOnlyList<string> Offer, IReadOnlyList<string> Answer, TimeSpan Answered, TimeSpan FirstSound, TimeSpan MedianSpacing, TimeSpan LongestUsualSpacing)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"200 after {Answered.TotalMilliseconds:0.0} ms, first RTP {FirstSound.TotalMilliseconds:0.0} ms later, spacing {MedianSpacing.TotalMilliseconds:0.00} ms (99 %: {LongestUsualSpacing.TotalMilliseconds:0.00} ms), answer: {string.Join(" | ", Answer)}");

    /// <param name="path">What tcpdump wrote.</param>
    /// <param name="signalling">What was said over a connection; null: datagrams, which are in the capture.</param>
    public static CapturedCall Read(string path, IReadOnlyList<SipOnWire>? signalling)
    {
        List<Datagram> all = [.. Datagrams(File.ReadAllBytes(path))];
        signalling ??= [.. all.Select(one => new SipOnWire(one.At, Encoding.Latin1.GetString(one.Payload.Span)))];
        SipOnWire invite = signalling.First(one => one.Text.StartsWith("INVITE ", StringComparison.Ordinal));
        SipOnWire ok = signalling.First(one => one.Text.StartsWith("SIP/2.0 200", StringComparison.Ordinal) && InviteSequence().IsMatch(one.Text));
        int port = int.Parse(AudioPort().Match(invite.Text).Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        TimeSpan[] sound = [.. all.Where(one => one.To == port && one.Payload.Length > 12 && one.Payload.Span[0] >> 6 == 2).Select(one => one.At)];
        Assert.True(sound.Length > 1, $"{path}: {sound.Length} RTP packets of the agent");
        TimeSpan[] spacing = [.. sound.Zip(sound.Skip(1), (a, b) => b - a).Order()];
        return new CapturedCall(
            Description(invite.Text), Description(ok.Text), ok.At - invite.At, sound[0] - ok.At, spacing[spacing.Length / 2], spacing[spacing.Length * 99 / 100]);
    }

    private static string[] Description(string message) =>
        [.. message[(message.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..].Split("\r\n", StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line[0] is 'o' or 'm' or 'a' ? PerCall().Replace(line, "N") : line)];

    /// <summary>UDP over IPv4 in a classic capture of an Ethernet-like interface, which the loopback one is on Linux.</summary>
    private static IEnumerable<Datagram> Datagrams(byte[] file)
    {
        const int fileHeader = 24, packetHeader = 16, ethernet = 14;
        Assert.Equal(0xA1B2C3D4, BinaryPrimitives.ReadUInt32LittleEndian(file));
        for (int at = fileHeader; at + packetHeader <= file.Length;)
        {
            uint seconds = BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at)), microseconds = BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 4));
            int length = (int)BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 8));
            ReadOnlyMemory<byte> ip = file.AsMemory(at + packetHeader, Math.Min(length, file.Length - at - packetHeader))[ethernet..];
            at += packetHeader + length;
            int header = (ip.Span[0] & 15) * 4;
            if (ip.Span[0] >> 4 == 4 && ip.Span[9] == 17 && ip.Length >= header + 8)
                yield return new Datagram(
                    TimeSpan.FromSeconds(seconds) + TimeSpan.FromMicroseconds(microseconds),
                    BinaryPrimitives.ReadUInt16BigEndian(ip.Span[(header + 2)..]), ip[(header + 8)..]);
        }
    }

    [GeneratedRegex(@"CSeq: *\d+ INVITE", RegexOptions.IgnoreCase)]
    private static partial Regex InviteSequence();

    [GeneratedRegex(@"m=audio (\d+)")]
    private static partial Regex AudioPort();

    /// <summary>Session numbers, ports, SSRCs and labels.</summary>
    [GeneratedRegex(@"\d{4,}")]
    private static partial Regex PerCall();

    private sealed record Datagram(TimeSpan At, int To, ReadOnlyMemory<byte> Payload);
}
