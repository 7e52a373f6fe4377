using System.Threading.Channels;
using PhoneAgent.Conversation.Calls;

namespace PhoneAgent.Server.Outbound;

/// <summary>A call of a guarded line: a blind transfer makes a call too. Thread-safe.</summary>
/// <param name="permit">Of a call that we placed; returned when it is disposed.</param>
internal sealed class GuardedCall(ICall call, OutboundGuard guard, OutboundPermit? permit) : ICall
{
    private readonly ICall _call = call;

    public CallInfo Info => _call.Info;

    public ICallAudio Audio => _call.Audio;

    public ChannelReader<CallSignal> Signals => _call.Signals;

    /// <summary>The call as its line made it.</summary>
    public static ICall? Inner(ICall? call) => call is GuardedCall guarded ? guarded._call : call;

    public Task HangUpAsync(CancellationToken cancellationToken) => _call.HangUpAsync(cancellationToken);

    public Task<TransferResult> TransferAsync(TransferRequest request, CancellationToken cancellationToken)
    {
        // Who was consulted was called through the guard.
        if (request.Kind == TransferKind.Attended)
            return _call.TransferAsync(request with { Consultation = Inner(request.Consultation) }, cancellationToken);
        using OutboundPermit? transfer = guard.TryEnter(request.Target, out OutboundRefusal? refusal);
        return transfer is null
            ? Task.FromResult(new TransferResult(false, null, refusal!.Message))
            : _call.TransferAsync(request, cancellationToken);
    }

    public Task SendDtmfAsync(string digits, CancellationToken cancellationToken) => _call.SendDtmfAsync(digits, cancellationToken);

    public Task<bool> SetHoldAsync(bool held, CancellationToken cancellationToken) => _call.SetHoldAsync(held, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _call.DisposeAsync().ConfigureAwait(false);
        permit?.Dispose();
    }
}
