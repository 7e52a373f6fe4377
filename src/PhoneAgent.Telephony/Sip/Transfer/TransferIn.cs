using PhoneAgent.Conversation.Calls;
using PhoneAgent.Telephony.Sip.Messages;
using PhoneAgent.Telephony.Sip.Transactions;
using PhoneAgent.Telephony.Sip.UserAgent;

namespace PhoneAgent.Telephony.Sip.Transfer;

/// <summary>
/// A REFER of the peer that we follow (RFC 3515, RFC 5589): the new call is placed with the media of the old one, its
/// progress is notified, and on success the session goes on with the new peer.
/// </summary>
internal sealed class TransferIn : IOutboundInviteUser
{
    private readonly UserAgentCore _core;
    private readonly SipSession _session;
    private readonly CallLeg _transferor;
    private readonly string _target;
    private OutboundInvite? _invite;

    private TransferIn(UserAgentCore core, SipSession session, CallLeg transferor, string target) =>
        (_core, _session, _transferor, _target) = (core, session, transferor, target);

    internal bool IsRunning { get; private set; }

    /// <summary>Answers the REFER, and begins the call that it asks for. Null when refused.</summary>
    internal static TransferIn? Begin(UserAgentCore core, SipSession session, CallLeg leg, SipServerTransaction transaction, SipRequest refer)
    {
        if (refer.Headers.GetAll(SipHeaderNames.ReferTo).Count() != 1 || refer.ReferTo is not { } referTo)
        {
            CallLeg.Refuse(transaction, 400, "One Refer-To Is Needed");
            return null;
        }
        var method = referTo.Uri.Parameters.Get("method") ?? SipMethods.Invite;
        var referredBy = refer.Headers.Get(SipHeaderNames.ReferredBy) ?? $"<{refer.From.Uri}>";
        if (method != SipMethods.Invite || core.Targets.Plan(referTo.Uri, leg.Account, referredBy) is not { } plan)
        {
            CallLeg.Refuse(transaction, 603);
            return null;
        }
        if (core.Gate.TryEnter(plan.Target.ToString(), TargetChosenBy.Peer, out var refusal) is not { } permit)
        {
            CallLeg.Refuse(transaction, 403);
            session.OnReferRefused(plan.Target.ToString(), refusal!);
            return null;
        }
        var accepted = transaction.CreateResponse(202);
        accepted.Headers.Set(SipHeaderNames.Contact, leg.Contact);
        transaction.Respond(accepted);

        var transfer = new TransferIn(core, session, leg, plan.Target.ToString()) { IsRunning = true };
        leg.Notify(new SipFrag(100, "Trying"));
        transfer._invite = new OutboundInvite(core, plan, permit, transfer);
        transfer._invite.Start();
        return transfer;
    }

    /// <summary>The session ends meanwhile.</summary>
    internal void Abandon()
    {
        if (!IsRunning)
            return;
        IsRunning = false;
        _invite?.Cancel(new CallEnd(CallEndCause.Cancelled, EndedBy.Agent));
    }

    ICallMedia? IOutboundInviteUser.MediaFor(LocalSide local) => _session.Media;

    void IOutboundInviteUser.OnProgress(int statusCode, string reason, ICallAudio? earlyMedia) => _transferor.Notify(new SipFrag(statusCode, reason));

    void IOutboundInviteUser.OnAnswered(CallLeg leg)
    {
        if (!IsRunning)
        {
            leg.End(new CallEnd(CallEndCause.Cancelled, EndedBy.Agent));
            return;
        }
        IsRunning = false;
        _transferor.Notify(new SipFrag(200, "OK"));
        _session.Attach(leg, _target);
    }

    void IOutboundInviteUser.OnFailed(CallEnd failure)
    {
        if (!IsRunning)
            return;
        IsRunning = false;
        _session.Media.RollBack();
        _transferor.Notify(new SipFrag(failure.StatusCode ?? 503, failure.Reason ?? ""));
        _session.OnTransferFailed();
    }
}
