using System.Threading.Channels;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Telephony.Sip.UserAgent;

namespace PhoneAgent.Testing.Calls;

/// <summary>A line on which calls ring when the test says so.</summary>
public sealed class FakePhoneLine : IPhoneLine
{
    private readonly Channel<IIncomingCall> _incoming = Channel.CreateUnbounded<IIncomingCall>();

    public ChannelReader<IIncomingCall> Incoming => _incoming.Reader;

    public bool IsDrained { get; private set; }

    public void Ring(IIncomingCall call) => _incoming.Writer.TryWrite(call);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Who can be called; others get 404.</summary>
    public List<FakeHuman> Humans { get; } = [];

    /// <summary>The line itself cannot place calls.</summary>
    public CallEnd? CannotPlace { get; set; }

    /// <summary>Asked before a call is placed; null: all may be called.</summary>
    public ICallGate? Gate { get; init; }

    public FakeHuman Add(string number)
    {
        var human = new FakeHuman(number);
        Humans.Add(human);
        return human;
    }

    public async Task<PlaceCallResult> PlaceAsync(PlaceCallRequest request, CancellationToken cancellationToken)
    {
        string? refusal = null;
        using CallPermit? permit = Gate?.TryEnter(request.Target, TargetChosenBy.Us, out refusal);
        return refusal is null
            ? await ReachAsync(request, cancellationToken)
            : PlaceCallResult.Failed(new CallEnd(CallEndCause.NotAllowed, EndedBy.Agent, Reason: refusal) { IsOurRefusal = true });
    }

    private Task<PlaceCallResult> ReachAsync(PlaceCallRequest request, CancellationToken cancellationToken) =>
        CannotPlace is { } failure ? Task.FromResult(PlaceCallResult.Failed(failure))
        : Humans.FirstOrDefault(human => human.Number == request.Target) is { } human ? human.PlaceAsync(request, cancellationToken)
        : Task.FromResult(PlaceCallResult.Failed(new CallEnd(CallEndCause.NotFound, EndedBy.Network, 404)));

    public void Drain() => IsDrained = true;

    public ValueTask DisposeAsync()
    {
        _incoming.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }
}

/// <summary>A call that rings, and what was done with it.</summary>
/// <param name="call">What answering gives; null: the caller gave up first.</param>
public sealed class FakeIncomingCall(CallInfo info, ICall? call) : IIncomingCall
{
    private readonly TaskCompletionSource<RejectReason?> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public CallInfo Info { get; } = info;

    /// <summary>Null when it was answered.</summary>
    public Task<RejectReason?> Outcome => _outcome.Task;

    public Task<ICall?> AnswerAsync(CancellationToken cancellationToken)
    {
        _outcome.TrySetResult(null);
        return Task.FromResult(call);
    }

    public Task RejectAsync(RejectReason reason, CancellationToken cancellationToken)
    {
        _outcome.TrySetResult(reason);
        return Task.CompletedTask;
    }
}
