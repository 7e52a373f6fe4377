using System.Threading.Channels;
using PhoneAgent.Conversation.Calls;

namespace PhoneAgent.Server.Outbound;

/// <summary>
/// The telephone line as all of this program has it: what would call somebody asks the guard first, be it a call that we place or a
/// caller whom we send elsewhere. Thread-safe.
/// </summary>
internal sealed class GuardedLine(IPhoneLine line, OutboundGuard guard) : IPhoneLine
{
    public ChannelReader<IIncomingCall> Incoming { get; } = new Calls(line.Incoming, guard);

    public Task StartAsync(CancellationToken cancellationToken) => line.StartAsync(cancellationToken);

    public async Task<PlaceCallResult> PlaceAsync(PlaceCallRequest request, CancellationToken cancellationToken)
    {
        if (guard.TryEnter(request.Target, out OutboundRefusal? refusal) is not { } permit)
            return PlaceCallResult.Failed(new CallEnd(CallEndCause.NotAllowed, EndedBy.Agent, Reason: refusal!.Message));
        bool isUp = false;
        try
        {
            PlaceCallResult placed = await line.PlaceAsync(request with { OnBehalfOf = GuardedCall.Inner(request.OnBehalfOf) }, cancellationToken).ConfigureAwait(false);
            if (placed.Call is not { } call)
                return placed;
            isUp = true;
            return PlaceCallResult.Answered(new GuardedCall(call, guard, permit));
        }
        finally
        {
            if (!isUp)
                permit.Dispose();
        }
    }

    public void Drain() => line.Drain();

    public ValueTask DisposeAsync() => line.DisposeAsync();

    private sealed class Calls(ChannelReader<IIncomingCall> calls, OutboundGuard guard) : ChannelReader<IIncomingCall>
    {
        public override Task Completion => calls.Completion;

        public override bool CanCount => calls.CanCount;

        public override int Count => calls.Count;

        public override bool TryRead(out IIncomingCall item)
        {
            bool isThere = calls.TryRead(out IIncomingCall? call);
            item = isThere ? new GuardedIncoming(call!, guard) : null!;
            return isThere;
        }

        public override ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken = default) => calls.WaitToReadAsync(cancellationToken);
    }

    private sealed class GuardedIncoming(IIncomingCall call, OutboundGuard guard) : IIncomingCall
    {
        public CallInfo Info => call.Info;

        public async Task<ICall?> AnswerAsync(CancellationToken cancellationToken) =>
            await call.AnswerAsync(cancellationToken).ConfigureAwait(false) is { } answered ? new GuardedCall(answered, guard, null) : null;

        public Task RejectAsync(RejectReason reason, CancellationToken cancellationToken) => call.RejectAsync(reason, cancellationToken);
    }
}
