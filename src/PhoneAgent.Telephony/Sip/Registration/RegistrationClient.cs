using Microsoft.Extensions.Logging;
using PhoneAgent.Telephony.Sip.Messages;
using PhoneAgent.Telephony.Sip.Transport;
using PhoneAgent.Telephony.Sip.UserAgent;

namespace PhoneAgent.Telephony.Sip.Registration;

/// <summary>
/// Keeps one account registered (RFC 3261 §10.2): refresh before the binding expires, back-off after a failure, removal
/// at the end. Used on the SIP loop; <see cref="Status"/> may be read by any thread.
/// </summary>
internal sealed partial class RegistrationClient
{
    /// <summary>Room for a lost REGISTER to be repeated before the binding ends.</summary>
    private static readonly TimeSpan s_margin = TimeSpan.FromSeconds(20);
    private const int LongestExpires = 86_400;

    private readonly UserAgentCore _core;
    private readonly SipLocator _locator;
    private readonly SipAccountOptions _account;
    private readonly Action<SipDestination> _keepAlive;
    private readonly Action<SipDestination> _endKeepAlive;
    private readonly ILogger _log;
    private readonly string _callId = SipIds.NewCallId();
    private readonly string _tag = SipIds.NewTag();
    private readonly IReadOnlyList<string> _routes;
    private volatile RegistrationStatus _status;
    private uint _sequence;
    private int _expires;
    private int _failures;
    private bool _isRemoving;
    private SipTimer? _next;
    private SipDestination? _keptAlive;

    internal RegistrationClient(UserAgentCore core, SipLocator locator, SipAccountOptions account,
        Action<SipDestination> keepAlive, Action<SipDestination> endKeepAlive, ILogger log)
    {
        (_core, _locator, _account, _keepAlive, _endKeepAlive, _log) = (core, locator, account, keepAlive, endKeepAlive, log);
        _routes = CallTargets.Routes(account);
        _expires = account.ExpiresSeconds;
        _status = new RegistrationStatus(account.Label, RegistrationState.Unregistered);
    }

    internal RegistrationStatus Status => _status;

    internal void Start()
    {
        _status = _status with { State = RegistrationState.Registering };
        Send(_expires, OnResponse);
    }

    /// <summary>Removes the binding (§10.2.2). <paramref name="onDone"/> is called when the registrar answered or did not.</summary>
    internal void Remove(Action onDone)
    {
        _isRemoving = true;
        _next?.Cancel();
        if (_keptAlive is { } kept)
            _endKeepAlive(kept);
        if (_status.ExpiresAt is null)
        {
            onDone();
            return;
        }
        Send(0, response =>
        {
            if (response.IsProvisional)
                return;
            _status = new RegistrationStatus(_account.Label, RegistrationState.Removed, response.StatusCode);
            onDone();
        });
    }

    private void Send(int expires, Action<SipResponse> onResponse)
    {
        var registrar = SipUri.Create(null, _account.Domain);
        if (_account.Transport != "udp")
            registrar = registrar with { Parameters = registrar.Parameters.With("transport", _account.Transport) };
        var nextHop = _routes.Count > 0 && SipNameAddress.TryParse(_routes[0], out var route) ? route.Uri : registrar;
        _locator.Locate(nextHop, null, destination =>
        {
            if (destination is null)
            {
                onResponse(new SipResponse(503, $"{nextHop.Host} cannot be found"));
                return;
            }
            _core.Policy.Trust(destination.EndPoint.Address);
            KeepAlive(destination);
            _core.Locate(nextHop, local => Send(registrar, nextHop, local!, expires, onResponse));
        });
    }

    private void Send(SipUri registrar, SipUri nextHop, LocalSide local, int expires, Action<SipResponse> onResponse)
    {
        var aor = new SipNameAddress(SipUri.Create(_account.User, _account.Domain));
        var register = new SipRequest(SipMethods.Register, registrar)
        {
            MaxForwards = 70,
            From = aor.WithTag(_tag),
            To = aor,
            CallId = _callId,
            CSeq = new SipCSeq(++_sequence, SipMethods.Register),
            Expires = (uint)expires,
        };
        foreach (var route in _routes)
            register.Headers.Add(SipHeaderNames.Route, route);
        register.Headers.Add(SipHeaderNames.Contact, local.Contact(_account.User));
        Capabilities.Describe(register);
        DigestExchange.Send(_core, register, nextHop, null, _account, () => ++_sequence, response =>
        {
            if (!response.IsProvisional)
                onResponse(response);
        });
    }

    private void OnResponse(SipResponse response)
    {
        if (_isRemoving)
            return;
        if (response.IsSuccess)
            OnRegistered(response);
        else if (response.StatusCode == 423 && response.MinExpires is { } minimum && minimum > _expires && minimum <= LongestExpires)
        {
            _expires = (int)minimum;
            Send(_expires, OnResponse);
        }
        else
            OnFailed(response);
    }

    private void OnRegistered(SipResponse response)
    {
        _failures = 0;
        var granted = TimeSpan.FromSeconds(Granted(response));
        // Early enough for a lost REGISTER, yet not before half the time.
        var refresh = granted - s_margin > granted / 2 ? granted - s_margin : granted / 2;
        var now = _core.Time.GetUtcNow();
        if (_status.State != RegistrationState.Registered)
            Log.Registered(_log, _account.Label, granted.TotalSeconds);
        _status = new RegistrationStatus(_account.Label, RegistrationState.Registered, response.StatusCode, null, now + granted, now + refresh);
        _next = _core.After(refresh, () => Send(_expires, OnResponse));
    }

    /// <summary>What the registrar gave our binding: the parameter of our Contact, else the header, else what we asked for.</summary>
    private int Granted(SipResponse response)
    {
        var seconds = response.Contacts.FirstOrDefault(contact => contact.Expires is not null && contact.Uri.DecodedUser == _account.User)?.Expires
            ?? response.Contacts.FirstOrDefault(contact => contact.Expires is not null)?.Expires
            ?? response.Expires ?? (uint)_expires;
        return (int)Math.Clamp(seconds, 10, LongestExpires);
    }

    private void OnFailed(SipResponse response)
    {
        _failures++;
        var wait = BackOff.After(_failures, _core.Random);
        if (response.RetryAfter?.Seconds is { } seconds && seconds <= LongestExpires && TimeSpan.FromSeconds(seconds) > wait)
            wait = TimeSpan.FromSeconds(seconds);
        var reason = RegistrationStatus.Explain(response.StatusCode, response.ReasonPhrase);
        Log.Failed(_log, _account.Label, reason, wait.TotalSeconds);
        var now = _core.Time.GetUtcNow();
        _status = _status with
        {
            State = RegistrationState.Failed,
            StatusCode = response.StatusCode,
            Reason = reason,
            ExpiresAt = _status.ExpiresAt > now ? _status.ExpiresAt : null,
            NextAttemptAt = now + wait,
        };
        _next = _core.After(wait, () => Send(_expires, OnResponse));
    }

    private void KeepAlive(SipDestination destination)
    {
        if (_account.KeepAliveSeconds == 0 || destination.Transport.IsReliable() || destination == _keptAlive)
            return;
        if (_keptAlive is { } before)
            _endKeepAlive(before);
        _keptAlive = destination;
        _keepAlive(destination);
    }

    private static partial class Log
    {
        [LoggerMessage(40, LogLevel.Information, "Account {Account} is registered for {Seconds} s.")]
        internal static partial void Registered(ILogger logger, string account, double seconds);

        [LoggerMessage(41, LogLevel.Warning, "Account {Account} is not registered: {Reason}. Next attempt in {Seconds:0} s.")]
        internal static partial void Failed(ILogger logger, string account, string reason, double seconds);
    }
}
