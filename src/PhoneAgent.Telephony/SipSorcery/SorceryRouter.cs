using System.Globalization;
using Microsoft.Extensions.Logging;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Telephony.Sip.Messages;
using PhoneAgent.Telephony.Sip.UserAgent;
using SIPSorcery.SIP;
using SIPSorcery.SIP.App;

namespace PhoneAgent.Telephony.SipSorcery;

/// <summary>Who gets a request: the dialog it belongs to, or, outside of one, the rules of admission.</summary>
internal sealed partial class SorceryRouter(SorceryCore core)
{
    internal const string Allow = "INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, PRACK, INFO, REFER, NOTIFY";

    internal Task OnRequestAsync(SIPEndPoint local, SIPEndPoint remote, SIPRequest request)
    {
        try
        {
            Route(remote, request);
        }
        catch (Exception e) when (e is FormatException or ArgumentException or ApplicationException or InvalidOperationException or NullReferenceException)
        {
            // The library reads headers late, and throws when they are wrong: that is the peer's fault, not the line's end.
            Log.Unusable(core.Log, request.Method, remote, e.Message);
            if (request.Method != SIPMethodsEnum.ACK)
                core.RespondStateless(request, 400);
        }
        return Task.CompletedTask;
    }

    private void Route(SIPEndPoint remote, SIPRequest request)
    {
        if (request.Method == SIPMethodsEnum.ACK)
            return;
        if (request.Header.To.ToTag is { Length: > 0 } localTag)
        {
            if (core.Find(request.Header.CallId, localTag) is { } leg)
                leg.OnRequest(request);
            else
                core.RespondStateless(request, 481);
            return;
        }
        switch (request.Method)
        {
            case SIPMethodsEnum.INVITE:
                OnInvite(remote, request);
                break;
            case SIPMethodsEnum.OPTIONS:
                OnOptions(request);
                break;
            case SIPMethodsEnum.REFER:
                core.RespondStateless(request, 603);
                break;
            case SIPMethodsEnum.BYE or SIPMethodsEnum.CANCEL or SIPMethodsEnum.INFO or SIPMethodsEnum.NOTIFY or SIPMethodsEnum.UPDATE or SIPMethodsEnum.PRACK:
                core.RespondStateless(request, 481);
                break;
            default:
                core.RespondStateless(request, 405, describe: response => response.Header.Allow = Allow);
                break;
        }
    }

    private void OnOptions(SIPRequest request)
    {
        var user = request.URI.User;
        core.RespondStateless(request, core.IsDraining ? 503 : user is null || core.Policy.IsKnownUser(user) ? 200 : 404, describe: response =>
        {
            response.Header.Accept = Capabilities.Accept;
            response.Header.Contact = SorceryCore.Contact(core.Options.User);
        });
    }

    private void OnInvite(SIPEndPoint remote, SIPRequest invite)
    {
        switch (core.AdmitByAddress(remote.Address))
        {
            case Admission.Forbidden:
                Log.Forbidden(core.Log, remote);
                core.RespondStateless(invite, 403);
                return;
            case null when Challenge(remote, invite) is { } challenge:
                core.RespondStateless(invite, 401, describe: response => response.Header.AuthenticationHeaders.Add(challenge));
                return;
        }
        if (invite.Header.Replaces is { Length: > 0 } replaces)
            OnReplaces(invite, replaces);
        else if (core.IsDraining)
            core.RespondStateless(invite, 503);
        else if (!core.Policy.IsKnownUser(invite.URI.User))
            core.RespondStateless(invite, 404);
        else if (invite.Header.Contact is not { Count: > 0 })
            core.RespondStateless(invite, 400, "Missing Or Bad Contact");
        else
            Offer(invite);
    }

    private void Offer(SIPRequest invite)
    {
        // Before the call counts: headers that are wrong throw here.
        var info = Describe(invite);
        if (!core.TryBeginCall())
        {
            // With a transaction: the same INVITE again must not find a place that came free meanwhile.
            core.Refuse(invite, core.Options.MaxCallsStatus);
            return;
        }
        var call = new SorceryIncomingCall(core, invite, info);
        call.Ring();
        if (core.Receiver?.OnIncoming(call) != true)
            call.Refuse(503);
    }

    /// <summary>The library's authenticator, before the call is accepted: accepting sends 100 and 180 at once.</summary>
    private SIPAuthenticationHeader? Challenge(SIPEndPoint remote, SIPRequest invite)
    {
        var user = invite.Header.AuthenticationHeaders.FirstOrDefault()?.SIPDigest.Username ?? "";
        // An unknown caller meets the same challenge as a wrong password, so that names cannot be guessed.
        var account = new Caller(user, core.Policy.PasswordOf(user) ?? SipIds.NewTag() + SipIds.NewTag(), core.Options.Inbound.Realm);
        var result = SIPRequestAuthenticator.AuthenticateSIPRequest(invite.LocalSIPEndPoint, remote, invite, account);
        return result.Authenticated ? null
            : result.AuthenticationRequiredHeader
                ?? new SIPAuthenticationHeader(SIPAuthorisationHeadersEnum.WWWAuthenticate, core.Options.Inbound.Realm, SIPRequestAuthenticator.GetNonce());
    }

    /// <summary>RFC 3891 §3: the new dialog takes the place of the one that is named.</summary>
    private void OnReplaces(SIPRequest invite, string text)
    {
        var replaces = SIPReplacesParameter.Parse(text);
        if (replaces is null)
            core.RespondStateless(invite, 400, "Bad Replaces");
        else if (core.Find(replaces.CallID, replaces.ToTag) is not { } leg || !leg.Matches(replaces))
            core.RespondStateless(invite, 481);
        else if (leg.IsOver || !core.Options.Transfer.AcceptReplaces)
            core.RespondStateless(invite, 603);
        else if (text.Contains("early-only", StringComparison.OrdinalIgnoreCase))
            core.RespondStateless(invite, 486);
        else
            leg.Session.ReplaceWith(invite);
    }

    private CallInfo Describe(SIPRequest invite)
    {
        var from = invite.Header.From;
        var now = core.Time.GetUtcNow();
        var user = Unescape(from.FromURI.User);
        var isAnonymous = user is null or "anonymous" || from.FromURI.Host.EndsWith(".invalid", StringComparison.OrdinalIgnoreCase);
        return new CallInfo
        {
            Id = Guid.CreateVersion7(now).ToString("N", CultureInfo.InvariantCulture),
            Direction = CallDirection.Inbound,
            RemoteParty = isAnonymous ? "anonymous" : user!,
            RemoteDisplayName = string.IsNullOrEmpty(from.FromName) ? null : from.FromName,
            LocalParty = Unescape(invite.URI.User) ?? Unescape(invite.Header.To.ToURI.User) ?? core.Options.User,
            ProtocolId = invite.Header.CallId,
            Headers = Kept(invite.Header),
            StartedAt = now,
        };
    }

    /// <summary>The headers that the configuration asks to keep, out of those that the library does not know.</summary>
    private Dictionary<string, string> Kept(SIPHeader header)
    {
        var kept = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in header.UnknownHeaders)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0 && SipHeaderNames.Canonical(line[..colon].Trim()) is var name
                && core.Options.KeepHeaders.Any(wanted => string.Equals(SipHeaderNames.Canonical(wanted), name, StringComparison.OrdinalIgnoreCase)))
                kept.TryAdd(name, line[(colon + 1)..].Trim());
        }
        return kept;
    }

    private static string? Unescape(string? user) => string.IsNullOrEmpty(user) ? null : Uri.UnescapeDataString(user);

    /// <summary>A caller with a password.</summary>
    private sealed record Caller(string SIPUsername, string SIPPassword, string SIPDomain) : ISIPAccount
    {
        public string ID => SIPUsername;
        public string? HA1Digest => null;
        public bool IsDisabled => false;
    }

    private static partial class Log
    {
        [LoggerMessage(10, LogLevel.Warning, "{Source} may not call: 403. Add its network to sip.inbound.allow, or a password to sip.inbound.callers.")]
        internal static partial void Forbidden(ILogger logger, SIPEndPoint source);

        [LoggerMessage(11, LogLevel.Information, "A {Method} of {Source} cannot be read: {Reason}")]
        internal static partial void Unusable(ILogger logger, SIPMethodsEnum method, SIPEndPoint source, string reason);
    }
}
