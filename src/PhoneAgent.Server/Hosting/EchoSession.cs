using PhoneAgent.Conversation.Calls;

namespace PhoneAgent.Server.Hosting;

/// <summary>Sends the caller's own sound back until he hangs up.</summary>
internal sealed class EchoSession(ICall call, ICallRecorder? recorder) : ICallSession, IAudioPeer
{
    private long _position;

    public CallTimeline Timeline { get; } = new();

    private TimeSpan Now => AudioFormat.ToTime(Volatile.Read(ref _position));

    public async Task<CallEnd> RunAsync(CancellationToken cancellationToken)
    {
        CallInfo info = call.Info;
        Timeline.Append(new TimelineEvent.CallStarted(info.Id, info.Direction, info.RemoteParty, info.LocalParty, info.StartedAt) { At = default });
        CallEnd? end = null;
        Task hangingUp = Task.CompletedTask;
        await using (cancellationToken.Register(() => hangingUp = HangUpAsync()))
        {
            call.Audio.Start(this);
            await foreach (CallSignal signal in call.Signals.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
                end = On(signal) ?? end;
        }
        await hangingUp.ConfigureAwait(false);
        call.Audio.Stop();
        end ??= new CallEnd(CallEndCause.Failed, EndedBy.Network, Reason: "the line never said how the call ended");
        Timeline.Append(new TimelineEvent.Ended(end.Cause, end.By, end.Reason, "echo") { At = Now });
        Timeline.Complete();
        return end;
    }

    private CallEnd? On(CallSignal signal)
    {
        switch (signal)
        {
            case CallSignal.Dtmf dtmf:
                Timeline.Append(new TimelineEvent.Dtmf(dtmf.Digit, dtmf.Source) { At = Now });
                break;
            case CallSignal.Held or CallSignal.Resumed:
                Timeline.Append(new TimelineEvent.Hold(signal is CallSignal.Held) { At = Now });
                break;
            case CallSignal.Redirected moved:
                Timeline.Append(new TimelineEvent.Moved(moved.Target, null) { At = Now });
                break;
            case CallSignal.RedirectionRefused refused:
                Timeline.Append(new TimelineEvent.Moved(refused.Target, refused.Reason) { At = Now });
                break;
            case CallSignal.Ended ended:
                return ended.End;
        }
        return null;
    }

    // What fails here comes out of RunAsync, not out of the cancellation.
    private async Task HangUpAsync() => await call.HangUpAsync(CancellationToken.None).ConfigureAwait(false);

    public bool Exchange(long position, FrameOrigin origin, ReadOnlySpan<short> received, Span<short> toSend)
    {
        Volatile.Write(ref _position, position);
        received.CopyTo(toSend);
        recorder?.Write(received, toSend);
        return origin != FrameOrigin.Silence;
    }

    public void Dispose()
    {
        // Nothing outlives RunAsync.
    }
}
