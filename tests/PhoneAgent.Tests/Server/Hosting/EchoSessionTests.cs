using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Server.Hosting;
using PhoneAgent.Testing.Calls;
using Xunit;

namespace PhoneAgent.Tests.Server.Hosting;

public sealed class EchoSessionTests
{
    [Fact]
    public async Task CallersHearThemselvesUntilTheyHangUp()
    {
        FakeCall call = HostRig.Call("one");
        var audio = (ScriptedAudio)call.Audio;
        audio.Add(TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(20), ScriptedAudio.Noise);
        using var session = new EchoSession(call, null);

        Task<CallEnd> running = session.RunAsync(default);
        audio.Tick();
        audio.Tick();
        audio.Tick();
        call.Signal(new CallSignal.Held());
        call.Signal(new CallSignal.Redirected("sip:7@pbx"));
        call.Signal(new CallSignal.RedirectionRefused("sip:8@pbx", "not there"));
        call.End(new CallEnd(CallEndCause.HungUp, EndedBy.Caller));

        Assert.Equal(EndedBy.Caller, (await running).By);
        Assert.False(audio.IsRunning);
        Assert.False(audio.WasAudible(TimeSpan.Zero, TimeSpan.FromMilliseconds(20)));
        Assert.Equal(ScriptedAudio.Noise, audio.Sent[639]);
        Assert.True(audio.WasAudible(TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(40)));
        Assert.False(audio.WasAudible(TimeSpan.FromMilliseconds(40), TimeSpan.FromMilliseconds(60)));
        Assert.Collection(session.Timeline.Snapshot(),
            e => Assert.IsType<TimelineEvent.CallStarted>(e),
            e => Assert.True(Assert.IsType<TimelineEvent.Hold>(e).IsHeld),
            e => Assert.Equal(("sip:7@pbx", null), (Assert.IsType<TimelineEvent.Moved>(e).To, ((TimelineEvent.Moved)e).Problem)),
            e => Assert.Equal(("sip:8@pbx", "not there"), (Assert.IsType<TimelineEvent.Moved>(e).To, ((TimelineEvent.Moved)e).Problem)),
            e => Assert.Equal(TimeSpan.FromMilliseconds(40), Assert.IsType<TimelineEvent.Ended>(e).At));
    }

    [Fact]
    public async Task CancellingHangsUp()
    {
        using var stop = new CancellationTokenSource();
        using var session = new EchoSession(HostRig.Call("one"), null);
        Task<CallEnd> running = session.RunAsync(stop.Token);
        Assert.False(running.IsCompleted);

        await stop.CancelAsync();

        Assert.Equal(new CallEnd(CallEndCause.HungUp, EndedBy.Agent), await running.WaitAsync(HostRig.Patience));
    }

    [Fact]
    public void AFrameCostsNoMemoryAndSilenceIsNotSent()
    {
        using var session = new EchoSession(HostRig.Call("one"), null);
        short[] received = new short[AudioFormat.FrameSamples], sent = new short[AudioFormat.FrameSamples];
        received.AsSpan().Fill(7);
        session.Exchange(0, FrameOrigin.Received, received, sent);

        long before = GC.GetAllocatedBytesForCurrentThread();
        bool wanted = session.Exchange(320, FrameOrigin.Concealed, received, sent);
        bool silent = session.Exchange(640, FrameOrigin.Silence, received, sent);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal((true, false, 0), (wanted, silent, allocated));
        Assert.Equal(received, sent);
    }

    [Fact]
    public void BothSidesAreRecorded()
    {
        var recorder = new KeptFrames();
        using var session = new EchoSession(HostRig.Call("one"), recorder);
        short[] received = [.. Enumerable.Range(0, AudioFormat.FrameSamples).Select(i => (short)i)];

        session.Exchange(0, FrameOrigin.Received, received, new short[AudioFormat.FrameSamples]);

        Assert.Equal(received, recorder.Caller);
        Assert.Equal(received, recorder.Agent);
    }

    private sealed class KeptFrames : ICallRecorder
    {
        public short[] Caller { get; private set; } = [];
        public short[] Agent { get; private set; } = [];

        public void Write(ReadOnlySpan<short> caller, ReadOnlySpan<short> agent) => (Caller, Agent) = (caller.ToArray(), agent.ToArray());
    }
}
