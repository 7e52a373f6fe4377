using System.Globalization;
using System.Net;
using Microsoft.Extensions.Logging;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Telephony.Sip.Digest;
using PhoneAgent.Telephony.Sip.Messages;
using PhoneAgent.Telephony.Sip.Transactions;
using PhoneAgent.Telephony.Sip.Transport;

namespace PhoneAgent.Telephony.Sip.UserAgent;

/// <summary>
/// The middle of the user agent: the tables of dialogs and calls, and the way to the transactions. Everything runs on
/// the SIP loop except <see cref="Post"/> and the counters.
/// </summary>
internal sealed partial class UserAgentCore : ISignalling
{
    /// <summary>Timer C of a proxy, after which it gives up its last fork (RFC 3261 §16.6), and a little more.</summary>
    private static readonly TimeSpan s_lateAnswersFor = TimeSpan.FromMinutes(4);

    private readonly SipTransactionLayer _transactions;
    private readonly SipLocator _locator;
    private readonly ILogger _log;
    private readonly Dictionary<DialogId, IDialogUser> _dialogs = [];
    private readonly Dictionary<SipServerTransaction, InboundInvite> _ringing = [];
    private readonly HashSet<SipSession> _sessions = [];
    private readonly HashSet<OutboundCall> _placing = [];
    private readonly Dictionary<(string CallId, string LocalTag), LateAnswers> _lateAnswers = [];
    private readonly Dictionary<SipAccountOptions, DigestClient> _credentials = [];
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile int _activeCalls;
    private volatile bool _isDraining;
    private Action? _onIdle;

    internal UserAgentCore(SipOptions options, SipTransactionLayer transactions, SipLocator locator, ICallMediaFactory media, ICallGate gate, Random random, ILogger log)
    {
        (Options, _transactions, _locator, Media, Gate, Random, _log) = (options, transactions, locator, media, gate, random, log);
        Policy = new InboundPolicy(options.Inbound, transactions.Loop.TimeProvider);
        Targets = new CallTargets(options);
    }

    public SipOptions Options { get; }
    public TimeProvider Time => _transactions.Loop.TimeProvider;
    public Random Random { get; }
    public ICallMediaFactory Media { get; }
    internal ICallGate Gate { get; }
    internal InboundPolicy Policy { get; }
    internal CallTargets Targets { get; }
    internal ISipCallReceiver? Receiver { get; set; }

    /// <summary>Calls that ring, are placed or run. Safe from any thread.</summary>
    internal int ActiveCalls => _activeCalls;

    internal bool IsDraining { get => _isDraining; set => _isDraining = value; }

    /// <summary>Runs an action on the loop; nothing when the loop has ended. Any thread.</summary>
    internal void Post(Action action) => _transactions.Loop.Post(action);

    /// <summary>
    /// Begins something on the loop and waits for its result; <paramref name="whenClosed"/> when the loop ends first. Any thread.
    /// </summary>
    /// <param name="begin">Gets what takes the result: true when somebody still waits for it.</param>
    internal async Task<T> AskAsync<T>(Action<Func<T, bool>> begin, T whenClosed, CancellationToken cancellationToken)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var cancellation = cancellationToken.Register(() => done.TrySetCanceled(cancellationToken));
        if (!_transactions.Loop.Post(() => begin(done.TrySetResult)))
            return whenClosed;
        await Task.WhenAny(done.Task, _closed.Task).ConfigureAwait(false);
        return done.TrySetResult(whenClosed) ? whenClosed : await done.Task.ConfigureAwait(false);
    }

    /// <summary>The loop has ended: nobody waits for it any longer.</summary>
    internal void Close() => _closed.TrySetResult();

    public SipTimer After(TimeSpan delay, Action action) => _transactions.Loop.StartTimer(delay, action);

    public DigestClient? CredentialsOf(SipAccountOptions? account)
    {
        if (account is null || account.Password.Length == 0)
            return null;
        if (!_credentials.TryGetValue(account, out var client))
            _credentials[account] = client = new DigestClient(new DigestCredentials(account.AuthUser ?? account.User, account.Password));
        return client;
    }

    public IClientExchange Send(SipRequest request, SipUri nextHop, SipSource? peer, Action<SipResponse> onResponse)
    {
        request.Headers.Set(SipHeaderNames.UserAgent, Options.UserAgent);
        var exchange = new Exchange(_transactions, request, onResponse);
        _locator.Locate(nextHop, peer, exchange.Begin);
        return exchange;
    }

    public void SendAck(SipRequest ack, string branch, SipUri nextHop, SipSource? peer) => _locator.Locate(nextHop, peer, destination =>
    {
        if (destination is not null)
            _transactions.SendAck(ack, branch, destination);
    });

    public void Locate(SipUri nextHop, Action<LocalSide?> onFound) => _locator.Locate(nextHop, null, destination =>
        onFound(destination is null ? null : SideOf(destination)));

    public LocalSide LocalSideOf(SipSource source) => SideOf(source.ToDestination());

    public void Register(DialogId dialog, IDialogUser user) => _dialogs[dialog] = user;

    public void Unregister(DialogId dialog, IDialogUser user)
    {
        if (_dialogs.TryGetValue(dialog, out var registered) && registered == user)
            _dialogs.Remove(dialog);
    }

    internal IDialogUser? Find(DialogId dialog) => _dialogs.GetValueOrDefault(dialog);

    internal InboundInvite? FindRinging(SipServerTransaction transaction) => _ringing.GetValueOrDefault(transaction);

    internal void OnInviteBegun(InboundInvite invite)
    {
        _ringing[invite.Transaction] = invite;
        Count();
    }

    internal void OnInviteEnded(InboundInvite invite)
    {
        _ringing.Remove(invite.Transaction);
        Count();
    }

    /// <summary>Keeps an INVITE of ours in mind, so that a 2xx which comes when its transaction is gone finds it.</summary>
    internal void Remember(LateAnswers invite) => _lateAnswers[(invite.CallId, invite.LocalTag)] = invite;

    /// <summary>The INVITE is over; a proxy may still let another fork's answer through (RFC 3261 §16.7).</summary>
    internal void ForgetLater(LateAnswers invite) =>
        After(s_lateAnswersFor, () => _lateAnswers.Remove((invite.CallId, invite.LocalTag)));

    /// <summary>The INVITE of ours that a response to none of the transactions belongs to. Null for what we never sent.</summary>
    internal LateAnswers? LateAnswersOf(SipResponse response) => _lateAnswers.GetValueOrDefault((response.CallId, response.From.Tag ?? ""));

    internal void OnPlacing(OutboundCall call)
    {
        _placing.Add(call);
        Count();
    }

    internal void OnPlaced(OutboundCall call)
    {
        _placing.Remove(call);
        Count();
    }

    internal void OnSessionBegun(SipSession session)
    {
        _sessions.Add(session);
        Count();
    }

    internal void OnSessionEnded(SipSession session)
    {
        _sessions.Remove(session);
        Count();
    }

    /// <summary>Ends all calls; <paramref name="onIdle"/> is called when none is left.</summary>
    internal void EndAll(Action onIdle)
    {
        _onIdle = onIdle;
        foreach (var invite in _ringing.Values.ToArray())
            invite.Refuse(480);
        foreach (var call in _placing.ToArray())
            call.Cancel(new CallEnd(CallEndCause.ShuttingDown, EndedBy.Agent));
        var waiting = _sessions.Count;
        foreach (var session in _sessions.ToArray())
            session.EndNow(new CallEnd(CallEndCause.ShuttingDown, EndedBy.Agent, null, "shutting down"), () =>
            {
                waiting--;
                TellWhenIdle(waiting);
            });
        TellWhenIdle(waiting);
    }

    private void TellWhenIdle(int waiting)
    {
        if (waiting == 0 && _activeCalls == 0)
            Interlocked.Exchange(ref _onIdle, null)?.Invoke();
    }

    /// <summary>A session that nobody took: its waiter gave up in the moment of the answer.</summary>
    internal void Discard(SipSession session)
    {
        session.EndNow(new CallEnd(CallEndCause.Cancelled, EndedBy.Agent), null);
        DisposeInBackground(session.Media);
    }

    /// <summary>Media of a call that came to nothing. What goes wrong is logged; nobody waits for it.</summary>
    internal void DisposeInBackground(ICallMedia media) => _ = DisposeAsync(media);

    private async Task DisposeAsync(ICallMedia media)
    {
        try
        {
            await media.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Log.MediaDisposal(_log, e);
        }
    }

    internal void AddRetryAfter(SipResponse response) =>
        response.Headers.Set(SipHeaderNames.RetryAfter, Options.Timers.RetryAfterSeconds.ToString(CultureInfo.InvariantCulture));

    internal void LogNoMedia(string callId, Exception exception) => Log.NoMedia(_log, callId, exception);

    private void Count()
    {
        _activeCalls = _ringing.Count + _placing.Count + _sessions.Count;
        if (_activeCalls == 0 && _onIdle is not null && _sessions.Count == 0)
            Interlocked.Exchange(ref _onIdle, null)?.Invoke();
    }

    private LocalSide SideOf(SipDestination destination)
    {
        var local = _transactions.Transport.LocalAddressFor(destination);
        return new LocalSide(destination.Transport, local.Host, local.Port, local.Address, local.ExternalAddress);
    }

    /// <summary>A client transaction whose destination may yet have to be found.</summary>
    private sealed class Exchange(SipTransactionLayer transactions, SipRequest request, Action<SipResponse> onResponse) : IClientExchange
    {
        private SipClientTransaction? _transaction;
        private bool _isCancelled;

        internal void Begin(SipDestination? destination)
        {
            if (destination is null || _isCancelled)
            {
                onResponse(Failure(_isCancelled ? 487 : 503, _isCancelled ? null : "No Way To The Next Hop"));
                return;
            }
            _transaction = transactions.SendRequest(request, destination, result =>
                onResponse(result.Response ?? Failure(result.StatusCode, result.Detail)));
        }

        public void Cancel()
        {
            _isCancelled = true;
            _transaction?.Cancel();
        }

        /// <summary>What §8.1.3.1 puts in place of a response that never came.</summary>
        private SipResponse Failure(int statusCode, string? reason) => SipResponse.For(request, statusCode, reason);
    }

    private static partial class Log
    {
        [LoggerMessage(10, LogLevel.Error, "Call {CallId} is refused with 503: it gets no media ports. Widen the RTP port range.")]
        internal static partial void NoMedia(ILogger logger, string callId, Exception exception);

        [LoggerMessage(11, LogLevel.Warning, "Media of a call that came to nothing could not be closed.")]
        internal static partial void MediaDisposal(ILogger logger, Exception exception);
    }
}
