using System.Globalization;
using Microsoft.Extensions.Logging;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Telephony.Sip.Messages;
using PhoneAgent.Telephony.Sip.Transactions;
using PhoneAgent.Telephony.Sip.Transport;

namespace PhoneAgent.Telephony.Sip.UserAgent;

/// <summary>
/// The UAS behaviour that all requests have in common (RFC 3261 §8.2): what we refuse before anybody looks at it, and
/// who looks at the rest. Runs on the SIP loop.
/// </summary>
internal sealed partial class RequestDispatcher(UserAgentCore core, ILogger log) : ITransactionUser
{
    private static readonly string[] s_methods = Capabilities.Allow.Split(", ");

    public void OnRequest(SipServerTransaction transaction, SipRequest request)
    {
        if (RefuseUnusable(transaction, request))
            return;
        if (request.To.Tag is { Length: > 0 } localTag)
        {
            if (core.Find(new DialogId(request.CallId, localTag, request.From.Tag ?? "")) is { } user)
                user.OnRequest(transaction, request);
            else
                CallLeg.Refuse(transaction, 481);
            return;
        }
        switch (request.Method)
        {
            case SipMethods.Invite:
                OnInvite(transaction, request);
                break;
            case SipMethods.Options:
                OnOptions(transaction, request);
                break;
            case SipMethods.Refer:
                CallLeg.Refuse(transaction, 603);
                break;
            default:
                CallLeg.Refuse(transaction, 481);
                break;
        }
    }

    public void OnCancel(SipServerTransaction inviteTransaction, SipRequest cancel)
    {
        if (core.FindRinging(inviteTransaction) is { } invite)
            invite.OnCancel(cancel);
        else
            inviteTransaction.Respond(487);
    }

    public void OnAck(SipRequest ack, SipSource source) =>
        core.Find(new DialogId(ack.CallId, ack.To.Tag ?? "", ack.From.Tag ?? ""))?.OnAck(ack);

    public void OnStrayResponse(SipResponse response, SipSource source)
    {
        // Only for INVITEs that we sent: whoever invents a 2xx must not make us send to where its Contact points.
        if (response.IsSuccess && response.CSeq.Method == SipMethods.Invite && core.LateAnswersOf(response) is { } invite)
            invite.OnSuccess(response);
        else
            Log.Stray(log, response.StatusCode, source);
    }

    public void OnServerFailure(SipServerTransaction transaction, SipServerFailure failure, string detail)
    {
        Log.ServerFailure(log, transaction.Source, detail);
        if (failure == SipServerFailure.TransportFailure)
            core.FindRinging(transaction)?.Refuse(487);
    }

    private static bool RefuseUnusable(SipServerTransaction transaction, SipRequest request)
    {
        if (!s_methods.Contains(request.Method))
        {
            var response = transaction.CreateResponse(405);
            response.Headers.Set(SipHeaderNames.Allow, Capabilities.Allow);
            transaction.Respond(response);
            return true;
        }
        if (!request.RequestUri.IsSip && !request.RequestUri.IsTel)
        {
            CallLeg.Refuse(transaction, 416);
            return true;
        }
        if (Capabilities.Unknown(request.Require) is { Count: > 0 } unknown)
        {
            var response = transaction.CreateResponse(420);
            response.Headers.Set(SipHeaderNames.Unsupported, string.Join(", ", unknown));
            transaction.Respond(response);
            return true;
        }
        return RefuseBody(transaction, request);
    }

    private static bool RefuseBody(SipServerTransaction transaction, SipRequest request)
    {
        if (request.Body.IsEmpty || request.Method is SipMethods.Bye or SipMethods.Options or SipMethods.Refer)
            return false;
        if (request.Headers.Get(SipHeaderNames.ContentEncoding) is { } encoding && !encoding.Trim().Equals("identity", StringComparison.OrdinalIgnoreCase))
        {
            var response = transaction.CreateResponse(415);
            response.Headers.Set(SipHeaderNames.AcceptEncoding, "identity");
            transaction.Respond(response);
            return true;
        }
        // INFO and NOTIFY look at their own.
        if (request.Method is SipMethods.Info or SipMethods.Notify || (request.ContentType is { } type && type.Is(Capabilities.SdpType)) || IsOptional(request))
            return false;
        CallLeg.RefuseBody(transaction);
        return true;
    }

    /// <summary>A body that we may leave unread (RFC 3261 §20.11).</summary>
    private static bool IsOptional(SipRequest request) =>
        request.Headers.Get(SipHeaderNames.ContentDisposition) is { } text && SipValue.TryParse(text, out var disposition)
        && string.Equals(disposition.Parameters.Get("handling"), "optional", StringComparison.OrdinalIgnoreCase);

    private void OnOptions(SipServerTransaction transaction, SipRequest request)
    {
        var response = transaction.CreateResponse(core.IsDraining ? 503 : core.Policy.IsKnownUser(CalledUser(request)) || request.RequestUri.User is null ? 200 : 404);
        if (core.IsDraining)
            core.AddRetryAfter(response);
        Capabilities.Describe(response);
        response.Headers.Set(SipHeaderNames.Accept, Capabilities.Accept);
        response.Headers.Set(SipHeaderNames.Contact, core.LocalSideOf(transaction.Source).Contact(core.Options.User));
        response.Headers.Set(SipHeaderNames.Server, core.Options.UserAgent);
        transaction.Respond(response);
    }

    private void OnInvite(SipServerTransaction transaction, SipRequest invite)
    {
        switch (core.Policy.Admit(invite, transaction.Source.Remote.Address))
        {
            case Admission.Forbidden:
                Log.Forbidden(log, transaction.Source);
                CallLeg.Refuse(transaction, 403);
                return;
            case (Admission.Challenged or Admission.Stale) and var admission:
                var challenge = transaction.CreateResponse(401);
                core.Policy.Challenge(challenge, admission == Admission.Stale);
                transaction.Respond(challenge);
                return;
        }
        if (CallLeg.TooSmallInterval(invite, core.Options.Timers) is { } minimum)
        {
            var response = transaction.CreateResponse(422);
            response.Headers.Set(SipHeaderNames.MinSE, minimum.ToString(CultureInfo.InvariantCulture));
            transaction.Respond(response);
        }
        else if (invite.Headers.Contains(SipHeaderNames.Replaces))
            OnReplaces(transaction, invite);
        else if (core.IsDraining || (core.ActiveCalls >= core.Options.MaxCalls && core.Options.MaxCallsStatus == 503))
            RefuseForNow(transaction);
        else if (core.ActiveCalls >= core.Options.MaxCalls)
            CallLeg.Refuse(transaction, 486);
        else if (!core.Policy.IsKnownUser(CalledUser(invite)))
            CallLeg.Refuse(transaction, 404);
        else
            Offer(transaction, invite);
    }

    private void Offer(SipServerTransaction transaction, SipRequest invite)
    {
        if (Dialog.OfServer(invite, transaction.LocalTag) is not { } dialog)
        {
            CallLeg.Refuse(transaction, 400, "Missing Or Bad Contact");
            return;
        }
        var call = new InboundInvite(core, transaction, invite, dialog, core.LocalSideOf(transaction.Source), Describe(invite));
        core.OnInviteBegun(call);
        call.Ring();
        if (core.Receiver?.OnIncoming(call) != true)
            call.Refuse(503);
    }

    /// <summary>RFC 3891 §3: the new dialog takes the place of the one that is named.</summary>
    private void OnReplaces(SipServerTransaction transaction, SipRequest invite)
    {
        if (invite.Replaces is not { } replaces || replaces.Parameters.Get("to-tag") is not { } toTag || replaces.Parameters.Get("from-tag") is not { } fromTag)
        {
            CallLeg.Refuse(transaction, 400, "Bad Replaces");
            return;
        }
        if (core.Find(new DialogId(replaces.Value, toTag, fromTag)) is not CallLeg { IsConfirmed: true } leg || leg.Owner is not SipSession session)
        {
            CallLeg.Refuse(transaction, 481);
            return;
        }
        if (leg.IsOver || !core.Options.Transfer.AcceptReplaces)
        {
            CallLeg.Refuse(transaction, 603);
            return;
        }
        if (replaces.Parameters.Contains("early-only"))
        {
            CallLeg.Refuse(transaction, 486);
            return;
        }
        if (Dialog.OfServer(invite, transaction.LocalTag) is not { } dialog)
        {
            CallLeg.Refuse(transaction, 400, "Missing Or Bad Contact");
            return;
        }
        var successor = new CallLeg(core, dialog, session.Media, core.LocalSideOf(transaction.Source).Contact(core.Options.User), transaction.Source, leg.Account, session);
        successor.AnswerInvite(transaction, invite, agreed =>
        {
            if (agreed)
                session.Attach(successor, invite.From.Uri.ToString());
        });
    }

    private void RefuseForNow(SipServerTransaction transaction)
    {
        var response = transaction.CreateResponse(503);
        core.AddRetryAfter(response);
        transaction.Respond(response);
    }

    private CallInfo Describe(SipRequest invite)
    {
        var from = invite.From;
        var now = core.Time.GetUtcNow();
        var isAnonymous = from.Uri.DecodedUser is null or "anonymous" || from.Uri.Host.EndsWith(".invalid", StringComparison.OrdinalIgnoreCase);
        var kept = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var name in core.Options.KeepHeaders)
            if (invite.Headers.Get(name) is { } value)
                kept[SipHeaderNames.Canonical(name)] = value;
        return new CallInfo
        {
            Id = Guid.CreateVersion7(now).ToString("N"),
            Direction = CallDirection.Inbound,
            RemoteParty = isAnonymous ? "anonymous" : from.Uri.DecodedUser!,
            RemoteDisplayName = from.DisplayName,
            LocalParty = CalledUser(invite) ?? invite.To.Uri.DecodedUser ?? core.Options.User,
            ProtocolId = invite.CallId,
            Headers = kept,
            StartedAt = now,
        };
    }

    private static string? CalledUser(SipRequest request) => request.RequestUri.DecodedUser;

    private static partial class Log
    {
        [LoggerMessage(30, LogLevel.Warning, "{Source} may not call: 403. Add its network to sip.inbound.allow, or a password to sip.inbound.callers.")]
        internal static partial void Forbidden(ILogger logger, SipSource source);

        [LoggerMessage(31, LogLevel.Debug, "A response {StatusCode} from {Source} belongs to nothing; dropped.")]
        internal static partial void Stray(ILogger logger, int statusCode, SipSource source);

        [LoggerMessage(32, LogLevel.Information, "A response to {Source} did not arrive: {Detail}")]
        internal static partial void ServerFailure(ILogger logger, SipSource source, string detail);
    }
}
