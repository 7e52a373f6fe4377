using System.Threading.Channels;
using PhoneAgent.Conversation.Calls;

namespace PhoneAgent.Testing.Calls;

/// <summary>A call without a line: signals are written by the test, what the agent asks for is kept.</summary>
public sealed class FakeCall(ICallAudio audio, CallDirection direction = CallDirection.Inbound) : ICall
{
    private readonly Channel<CallSignal> _signals = Channel.CreateUnbounded<CallSignal>();

    public CallInfo Info { get; init; } = new()
    {
        Id = "test-call",
        Direction = direction,
        RemoteParty = "100",
        LocalParty = "agent",
    };

    public ICallAudio Audio { get; } = audio;

    public ChannelReader<CallSignal> Signals => _signals.Reader;

    public List<string> SentDtmf { get; } = [];

    public List<TransferRequest> Transfers { get; } = [];

    /// <summary>How the next transfer ends.</summary>
    public TransferResult TransferResult { get; set; } = new(true, 200, "OK");

    /// <summary>When set, how and when the transfer ends, in place of <see cref="TransferResult"/>.</summary>
    public Task<TransferResult>? TransferOutcome { get; set; }

    /// <summary>The transfer gets no answer before the call ends.</summary>
    public bool TransferHangs { get; set; }

    /// <summary>The transfer throws this: a line that is broken.</summary>
    public Exception? TransferFailure { get; set; }

    /// <summary>Hanging up throws this, and no end of the call follows.</summary>
    public Exception? HangUpFailure { get; set; }

    /// <summary>We hung up, or the call was over by itself, and let go of it.</summary>
    public bool IsDisposed { get; private set; }

    /// <summary>Transfers without an answer.</summary>
    public int Waiting { get; private set; }

    public void Signal(CallSignal signal) => _signals.Writer.TryWrite(signal);

    public void End(CallEnd end)
    {
        if (_signals.Writer.TryWrite(new CallSignal.Ended(end)))
            _signals.Writer.TryComplete();
    }

    public Task HangUpAsync(CancellationToken cancellationToken)
    {
        if (HangUpFailure is not null)
            return Task.FromException(HangUpFailure);
        End(new CallEnd(CallEndCause.HungUp, EndedBy.Agent));
        return Task.CompletedTask;
    }

    public async Task<TransferResult> TransferAsync(TransferRequest request, CancellationToken cancellationToken)
    {
        Transfers.Add(request);
        if (TransferFailure is not null)
            throw TransferFailure;
        Task<TransferResult>? outcome = TransferHangs ? new TaskCompletionSource<TransferResult>().Task : TransferOutcome;
        if (outcome is not null)
        {
            Waiting = outcome.IsCompleted ? 0 : 1;
            TransferResult = await outcome.WaitAsync(cancellationToken);
            Waiting = 0;
        }
        if (TransferResult.Success)
            End(new CallEnd(CallEndCause.Transferred, EndedBy.Agent));
        return TransferResult;
    }

    public Task SendDtmfAsync(string digits, CancellationToken cancellationToken)
    {
        SentDtmf.Add(digits);
        return Task.CompletedTask;
    }

    /// <summary>What the line says to a hold; by default it agrees.</summary>
    public Func<bool, Task<bool>> HoldAnswer { get; set; } = _ => Task.FromResult(true);

    public Task<bool> SetHoldAsync(bool held, CancellationToken cancellationToken) => HoldAnswer(held);

    public ValueTask DisposeAsync()
    {
        IsDisposed = true;
        return ValueTask.CompletedTask;
    }
}
