using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Server.Hosting;
using PhoneAgent.Testing;
using Xunit;

namespace PhoneAgent.Tests.Server.Hosting;

public sealed class LiveCallsTests
{
    [Fact]
    public void ACallIsThereFromItsStartAndForAWhileAfterItsEnd()
    {
        var time = new VirtualTime();
        var calls = new LiveCalls(time);
        var end = new TaskCompletionSource<CallEnd>();
        calls.OnStarted(Call("one", end.Task));

        Assert.Equal(1, calls.Running);
        end.SetResult(new CallEnd(CallEndCause.HungUp, EndedBy.Caller));

        Assert.Equal(0, calls.Running);
        Assert.True(calls.Find("one")?.IsOver);
        time.Advance(LiveCalls.Linger);
        Assert.Empty(calls.All);
        Assert.Null(calls.Find("one"));
    }

    [Fact]
    public void OfACallThatIsOverOnlyItsRecordIsKept()
    {
        var calls = new LiveCalls(new VirtualTime());
        var end = new TaskCompletionSource<CallEnd>();
        var recorder = new Ear();
        var tap = new CallTap(recorder);
        RunningCall running = Call("one", end.Task) with { Tap = tap, Media = () => new MediaStatistics { PacketsReceived = 7 } };
        calls.OnStarted(running);

        end.SetResult(new CallEnd(CallEndCause.HungUp, EndedBy.Caller));
        tap.Write(Frame(1000), Frame(1000));

        Assert.Empty(recorder.Heard);
        Assert.Null(calls.Find("one")!.Supervision);
        Assert.Equal(7, calls.Find("one")!.Media?.PacketsReceived);
    }

    [Fact]
    public void ManyShortCallsDoNotPileUp()
    {
        var calls = new LiveCalls(new VirtualTime());
        for (int i = 0; i < LiveCalls.MaxOver + 50; i++)
            calls.OnStarted(Call($"call-{i}", Task.FromResult(new CallEnd(CallEndCause.HungUp, EndedBy.Caller))));

        Assert.Equal(LiveCalls.MaxOver, calls.All.Count);
        Assert.Null(calls.Find("call-0"));
        Assert.NotNull(calls.Find($"call-{LiveCalls.MaxOver + 49}"));
    }

    [Fact]
    public void AListenerHearsBothSidesUntilItLeaves()
    {
        var tap = new CallTap(null);
        var listener = new Ear();
        IDisposable listening = tap.Listen(listener);

        tap.Write(Frame(1000), Frame(-2000));
        listening.Dispose();
        tap.Write(Frame(3000), Frame(3000));

        Assert.Equal([(1000, -2000)], listener.Heard);
        Assert.Equal(TimeSpan.FromMilliseconds(40), tap.Elapsed);
    }

    private static short[] Frame(short level)
    {
        short[] frame = new short[AudioFormat.FrameSamples];
        Array.Fill(frame, level);
        return frame;
    }

    private static RunningCall Call(string id, Task<CallEnd> completion) => new(
        new CallInfo { Id = id, Direction = CallDirection.Inbound, RemoteParty = "anonymous", LocalParty = "100" },
        "echo", new CallTimeline(), new CallTap(null), completion);

    private sealed class Ear : ICallRecorder
    {
        public List<(int, int)> Heard { get; } = [];

        public void Write(ReadOnlySpan<short> caller, ReadOnlySpan<short> agent) => Heard.Add((caller[0], agent[0]));
    }
}
