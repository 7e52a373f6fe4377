using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Supervision;
using Xunit;

namespace PhoneAgent.Tests.Conversation.Supervision;

public class CallListenerTests
{
    private readonly CallListener _listener = new();
    private readonly short[] _caller = new short[AudioFormat.FrameSamples];
    private readonly short[] _agent = new short[AudioFormat.FrameSamples];

    private void Write(int frame) =>
        _listener.Write([.. Enumerable.Repeat((short)frame, 320)], [.. Enumerable.Repeat((short)-frame, 320)]);

    [Fact]
    public async Task Both_sides_are_heard_in_order()
    {
        Write(1);
        Write(2);

        Assert.True(await _listener.WaitAsync(CancellationToken.None));
        Assert.True(_listener.TryRead(out long number, _caller, _agent));
        Assert.Equal((0L, (short)1, (short)-1), (number, _caller[319], _agent[0]));
        Assert.True(_listener.TryRead(out number, _caller, _agent));
        Assert.Equal((1L, (short)2), (number, _caller[0]));
        Assert.False(_listener.TryRead(out _, _caller, _agent));
    }

    [Fact]
    public void A_slow_listener_loses_the_oldest_counted_and_goes_on_near_the_present()
    {
        for (int frame = 0; frame < 150; frame++)
            Write(frame);
        var numbers = new List<long>();
        while (_listener.TryRead(out long number, _caller, _agent))
            numbers.Add(number);

        Assert.Equal([95, 96, 97, 98, 99], numbers);
        Assert.Equal(150 - 5, _listener.Dropped);
        Write(150);
        Assert.True(_listener.TryRead(out long next, _caller, _agent));
        Assert.Equal(150, next);
    }

    [Fact]
    public async Task A_listener_waits_and_is_told_of_the_end_after_the_last_frame()
    {
        ValueTask<bool> waiting = _listener.WaitAsync(CancellationToken.None);
        Assert.False(waiting.IsCompleted);
        Write(1);
        Assert.True(await waiting);
        _listener.End();
        Assert.True(await _listener.WaitAsync(CancellationToken.None));
        Assert.True(_listener.TryRead(out _, _caller, _agent));
        Assert.False(await _listener.WaitAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Who_does_not_want_to_wait_any_more_does_not()
    {
        using var stop = new CancellationTokenSource();
        ValueTask<bool> waiting = _listener.WaitAsync(stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await waiting);
    }

    [Fact]
    public void The_media_thread_allocates_nothing()
    {
        var microphone = new SupervisorMicrophone();
        Exchange(500);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Exchange(500);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Exchange(int frames)
        {
            for (int frame = 0; frame < frames; frame++)
            {
                microphone.Write(_caller);
                microphone.Exchange(frame * 320L, FrameOrigin.Received, _caller, _agent);
                _listener.Write(_caller, _agent);
                if (frame % 3 == 0)
                    _listener.TryRead(out _, _caller, _agent);
            }
        }
    }
}
