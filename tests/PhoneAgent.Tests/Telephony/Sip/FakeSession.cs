using PhoneAgent.Conversation.Calls;
using PhoneAgent.Telephony;
using PhoneAgent.Telephony.Sip.Registration;
using PhoneAgent.Telephony.Sip.UserAgent;
using PhoneAgent.Testing.Telephony;

namespace PhoneAgent.Tests.Telephony.Sip;

/// <summary>A session whose signalling is the test itself.</summary>
internal sealed class FakeSession : ISipSession
{
    public FakeCallMedia FakeMedia { get; } = new("call-1", System.Net.IPAddress.Loopback, null, 4000);
    public ISipSessionObserver? Observer { get; private set; }
    public List<CallEnd> EndedWith { get; } = [];
    public List<MediaDirection> Offered { get; } = [];
    public (string Target, ISipSession? Consultation)? Referred { get; private set; }
    public IReadOnlyDictionary<string, string>? ReferHeaders { get; private set; }

    public CallInfo Info { get; } = new() { Id = "call-1", Direction = CallDirection.Inbound, RemoteParty = "a", LocalParty = "b" };

    public ICallMedia Media => FakeMedia;

    public string LocalUri => "sip:desk@example.com";

    public void Observe(ISipSessionObserver observer) => Observer = observer;

    public Task EndAsync(CallEnd end, CancellationToken cancellationToken)
    {
        EndedWith.Add(end);
        Observer?.OnEnded(end);
        return Task.CompletedTask;
    }

    public Task<bool> OfferAsync(MediaDirection direction, CancellationToken cancellationToken)
    {
        Offered.Add(direction);
        return Task.FromResult(true);
    }

    public Task<TransferResult> ReferAsync(string target, ISipSession? consultation, IReadOnlyDictionary<string, string> headers, CancellationToken cancellationToken)
    {
        Referred = (target, consultation);
        ReferHeaders = headers;
        return Task.FromResult(new TransferResult(true, 200, "OK"));
    }
}

/// <summary>A user agent whose calls are made by the test.</summary>
internal sealed class FakeUserAgent : ISipUserAgent
{
    public ISipCallReceiver? Receiver { get; private set; }
    public PlaceCallRequest? Invited { get; private set; }
    public SipInviteResult NextResult { get; set; } = new(null, new CallEnd(CallEndCause.Failed, EndedBy.Network));
    public bool IsDraining { get; private set; }
    public bool IsDisposed { get; private set; }

    public IReadOnlyList<SipListener> Listeners { get; } = [];
    public IReadOnlyList<RegistrationStatus> Registrations { get; } = [];
    public int ActiveCalls => 0;

    public Task StartAsync(ISipCallReceiver calls, CancellationToken cancellationToken)
    {
        Receiver = calls;
        return Task.CompletedTask;
    }

    public Task<SipInviteResult> InviteAsync(PlaceCallRequest request, CancellationToken cancellationToken)
    {
        Invited = request;
        return Task.FromResult(NextResult);
    }

    public void Drain() => IsDraining = true;

    public ValueTask DisposeAsync()
    {
        IsDisposed = true;
        return ValueTask.CompletedTask;
    }
}

internal sealed class FakeIncoming(ISipSession? session) : ISipIncomingCall
{
    public int? RefusedWith { get; private set; }

    public CallInfo Info { get; } = new() { Id = "call-2", Direction = CallDirection.Inbound, RemoteParty = "a", LocalParty = "b" };

    public Task<ISipSession?> AcceptAsync(CancellationToken cancellationToken) => Task.FromResult(session);

    public Task RefuseAsync(int statusCode, CancellationToken cancellationToken)
    {
        RefusedWith = statusCode;
        return Task.CompletedTask;
    }
}
