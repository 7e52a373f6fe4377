using PhoneAgent.Conversation.Calls;
using PhoneAgent.Server.BrowserVoice.Media;
using Xunit;

namespace PhoneAgent.Tests.Server.BrowserVoice;

public sealed class SocketAudioTests : IAudioPeer, IAudioSink
{
    private const long TickNs = 20_000_000;

    private readonly SocketAudio _audio = new(clock: null);
    private long _heard, _sent;

    [Fact]
    public void ATickAllocatesNothing()
    {
        _audio.SendTo(this);
        _audio.Start(this);
        byte[] packet = new byte[AudioFormat.FrameSamples * sizeof(short)];
        packet.AsSpan().Fill(1);
        const int WarmUp = 100, Counted = 1_000;
        Run(0, WarmUp, packet);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run(WarmUp, Counted, packet);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.InRange(_heard, Counted, WarmUp + Counted); // frames that came, not silence
        Assert.Equal(WarmUp + Counted, _sent);
    }

    private void Run(int first, int count, byte[] packet)
    {
        for (int i = first; i < first + count; i++)
        {
            _audio.Incoming.Write((ushort)i, (uint)(i * AudioFormat.FrameSamples), marker: i == 0, stream: 7, packet);
            _audio.Tick(i * TickNs);
        }
    }

    bool IAudioPeer.Exchange(long position, FrameOrigin origin, ReadOnlySpan<short> received, Span<short> toSend)
    {
        _heard += origin == FrameOrigin.Received ? 1 : 0;
        received.CopyTo(toSend);
        return true;
    }

    bool IAudioSink.TrySend(long position, ReadOnlySpan<short> frame)
    {
        _sent++;
        return true;
    }
}
