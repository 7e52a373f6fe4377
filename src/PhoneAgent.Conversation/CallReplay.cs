using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue;

namespace PhoneAgent.Conversation;

/// <summary>
/// Runs a recorded caller through a <see cref="CallSession"/> as fast as the engines go. Media time is the recording's:
/// the next frame follows when everything the last one caused is done, so the decisions are those of infinitely fast
/// engines, the same in every run.
/// </summary>
public sealed class CallReplay : ICall, ICallAudio
{
    private readonly Channel<CallSignal> _signals = Channel.CreateUnbounded<CallSignal>(); // a handful of signals
    private readonly short[] _received = new short[AudioFormat.FrameSamples];
    private readonly short[] _sent = new short[AudioFormat.FrameSamples];
    private IAudioPeer? _peer;
    private long _frames;

    private CallReplay(CallInfo info) => Info = info;

    public CallInfo Info { get; }

    public ICallAudio Audio => this;

    public ChannelReader<CallSignal> Signals => _signals.Reader;

    public MediaStatistics Statistics => new() { PacketsReceived = _frames, PacketsSent = _frames, Codec = "recording" };

    /// <summary>Replays and returns when the recording, or the call, is over.</summary>
    /// <param name="caller">The caller's side, 16 kHz.</param>
    /// <param name="info">What the dialogue is told of the call.</param>
    /// <param name="createSession">Makes the session for the call; its timeline can be subscribed to there.</param>
    /// <param name="cancellationToken">Ends the replay as a hang-up by the caller.</param>
    public static async Task<CallEnd> RunAsync(
        ReadOnlyMemory<short> caller, CallInfo info, Func<ICall, CallSession> createSession, CancellationToken cancellationToken)
    {
        var call = new CallReplay(info);
        using CallSession session = createSession(call);
        Task<CallEnd> run = session.RunAsync(CancellationToken.None);
        await Task.WhenAny(run, session.WhenIdleAsync(cancellationToken)).ConfigureAwait(false);
        for (int at = 0; at < caller.Length && !run.IsCompleted && !cancellationToken.IsCancellationRequested; at += AudioFormat.FrameSamples)
        {
            call.Tick(caller.Span[at..]);
            await Task.WhenAny(run, session.WhenIdleAsync(cancellationToken)).ConfigureAwait(false);
        }
        call.End(new CallEnd(CallEndCause.HungUp, EndedBy.Caller, Reason: "end of recording"));
        return await run.ConfigureAwait(false);
    }

    public void Start(IAudioPeer peer) => _peer = peer;

    public void Stop() => _peer = null;

    public Task HangUpAsync(CancellationToken cancellationToken)
    {
        End(new CallEnd(CallEndCause.HungUp, EndedBy.Agent));
        return Task.CompletedTask;
    }

    /// <summary>Nobody can be reached from a recording; the transfer counts as done, as the dialogue's last word.</summary>
    public Task<TransferResult> TransferAsync(TransferRequest request, CancellationToken cancellationToken)
    {
        End(new CallEnd(CallEndCause.Transferred, EndedBy.Agent, Reason: "not carried out in a replay"));
        return Task.FromResult(new TransferResult(true, null, "not carried out in a replay"));
    }

    public Task SendDtmfAsync(string digits, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<bool> SetHoldAsync(bool held, CancellationToken cancellationToken) => Task.FromResult(true);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Tick(ReadOnlySpan<short> rest)
    {
        _received.AsSpan().Clear();
        rest[..Math.Min(rest.Length, _received.Length)].CopyTo(_received);
        _peer?.Exchange(_frames++ * AudioFormat.FrameSamples, FrameOrigin.Received, _received, _sent);
    }

    private void End(CallEnd end)
    {
        if (_signals.Writer.TryWrite(new CallSignal.Ended(end)))
            _signals.Writer.TryComplete();
    }
}
