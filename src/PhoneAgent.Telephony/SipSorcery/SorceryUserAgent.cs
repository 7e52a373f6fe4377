using Microsoft.Extensions.Logging;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Telephony.Sip;
using PhoneAgent.Telephony.Sip.Registration;
using PhoneAgent.Telephony.Sip.UserAgent;

namespace PhoneAgent.Telephony.SipSorcery;

/// <summary>
/// SIPSorcery as the user agent: its transport, transactions, digest, registration and call set-up, with our media behind its
/// <c>IMediaSession</c>. A call's <c>SIPUserAgent</c> is taken off the transport as soon as it exists, because all of them would
/// see every request; requests in dialogs are dispatched here. Thread-safe.
/// </summary>
public sealed partial class SorceryUserAgent : ISipUserAgent
{
    /// <summary>How long the end waits for BYE and REGISTER to be answered.</summary>
    private static readonly TimeSpan s_farewell = TimeSpan.FromSeconds(3);

    private readonly SorceryCore _core;
    private readonly SorceryRouter _router;
    private readonly SorceryListeners _listeners;
    private readonly SorceryRegistration[] _registrations;
    private readonly ILogger _log;
    private bool _isStarted;
    private int _disposed;

    /// <param name="options">Valid ones: see <see cref="SipOptions.Validate"/>.</param>
    /// <exception cref="PhoneLineException">A certificate cannot be read.</exception>
    public SorceryUserAgent(SipOptions options, ICallMediaFactory media, ICallGate gate, TimeProvider time, ILogger<SorceryUserAgent> log)
    {
        ArgumentNullException.ThrowIfNull(options);
        _log = log;
        _listeners = new SorceryListeners(options, time);
        _core = new SorceryCore(options, media, gate, time, log);
        _router = new SorceryRouter(_core);
        _registrations = [.. options.Accounts.Where(account => account.Register).Select(account => new SorceryRegistration(_core, account))];
    }

    public IReadOnlyList<SipListener> Listeners => _listeners.Listening;

    public IReadOnlyList<RegistrationStatus> Registrations => [.. _registrations.Select(registration => registration.Status)];

    public int ActiveCalls => _core.ActiveCalls;

    public async Task StartAsync(ISipCallReceiver calls, CancellationToken cancellationToken)
    {
        _core.Receiver = calls;
        _core.Transport.SIPTransportRequestReceived += _router.OnRequestAsync;
        _listeners.Open(_core.Transport, new SorceryGuard(_core.Transport, _log));
        _isStarted = true;
        foreach (var listener in Listeners)
            Log.Listening(_log, listener.Transport, listener.EndPoint);
        foreach (var registration in _registrations)
            await registration.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    public Task<SipInviteResult> InviteAsync(PlaceCallRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        RequestHeaders.Check(request.Headers, nameof(request));
        return SorceryOutgoingCall.PlaceAsync(_core, request, cancellationToken);
    }

    public void Drain() => _core.IsDraining = true;

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        Drain();
        if (_isStarted)
            await SayFarewellAsync().ConfigureAwait(false);
        foreach (var registration in _registrations)
            registration.Dispose();
        _core.Dispose();
        _listeners.Dispose();
    }

    /// <summary>BYE to all, bindings removed; not for longer than a moment.</summary>
    private async Task SayFarewellAsync()
    {
        var end = new CallEnd(CallEndCause.ShuttingDown, EndedBy.Agent, null, "shutting down");
        foreach (var ringing in _core.Ringing)
            ringing.Refuse(503);
        Task[] goodbyes =
        [
            .. _core.Sessions.Select(session => session.EndAsync(end, CancellationToken.None)),
            .. _registrations.Select(registration => registration.RemoveAsync()),
        ];
        try
        {
            await Task.WhenAll(goodbyes).WaitAsync(s_farewell, _core.Time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            Log.FarewellUnanswered(_log, s_farewell.TotalSeconds);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "SIP (SIPSorcery) over {Transport} on {EndPoint}.")]
        internal static partial void Listening(ILogger logger, string transport, System.Net.IPEndPoint endPoint);

        [LoggerMessage(2, LogLevel.Warning, "Not every BYE and REGISTER was answered within {Seconds} s; the line closes all the same.")]
        internal static partial void FarewellUnanswered(ILogger logger, double seconds);
    }
}
