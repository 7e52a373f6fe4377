using System.Net;
using PhoneAgent.Telephony.Sip;
using PhoneAgent.Telephony.Sip.Registration;
using PhoneAgent.Telephony.Sip.UserAgent;
using SIPSorcery.SIP;
using SIPSorcery.SIP.App;

namespace PhoneAgent.Telephony.SipSorcery;

/// <summary>Keeps one account registered through the library's registration agent. Thread-safe.</summary>
internal sealed class SorceryRegistration : IDisposable
{
    /// <summary>The library waits equally long after every failure.</summary>
    private const int RetrySeconds = 60;

    /// <summary>Beyond it the library falls back to a value of its own.</summary>
    private const int LongestExpires = 7200;

    private readonly SorceryCore _core;
    private readonly SipAccountOptions _account;
    private readonly TaskCompletionSource _removed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile RegistrationStatus _status;
    private SIPRegistrationUserAgent? _agent;
    private ITimer? _keepAlive;

    internal SorceryRegistration(SorceryCore core, SipAccountOptions account)
    {
        (_core, _account) = (core, account);
        _status = new RegistrationStatus(account.Label, RegistrationState.Unregistered);
    }

    internal RegistrationStatus Status => _status;

    internal async Task StartAsync(CancellationToken cancellationToken)
    {
        _status = _status with { State = RegistrationState.Registering };
        var protocol = Enum.TryParse<SIPProtocolsEnum>(_account.Transport, out var parsed) ? parsed : SIPProtocolsEnum.udp;
        var aor = SIPURI.ParseSIPURI($"sip:{_account.User}@{_account.Domain}" + (protocol == SIPProtocolsEnum.udp ? "" : $";transport={protocol}"));
        var hop = CallTargets.Routes(_account) is [var route, ..] ? SIPURI.ParseSIPURI(route.Trim('<', '>')) : aor;
        var registrar = await _core.Transport.ResolveSIPUriAsync(hop).WaitAsync(cancellationToken).ConfigureAwait(false);
        // A name that does not resolve is an end point without an address. Without any the library asks again at each attempt.
        if (registrar?.Address is null)
            registrar = null;
        else
            _core.Trust(registrar.Address);
        // Its Contact has no user unless asked; without one the registrar could not tell our accounts apart.
        var contact = new SIPURI(SIPSchemesEnum.sip, IPAddress.Any, 0) { User = _account.User, Protocol = protocol };
        _agent = new SIPRegistrationUserAgent(
            _core.Transport, registrar, aor, _account.AuthUser ?? _account.User, _account.Password, _account.Domain, hop.ToString(), contact,
            Math.Clamp(_account.ExpiresSeconds, 10, LongestExpires), null, registerFailureRetryInterval: RetrySeconds, exitOnUnequivocalFailure: false)
        {
            AdjustRefreshTime = granted => (int)Refresh(granted),
        };
        _agent.RegistrationSuccessful += (_, response) => OnRegistered(response);
        _agent.RegistrationFailed += (_, response, message) => OnFailed(response, message);
        _agent.RegistrationTemporaryFailure += (_, response, message) => OnFailed(response, message);
        _agent.RegistrationRemoved += (_, response) =>
        {
            _status = new RegistrationStatus(_account.Label, RegistrationState.Removed, response.StatusCode);
            _removed.TrySetResult();
        };
        _agent.Start();
        KeepAlive(registrar);
    }

    /// <summary>Takes the binding away; returns when the registrar has said so.</summary>
    internal Task RemoveAsync()
    {
        var isRegistered = _agent is { IsRegistered: true };
        _agent?.Stop();
        return isRegistered ? _removed.Task : Task.CompletedTask;
    }

    public void Dispose() => _keepAlive?.Dispose();

    private void OnRegistered(SIPResponse response)
    {
        var granted = response.Header.Contact?.FirstOrDefault(one => one.ContactURI?.User == _account.User)?.Expires is > 0 and var own ? own
            : response.Header.Expires > 0 ? response.Header.Expires : _account.ExpiresSeconds;
        var now = _core.Time.GetUtcNow();
        if (_status.State != RegistrationState.Registered)
            SorceryLog.Registered(_core.Log, _account.Label, granted);
        if (response.RemoteSIPEndPoint is { } registrar)
        {
            _core.Trust(registrar.Address);
            if (_keepAlive is null)
                KeepAlive(registrar);
        }
        _status = new RegistrationStatus(
            _account.Label, RegistrationState.Registered, response.StatusCode, null, now.AddSeconds(granted), now.AddSeconds(Refresh(granted)));
    }

    private void OnFailed(SIPResponse? response, string message)
    {
        var now = _core.Time.GetUtcNow();
        var reason = response is null ? message.TrimEnd('.') : RegistrationStatus.Explain(response.StatusCode, response.ReasonPhrase);
        SorceryLog.NotRegistered(_core.Log, _account.Label, reason, RetrySeconds);
        _status = _status with
        {
            State = RegistrationState.Failed,
            StatusCode = response?.StatusCode,
            Reason = reason,
            ExpiresAt = _status.ExpiresAt > now ? _status.ExpiresAt : null,
            NextAttemptAt = now.AddSeconds(RetrySeconds),
        };
    }

    /// <summary>Early enough for a lost REGISTER, yet not before half the time.</summary>
    private static long Refresh(long granted) => Math.Max(granted - 20, granted / 2);

    /// <summary>CRLF keeps the way through a NAT open (RFC 5626 §3.5.1); the library sends none.</summary>
    private void KeepAlive(SIPEndPoint? registrar)
    {
        if (registrar is null || _account.KeepAliveSeconds == 0 || registrar.Protocol != SIPProtocolsEnum.udp)
            return;
        var interval = TimeSpan.FromSeconds(_account.KeepAliveSeconds);
        _keepAlive = _core.Time.CreateTimer(_ => _ = SendKeepAliveAsync(registrar), null, interval, interval);
    }

    private async Task SendKeepAliveAsync(SIPEndPoint registrar)
    {
        if (_core.Transport.GetSIPChannels().FirstOrDefault(channel => channel.SIPProtocol == SIPProtocolsEnum.udp) is { } channel)
            await channel.SendAsync(registrar, "\r\n\r\n"u8.ToArray(), false, null).ConfigureAwait(false);
    }
}
