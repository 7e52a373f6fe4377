using System.Globalization;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Telephony;
using PhoneAgent.Telephony.Rtp;

namespace PhoneAgent.Benchmarks;

/// <summary>
/// Plain echo of many calls on loopback in one process: a clock for the callers, a clock for the echoes. CPU is what the
/// operating system charged to the echoes' pacing thread, which does everything: receive, decode, resample, encode, send.
/// </summary>
internal static class MediaLoad
{
    public static async Task<int> RunAsync(int calls, int seconds)
    {
        var options = new RtpOptions { FirstPort = 20000, LastPort = 39999 };
        using var callers = new RtpCallMediaFactory(options, NullLogger<RtpCallMediaFactory>.Instance);
        var before = TidsOf("media-clock-0");
        using var echoes = new RtpCallMediaFactory(options, NullLogger<RtpCallMediaFactory>.Instance);
        var tid = await WaitForThreadAsync(before);

        var memoryBefore = GC.GetTotalMemory(forceFullCollection: true);
        var caller = new List<ICallMedia>();
        var echo = new List<(ICallMedia Media, EchoPeer Peer)>();
        for (var i = 0; i < calls; i++)
        {
            var a = callers.Create($"a{i}", IPAddress.Loopback, null);
            var b = echoes.Create($"b{i}", IPAddress.Loopback, null);
            var answer = b.AcceptOffer(a.CreateOffer(MediaDirection.SendRecv));
            a.AcceptAnswer(answer.Sdp!);
            caller.Add(a);
            echo.Add((b, new EchoPeer()));
        }
        var memoryPerCall = (GC.GetTotalMemory(forceFullCollection: true) - memoryBefore) / (2.0 * calls) / 1024;
        for (var i = 0; i < calls; i++)
        {
            echo[i].Media.Start();
            echo[i].Media.Audio.Start(echo[i].Peer);
            caller[i].Start();
            caller[i].Audio.Start(new TonePeer());
        }
        await WaitAsync(TimeSpan.FromSeconds(2));
        foreach (var (_, peer) in echo)
            peer.Measure = true;
        var cpu = CpuNsOf(tid);
        var collections = GC.CollectionCount(0);
        var start = TimeProvider.System.GetTimestamp();
        await WaitAsync(TimeSpan.FromSeconds(seconds));
        var elapsed = TimeProvider.System.GetElapsedTime(start).TotalSeconds;
        cpu = CpuNsOf(tid) - cpu;
        collections = GC.CollectionCount(0) - collections;

        long within1 = 0, within2 = 0, within5 = 0, all = 0, lost = 0, late = 0, sent = 0, received = 0, concealed = 0, refused = 0;
        foreach (var (media, peer) in echo)
        {
            within1 += peer.Within1;
            within2 += peer.Within2;
            within5 += peer.Within5;
            all += peer.All;
            var s = media.Audio.Statistics;
            (lost, late, sent, received, concealed, refused) = (lost + s.PacketsLost, late + s.PacketsLate, sent + s.PacketsSent,
                received + s.PacketsReceived, concealed + s.FramesConcealed, refused + s.PacketsRefused);
        }
        var lateness = echoes.Clock.Lateness[0];
        Print($"echo calls                 {calls}, {elapsed:F1} s, {sent} packets out, {received} in");
        Print($"CPU per call-second        {cpu / 1e6 / calls / elapsed:F3} ms   (target 0.40, limit 1.0)");
        Print($"interval within ±1 ms      {100.0 * within1 / all:F3} %");
        Print($"interval within ±2 ms      {100.0 * within2 / all:F3} %   (target 99.9)");
        Print($"interval within ±5 ms      {100.0 * within5 / all:F3} %");
        Print($"latest slot                {lateness.Max.TotalMilliseconds:F2} ms, skipped ticks {lateness.SkippedTicks}");
        Print($"lost / late / refused      {lost} / {late} / {refused}, concealed frames {concealed}");
        Print($"managed memory per call    {memoryPerCall:F0} KiB   (target 300)");
        Print($"garbage collections        {collections}");
        foreach (var media in caller.Concat(echo.Select(e => e.Media)))
            await media.DisposeAsync();
        return 0;
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    private static Task WaitAsync(TimeSpan time) => Task.Delay(time, TimeProvider.System);

    private static async Task<int> WaitForThreadAsync(HashSet<int> known)
    {
        while (true)
        {
            var fresh = TidsOf("media-clock-0").Except(known).ToList();
            if (fresh.Count > 0)
                return fresh[0];
            await WaitAsync(TimeSpan.FromMilliseconds(5));
        }
    }

    private static HashSet<int> TidsOf(string name) =>
        [.. Directory.GetDirectories("/proc/self/task").Where(d => File.ReadAllText(d + "/comm").Trim() == name)
            .Select(d => int.Parse(Path.GetFileName(d), CultureInfo.InvariantCulture))];

    private static long CpuNsOf(int tid) =>
        long.Parse(File.ReadAllText($"/proc/self/task/{tid}/schedstat").Split(' ')[0], CultureInfo.InvariantCulture);

    private sealed class EchoPeer : IAudioPeer
    {
        private long _last;

        public bool Measure { get; set; }
        public long All { get; private set; }
        public long Within1 { get; private set; }
        public long Within2 { get; private set; }
        public long Within5 { get; private set; }

        public bool Exchange(long position, FrameOrigin origin, ReadOnlySpan<short> received, Span<short> toSend)
        {
            received.CopyTo(toSend);
            var now = TimeProvider.System.GetTimestamp();
            if (Measure && _last != 0)
            {
                var off = Math.Abs(TimeProvider.System.GetElapsedTime(_last, now).TotalMilliseconds - 20);
                All++;
                Within1 += off <= 1 ? 1 : 0;
                Within2 += off <= 2 ? 1 : 0;
                Within5 += off <= 5 ? 1 : 0;
            }
            _last = now;
            return true;
        }
    }

    private sealed class TonePeer : IAudioPeer
    {

        public bool Exchange(long position, FrameOrigin origin, ReadOnlySpan<short> received, Span<short> toSend)
        {
            for (var i = 0; i < toSend.Length; i++)
                toSend[i] = (short)(((i / 16) & 1) == 0 ? 4000 : -4000);
            return true;
        }
    }
}
