using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using PhoneAgent.Audio;
using PhoneAgent.Telephony.Codecs.Opus;

namespace PhoneAgent.LoopbackTests.Rig;

/// <summary>
/// Stands between a softphone and the agent on UDP, for signalling and for media, and loses RTP packets in a fixed pattern in
/// both directions. It puts its own ports into the descriptions that pass, so both sides send to it; RTCP is let through.
/// </summary>
internal sealed partial class LossyRelay : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lane _signalling;
    private readonly Lane _rtp;
    private readonly Lane _rtcp;
    private readonly Task _running;

    private LossyRelay(int agentPort, Func<int, bool> loses)
    {
        _signalling = new Lane { ToAgent = agentPort };
        _rtp = new Lane();
        _rtcp = new Lane();
        (FromPhone, FromAgent) = (new LossyDirection(loses), new LossyDirection(loses));
        _running = Task.WhenAll(
            PumpAsync(_signalling.NearPhone, from => _signalling.ToPhone = from, () => (_signalling.NearAgent, _signalling.ToAgent), m => Redirect(m, isFromPhone: true)),
            PumpAsync(_signalling.NearAgent, _ => { }, () => (_signalling.NearPhone, _signalling.ToPhone), m => Redirect(m, isFromPhone: false)),
            PumpAsync(_rtp.NearPhone, _ => { }, () => (_rtp.NearAgent, _rtp.ToAgent), FromPhone.Take),
            PumpAsync(_rtp.NearAgent, _ => { }, () => (_rtp.NearPhone, _rtp.ToPhone), FromAgent.Take),
            PumpAsync(_rtcp.NearPhone, _ => { }, () => (_rtcp.NearAgent, _rtcp.ToAgent), report => report),
            PumpAsync(_rtcp.NearAgent, _ => { }, () => (_rtcp.NearPhone, _rtcp.ToPhone), report => report));
    }

    /// <summary>What the softphone calls.</summary>
    public int Port => _signalling.PhonePort;

    public LossyDirection FromPhone { get; }

    public LossyDirection FromAgent { get; }

    /// <param name="loses">Of the number of an RTP packet in its direction, from 0.</param>
    public static LossyRelay Start(int agentPort, Func<int, bool> loses) => new(agentPort, loses);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        foreach (Lane lane in new[] { _signalling, _rtp, _rtcp })
            lane.Dispose();
        _stopping.Dispose();
    }

    private async Task PumpAsync(UdpClient near, Action<int> learn, Func<(UdpClient Socket, int Port)> far, Func<byte[], byte[]?> pass)
    {
        while (true)
        {
            try
            {
                UdpReceiveResult received = await near.ReceiveAsync(_stopping.Token);
                learn(received.RemoteEndPoint.Port);
                if (pass(received.Buffer) is not { } passed || far() is not { Port: > 0 } to)
                    continue;
                await to.Socket.SendAsync(passed, new IPEndPoint(IPAddress.Loopback, to.Port), _stopping.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException)
            {
                // Nobody there any more: the call is over.
            }
        }
    }

    /// <summary>Learns where the sender of a description wants its media, and names our own ports in their place.</summary>
    private byte[] Redirect(byte[] message, bool isFromPhone)
    {
        string text = Encoding.Latin1.GetString(message);
        int body = text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
        if (body < 4 || AudioPort().Match(text, body) is not { Success: true } audio)
            return message;
        int rtp = int.Parse(audio.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        Match report = ReportPort().Match(text, body);
        int rtcp = report.Success ? int.Parse(report.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : rtp + 1;
        if (isFromPhone)
            (_rtp.ToPhone, _rtcp.ToPhone) = (rtp, rtcp);
        else
            (_rtp.ToAgent, _rtcp.ToAgent) = (rtp, rtcp);
        (int ourRtp, int ourRtcp) = isFromPhone ? (_rtp.AgentPort, _rtcp.AgentPort) : (_rtp.PhonePort, _rtcp.PhonePort);
        string described = ReportPort().Replace(text[body..], "");
        described = AudioPort().Replace(described, FormattableString.Invariant($"m=audio {ourRtp}"))
            + FormattableString.Invariant($"a=rtcp:{ourRtcp}\r\n");
        string head = ContentLength().Replace(text[..body], FormattableString.Invariant($"Content-Length: {described.Length}"));
        return Encoding.Latin1.GetBytes(head + described);
    }

    [GeneratedRegex(@"^m=audio (\d+)", RegexOptions.Multiline)]
    private static partial Regex AudioPort();

    [GeneratedRegex(@"^a=rtcp:(\d+)[^\n]*\n", RegexOptions.Multiline)]
    private static partial Regex ReportPort();

    [GeneratedRegex(@"^Content-Length *: *\d+", RegexOptions.IgnoreCase | RegexOptions.Multiline)]
    private static partial Regex ContentLength();

    /// <summary>A socket towards each side, and where each side wants to be sent things.</summary>
    private sealed class Lane : IDisposable
    {
        public UdpClient NearPhone { get; } = new(new IPEndPoint(IPAddress.Loopback, 0));
        public UdpClient NearAgent { get; } = new(new IPEndPoint(IPAddress.Loopback, 0));
        public int PhonePort => ((IPEndPoint)NearPhone.Client.LocalEndPoint!).Port;
        public int AgentPort => ((IPEndPoint)NearAgent.Client.LocalEndPoint!).Port;
        public volatile int ToPhone;
        public volatile int ToAgent;

        public void Dispose()
        {
            NearPhone.Dispose();
            NearAgent.Dispose();
        }
    }
}

/// <summary>RTP of one direction. Written by the relay; read when the call is over.</summary>
internal sealed class LossyDirection(Func<int, bool> loses)
{
    private int _count;
    private bool _lostLast;

    public int Lost { get; private set; }

    /// <summary>Lost ones whose sound was in the packet behind, which came through (FEC).</summary>
    public int HeldByNext { get; private set; }

    /// <summary>The datagram, or null when it is lost.</summary>
    public byte[]? Take(byte[] datagram)
    {
        if (!RtpPacket.TryParse(datagram, out RtpPacket packet, out _) || Rtcp.IsRtcp(datagram))
            return datagram;
        if (loses(_count++))
        {
            Lost++;
            _lostLast = true;
            return null;
        }
        if (_lostLast && OpusPacket.HoldsPrevious(packet.Payload))
            HeldByNext++;
        _lostLast = false;
        return datagram;
    }
}
