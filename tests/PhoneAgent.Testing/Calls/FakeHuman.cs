using System.Collections.Concurrent;
using PhoneAgent.Conversation.Calls;

namespace PhoneAgent.Testing.Calls;

/// <summary>Somebody who can be called on a <see cref="FakePhoneLine"/>; what he does is said by the test.</summary>
public sealed class FakeHuman
{
    private TaskCompletionSource<PlaceCallResult> _outcome = new();

    public FakeHuman(string number)
    {
        Number = number;
        Call = NewCall();
    }

    public string Number { get; }

    /// <summary>All requests to call him.</summary>
    public ConcurrentQueue<PlaceCallRequest> Requests { get; } = [];

    /// <summary>He was called, and the caller gave up before he answered.</summary>
    public bool WasCancelled { get; private set; }

    /// <summary>What his phone does when it is called; null: it waits for the test.</summary>
    public Action<FakeHuman>? WhenCalled { get; set; }

    /// <summary>His side of the last call.</summary>
    public FakeCall Call { get; private set; }

    public ScriptedAudio Audio => (ScriptedAudio)Call.Audio;

    public bool IsOnTheLine { get; private set; }

    public void Ring() => Requests.Last().Progress?.Report(new CallProgress(180, null));

    public void Answer()
    {
        IsOnTheLine = true;
        _outcome.TrySetResult(PlaceCallResult.Answered(Call));
    }

    public void Refuse(CallEndCause cause, int status) => _outcome.TrySetResult(PlaceCallResult.Failed(new CallEnd(cause, EndedBy.Caller, status)));

    public void Press(char digit) => Call.Signal(new CallSignal.Dtmf(digit, TimeSpan.FromMilliseconds(100), DtmfSource.Rtp));

    /// <summary>He talks from now on for this long of his call's time.</summary>
    public void Talk(double seconds) => Audio.Add(AudioFormat.ToTime(Audio.Position), TimeSpan.FromSeconds(seconds), ScriptedAudio.Noise);

    public void Beep() => Audio.Beep(TimeSpan.FromMilliseconds(400));

    public void Hold(bool held) => Call.Signal(held ? new CallSignal.Held() : new CallSignal.Resumed());

    public void HangUp() => Call.End(new CallEnd(CallEndCause.HungUp, EndedBy.Caller));

    internal async Task<PlaceCallResult> PlaceAsync(PlaceCallRequest request, CancellationToken cancellationToken)
    {
        (_outcome, Call, IsOnTheLine, WasCancelled) = (new TaskCompletionSource<PlaceCallResult>(), NewCall(request.Id), false, false);
        TaskCompletionSource<PlaceCallResult> outcome = _outcome;
        Requests.Enqueue(request);
        await using (cancellationToken.Register(() =>
        {
            WasCancelled = outcome.TrySetResult(PlaceCallResult.Failed(new CallEnd(CallEndCause.Cancelled, EndedBy.Agent)));
        }))
        {
            WhenCalled?.Invoke(this);
            return await outcome.Task;
        }
    }

    private FakeCall NewCall(string? id = null) => new(new ScriptedAudio())
    {
        Info = new CallInfo { Id = id ?? $"to-{Number}", Direction = CallDirection.Outbound, RemoteParty = Number, LocalParty = "agent" },
    };
}
