using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Telephony;
using PhoneAgent.Telephony.Rtp;
using Xunit;

namespace PhoneAgent.LoopbackTests.Telephony.Rtp;

public sealed class RtpCallMediaTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly RtpCallMediaFactory _factory = new(
        new RtpOptions { FirstPort = 0, LastPort = 0, NoRtpTimeout = TimeSpan.FromMilliseconds(300) }, NullLogger<RtpCallMediaFactory>.Instance);

    public void Dispose() => _factory.Dispose();

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task TwoCallsHearEachOther(string address)
    {
        await using var a = _factory.Create("a", IPAddress.Parse(address), null);
        await using var b = _factory.Create("b", IPAddress.Parse(address), null);
        Connect(a, b);
        var listener = new Listener(heardAbove: 3000);
        b.Audio.Start(new Echo());
        a.Audio.Start(listener);
        await listener.Heard.WaitAsync(Patience);
        Assert.Equal("PCMU", a.Audio.Statistics.Codec);
        Assert.True(b.Audio.Statistics.PacketsReceived > 0);
        a.Audio.Stop();
        var frames = listener.Frames;
        Assert.Equal(frames, listener.Frames);
    }

    [Fact]
    public async Task KeysHoldAndSilenceAreTold()
    {
        await using var a = _factory.Create("a", IPAddress.Loopback, null);
        await using var b = _factory.Create("b", IPAddress.Loopback, null);
        Connect(a, b);
        await a.SendDtmfAsync("7#", CancellationToken.None).WaitAsync(Patience);
        using var timeout = new CancellationTokenSource(Patience);
        Assert.Equal('7', Assert.IsType<MediaEvent.Dtmf>(await b.Events.ReadAsync(timeout.Token)).Digit);
        Assert.Equal('#', Assert.IsType<MediaEvent.Dtmf>(await b.Events.ReadAsync(timeout.Token)).Digit);

        Assert.True(a.AcceptAnswer(b.AcceptOffer(a.CreateOffer(MediaDirection.SendOnly)).Sdp!).IsAccepted);
        Assert.True(Assert.IsType<MediaEvent.PeerHold>(await b.Events.ReadAsync(timeout.Token)).IsHeld);
        Assert.True(a.AcceptAnswer(b.AcceptOffer(a.CreateOffer(MediaDirection.SendRecv)).Sdp!).IsAccepted);
        Assert.False(Assert.IsType<MediaEvent.PeerHold>(await b.Events.ReadAsync(timeout.Token)).IsHeld);

        await a.DisposeAsync();
        Assert.IsType<MediaEvent.TimedOut>(await b.Events.ReadAsync(timeout.Token));
        await b.DisposeAsync();
        Assert.False(await b.Events.WaitToReadAsync(timeout.Token));
    }

    [Fact]
    public async Task TheVersionOfADescriptionCountsChangesOnly()
    {
        await using var a = _factory.Create("a", IPAddress.Loopback, null);
        await using var b = _factory.Create("b", IPAddress.Loopback, IPAddress.Parse("203.0.113.5"));
        var offer = a.CreateOffer(MediaDirection.SendRecv);
        var answer = b.AcceptOffer(offer).Sdp!;
        Assert.Contains("c=IN IP4 203.0.113.5\r\n", answer, StringComparison.Ordinal);
        Assert.Equal(answer, b.AcceptOffer(offer).Sdp);
        a.AcceptAnswer(answer);
        Assert.Equal(Version(offer), Version(a.CreateOffer(MediaDirection.SendRecv)));
        var hold = a.CreateOffer(MediaDirection.SendOnly);
        Assert.Equal(Version(offer) + 1, Version(hold));
        a.RollBack();
        Assert.Contains("a=sendrecv", a.AcceptOffer(offer).Sdp, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RefusalsChangeNothing()
    {
        await using var a = _factory.Create("a", IPAddress.Loopback, null);
        Assert.Equal(400, a.AcceptOffer("nonsense").StatusCode);
        Assert.Equal(400, a.AcceptAnswer("v=0\r\n").StatusCode);
        Assert.Equal(488, a.AcceptOffer("v=0\r\nc=IN IP4 127.0.0.1\r\nm=audio 4000 RTP/SAVP 0\r\n").StatusCode);
        Assert.Throws<ArgumentException>(() => { _ = a.SendDtmfAsync("x", CancellationToken.None); });
    }

    [Fact]
    public async Task APeerThatThrowsEndsItsCallOnly()
    {
        await using var a = _factory.Create("a", IPAddress.Loopback, null);
        await using var b = _factory.Create("b", IPAddress.Loopback, null);
        Connect(a, b);
        var listener = new Listener(heardAbove: -1);
        a.Audio.Start(new Bad());
        b.Audio.Start(listener);
        using var timeout = new CancellationTokenSource(Patience);
        Assert.IsType<MediaEvent.Failed>(await a.Events.ReadAsync(timeout.Token));
        await listener.Heard.WaitAsync(Patience);
    }

    [Fact]
    public async Task PortsAreEvenFreedAndRunOut()
    {
        int first;
        await using (var probe = _factory.Create("p", IPAddress.Loopback, null))
            first = ((RtpCallMedia)probe).LocalPort;
        using var small = new RtpCallMediaFactory(new RtpOptions { FirstPort = first, LastPort = first + 1 }, NullLogger<RtpCallMediaFactory>.Instance);
        var one = small.Create("1", IPAddress.Loopback, null);
        Assert.Equal(0, ((RtpCallMedia)one).LocalPort % 2);
        var full = Assert.Throws<PhoneLineException>(() => small.Create("2", IPAddress.Loopback, null));
        Assert.Contains($"{first}-{first + 1}", full.Message, StringComparison.Ordinal);
        await one.DisposeAsync();
        await small.Create("3", IPAddress.Loopback, null).DisposeAsync();
    }

    private static void Connect(ICallMedia a, ICallMedia b)
    {
        var answer = b.AcceptOffer(a.CreateOffer(MediaDirection.SendRecv));
        Assert.True(answer.IsAccepted, answer.Failure);
        Assert.True(a.AcceptAnswer(answer.Sdp!).IsAccepted);
        a.Start();
        b.Start();
    }

    private static int Version(string sdp) => int.Parse(sdp.Split('\n')[1].Split(' ')[2], System.Globalization.CultureInfo.InvariantCulture);

    private sealed class Echo : IAudioPeer
    {
        public bool Exchange(long position, FrameOrigin origin, ReadOnlySpan<short> received, Span<short> toSend)
        {
            received.CopyTo(toSend);
            return true;
        }
    }

    private sealed class Bad : IAudioPeer
    {
        public bool Exchange(long position, FrameOrigin origin, ReadOnlySpan<short> received, Span<short> toSend) =>
            throw new InvalidOperationException("a peer that breaks its contract");
    }

    /// <summary>Says 400 Hz and waits for a sound; −1 for any frame at all.</summary>
    private sealed class Listener(int heardAbove) : IAudioPeer
    {
        private readonly TaskCompletionSource _heard = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _frames;

        public Task Heard => _heard.Task;

        public int Frames => Volatile.Read(ref _frames);

        public bool Exchange(long position, FrameOrigin origin, ReadOnlySpan<short> received, Span<short> toSend)
        {
            Volatile.Write(ref _frames, _frames + 1);
            for (var i = 0; i < toSend.Length; i++)
                toSend[i] = (short)(6000 * Math.Sin((position + i) * Math.PI / 20));
            foreach (var sample in received)
                if (sample > heardAbove)
                    _heard.TrySetResult();
            return true;
        }
    }
}
