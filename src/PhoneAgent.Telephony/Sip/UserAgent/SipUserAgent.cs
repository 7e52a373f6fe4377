using System.Net;
using Microsoft.Extensions.Logging;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Telephony.Sip.Registration;
using PhoneAgent.Telephony.Sip.Transactions;
using PhoneAgent.Telephony.Sip.Transport;

namespace PhoneAgent.Telephony.Sip.UserAgent;

/// <summary>Our own user agent: UAS and UAC of RFC 3261 with its extensions. Thread-safe.</summary>
public sealed partial class SipUserAgent : ISipUserAgent
{
    /// <summary>How long the end waits for BYE and REGISTER to be answered.</summary>
    private static readonly TimeSpan s_farewell = TimeSpan.FromSeconds(3);

    private readonly SipLoop _loop;
    private readonly SipTransportLayer _transport;
    private readonly SipLocator _locator;
    private readonly UserAgentCore _core;
    private readonly RegistrationClient[] _registrations;
    private readonly ILogger _log;
    private bool _isStarted;
    private int _disposed;

    /// <param name="options">Valid ones: see <see cref="SipOptions.Validate"/>.</param>
    /// <exception cref="PhoneLineException">A certificate cannot be read.</exception>
    public SipUserAgent(SipOptions options, ICallMediaFactory media, ICallGate gate, TimeProvider time, ILogger<SipUserAgent> log)
        : this(options, media, gate, time, new SipResolver(), Random.Shared, log)
    {
    }

    /// <param name="resolver">Turns names into addresses.</param>
    /// <param name="random">Spreads retries; seeded in tests.</param>
    public SipUserAgent(SipOptions options, ICallMediaFactory media, ICallGate gate, TimeProvider time, SipResolver resolver, Random random, ILogger<SipUserAgent> log)
    {
        ArgumentNullException.ThrowIfNull(options);
        _log = log;
        _loop = new SipLoop(time, log);
        _transport = new SipTransportLayer(TransportOptions(options), _loop, log);
        var transactions = new SipTransactionLayer(_loop, _transport, TransactionTimers(options.Timers), log);
        _locator = new SipLocator(_loop, resolver, log);
        _core = new UserAgentCore(options, transactions, _locator, media, gate, random, log);
        transactions.User = new RequestDispatcher(_core, log);
        _transport.User = transactions;
        _registrations = [.. options.Accounts.Where(account => account.Register)
            .Select(account => new RegistrationClient(_core, _locator, account, _transport.AddKeepAliveTarget, _transport.RemoveKeepAliveTarget, log))];
    }

    public IReadOnlyList<SipListener> Listeners =>
        [.. _transport.Listening.Select(listening => new SipListener(listening.Transport.UriName(), listening.EndPoint))];

    public IReadOnlyList<RegistrationStatus> Registrations => [.. _registrations.Select(registration => registration.Status)];

    public int ActiveCalls => _core.ActiveCalls;

    public async Task StartAsync(ISipCallReceiver calls, CancellationToken cancellationToken)
    {
        _core.Receiver = calls;
        _loop.Start();
        await _transport.StartAsync(cancellationToken).ConfigureAwait(false);
        _isStarted = true;
        foreach (var listener in Listeners)
            Log.Listening(_log, listener.Transport, listener.EndPoint);
        _core.Post(() =>
        {
            foreach (var registration in _registrations)
                registration.Start();
        });
    }

    public Task<SipInviteResult> InviteAsync(PlaceCallRequest request, CancellationToken cancellationToken) =>
        OutboundCalls.PlaceAsync(_core, request, cancellationToken);

    public void Drain() => _core.IsDraining = true;

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        Drain();
        if (_isStarted)
            await SayFarewellAsync().ConfigureAwait(false);
        _locator.Dispose();
        await _transport.DisposeAsync().ConfigureAwait(false);
        await _loop.DisposeAsync().ConfigureAwait(false);
        _core.Close();
    }

    /// <summary>BYE to all, bindings removed; not for longer than a moment.</summary>
    private async Task SayFarewellAsync()
    {
        var callsEnded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var removed = _registrations.Select(_ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).ToArray();
        _core.Post(() =>
        {
            _core.EndAll(() => callsEnded.TrySetResult());
            for (var i = 0; i < _registrations.Length; i++)
            {
                var done = removed[i];
                _registrations[i].Remove(() => done.TrySetResult());
            }
        });
        try
        {
            await Task.WhenAll([callsEnded.Task, .. removed.Select(done => done.Task)])
                .WaitAsync(s_farewell, _loop.TimeProvider).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            Log.FarewellUnanswered(_log, s_farewell.TotalSeconds);
        }
    }

    private static SipTransportOptions TransportOptions(SipOptions options) => new()
    {
        Listen = [.. options.Listen.Select(listen => new SipListenAddress(
            SipTransportKinds.TryParse(listen.Transport, out var kind) ? kind : SipTransportKind.Udp,
            new IPEndPoint(IPAddress.Parse(listen.Address), listen.Port)))],
        KeepAliveInterval = TimeSpan.FromSeconds(options.Accounts.Where(account => account.KeepAliveSeconds > 0)
            .Select(account => account.KeepAliveSeconds).DefaultIfEmpty(25).Min()),
        ExternalAddress = options.ExternalAddress is { } external ? IPAddress.Parse(external) : null,
        Tls = new SipTlsOptions
        {
            CertificateFile = options.Tls.CertificateFile,
            KeyFile = options.Tls.KeyFile,
            AuthorityFile = options.Tls.TrustFile,
            VerifyServer = options.Tls.VerifyPeer,
        },
    };

    private static SipTimerOptions TransactionTimers(SipTimingOptions timing) => new()
    {
        T1 = TimeSpan.FromMilliseconds(timing.T1Milliseconds),
        T2 = TimeSpan.FromMilliseconds(timing.T2Milliseconds),
    };

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "SIP over {Transport} on {EndPoint}.")]
        internal static partial void Listening(ILogger logger, string transport, IPEndPoint endPoint);

        [LoggerMessage(2, LogLevel.Warning, "Not every BYE and REGISTER was answered within {Seconds} s; the line closes all the same.")]
        internal static partial void FarewellUnanswered(ILogger logger, double seconds);
    }
}
