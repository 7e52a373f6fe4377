using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Telephony.Sip.Messages;
using PhoneAgent.Telephony.Sip.Registration;
using PhoneAgent.Telephony.Sip.UserAgent;

namespace PhoneAgent.Telephony.Sip;

/// <summary>
/// The telephone line over SIP: gives the calls of a user agent the shape that the conversation knows.
/// Thread-safe.
/// </summary>
public sealed partial class SipPhoneLine : IPhoneLine, ISipCallReceiver
{
    private readonly ISipUserAgent _userAgent;
    private readonly TimeProvider _time;
    private readonly ILogger<SipPhoneLine> _log;
    private readonly Channel<IIncomingCall> _incoming;
    private int _disposed;

    /// <param name="userAgent">Owned: disposed with the line.</param>
    /// <param name="backlog">Calls that may wait to be taken from <see cref="Incoming"/>.</param>
    public SipPhoneLine(ISipUserAgent userAgent, int backlog, TimeProvider time, ILogger<SipPhoneLine> log)
    {
        (_userAgent, _time, _log) = (userAgent, time, log);
        _incoming = Channel.CreateBounded<IIncomingCall>(new BoundedChannelOptions(backlog) { SingleWriter = true });
    }

    public ChannelReader<IIncomingCall> Incoming => _incoming.Reader;

    /// <summary>One element an account that registers.</summary>
    public IReadOnlyList<RegistrationStatus> Registrations => _userAgent.Registrations;

    /// <summary>What the line listens on, with the ports that the system chose.</summary>
    public IReadOnlyList<SipListener> Listeners => _userAgent.Listeners;

    /// <summary>Calls that exist now, ringing ones included.</summary>
    public int ActiveCalls => _userAgent.ActiveCalls;

    public Task StartAsync(CancellationToken cancellationToken) => _userAgent.StartAsync(this, cancellationToken);

    public async Task<PlaceCallResult> PlaceAsync(PlaceCallRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.OnBehalfOf is SipCall first && !request.Headers.ContainsKey(SipHeaderNames.ReferredBy))
            request = request with { Headers = new Dictionary<string, string>(request.Headers) { [SipHeaderNames.ReferredBy] = $"<{first.LocalUri}>" } };
        request = CallerIdentity.AddTo(request);
        var result = await _userAgent.InviteAsync(request, cancellationToken).ConfigureAwait(false);
        return result.Session is { } session
            ? PlaceCallResult.Answered(new SipCall(session, _time))
            : PlaceCallResult.Failed(result.Failure!);
    }

    public void Drain()
    {
        Log.Draining(_log, _userAgent.ActiveCalls);
        _userAgent.Drain();
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        _incoming.Writer.TryComplete();
        await _userAgent.DisposeAsync().ConfigureAwait(false);
    }

    bool ISipCallReceiver.OnIncoming(ISipIncomingCall call)
    {
        if (_incoming.Writer.TryWrite(new IncomingCall(call, _time)))
            return true;
        Log.BacklogFull(_log, call.Info.Id);
        return false;
    }

    /// <summary>An incoming call as the conversation sees it.</summary>
    private sealed class IncomingCall(ISipIncomingCall call, TimeProvider time) : IIncomingCall
    {
        public CallInfo Info => call.Info;

        public async Task<ICall?> AnswerAsync(CancellationToken cancellationToken) =>
            await call.AcceptAsync(cancellationToken).ConfigureAwait(false) is { } session ? new SipCall(session, time) : null;

        public Task RejectAsync(RejectReason reason, CancellationToken cancellationToken) => call.RefuseAsync(
            reason switch
            {
                RejectReason.Busy => 486,
                RejectReason.Decline => 603,
                RejectReason.NotFound => 404,
                RejectReason.Overloaded => 503,
                _ => 480,
            },
            cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Draining: new calls get 503; {ActiveCalls} calls go on.")]
        internal static partial void Draining(ILogger logger, int activeCalls);

        [LoggerMessage(2, LogLevel.Warning, "Call {CallId} is refused with 503: nobody takes the calls that wait. Raise sip.inbound.backlog or add capacity.")]
        internal static partial void BacklogFull(ILogger logger, string callId);
    }
}
