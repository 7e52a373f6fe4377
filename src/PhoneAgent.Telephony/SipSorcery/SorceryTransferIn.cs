using PhoneAgent.Conversation.Calls;
using PhoneAgent.Telephony.Sip.Messages;
using PhoneAgent.Telephony.Sip.Transfer;
using PhoneAgent.Telephony.Sip.UserAgent;
using SIPSorcery.SIP;

namespace PhoneAgent.Telephony.SipSorcery;

/// <summary>
/// A REFER of the peer that we follow: the new call is placed with the media of the old one, and its progress is notified,
/// which the library's own following does not do.
/// </summary>
internal sealed class SorceryTransferIn
{
    private readonly SorceryCore _core;
    private readonly SorcerySession _session;
    private readonly SorceryLeg _transferor;
    private readonly SorceryInvite _invite;
    private readonly string _target;
    private readonly CallPermit _permit;
    private volatile bool _isRunning = true;

    private SorceryTransferIn(SorceryCore core, SorcerySession session, SorceryLeg transferor, CallPlan plan, CallPermit permit)
    {
        (_core, _session, _transferor, _target, _permit) = (core, session, transferor, plan.Target.ToString(), permit);
        _invite = new SorceryInvite(core, session, plan, permit, CallProperties.CreateNewCallId());
    }

    internal bool IsRunning => _isRunning;

    /// <summary>Answers the REFER, and begins the call that it asks for. Null when refused.</summary>
    internal static SorceryTransferIn? Begin(SorceryCore core, SorcerySession session, SorceryLeg leg, SIPRequest refer)
    {
        if (!SipNameAddress.TryParse(refer.Header.ReferTo, out var referTo))
        {
            core.Respond(refer, 400, "One Refer-To Is Needed");
            return null;
        }
        var method = referTo.Uri.Parameters.Get("method") ?? SipMethods.Invite;
        var referredBy = refer.Header.ReferredBy ?? $"<{refer.Header.From.FromURI}>";
        if (method != SipMethods.Invite || core.Targets.Plan(referTo.Uri, leg.Account, referredBy) is not { } plan)
        {
            core.Respond(refer, 603);
            return null;
        }
        if (core.Gate.TryEnter(plan.Target.ToString(), TargetChosenBy.Peer, out var refusal) is not { } permit)
        {
            core.Respond(refer, 403);
            session.OnReferRefused(plan.Target.ToString(), refusal!);
            return null;
        }
        core.Respond(refer, 202, describe: response => response.Header.Contact = SorceryCore.Contact(core.Options.User));
        var transfer = new SorceryTransferIn(core, session, leg, plan, permit);
        leg.Notify(new SipFrag(100, "Trying"));
        _ = transfer.RunAsync(plan);
        return transfer;
    }

    /// <summary>The session ends meanwhile.</summary>
    internal void Abandon()
    {
        if (!_isRunning)
            return;
        _isRunning = false;
        _invite.Cancel(new CallEnd(CallEndCause.Cancelled, EndedBy.Agent));
    }

    private async Task RunAsync(CallPlan plan)
    {
        CallEnd? failure;
        try
        {
            failure = await SorceryOutgoingCall.FindAsync(_core, plan).ConfigureAwait(false) is null
                ? new CallEnd(CallEndCause.Failed, EndedBy.Network, 503, "no way to the target")
                : await _invite.RunAsync(_target, (status, _) => _transferor.Notify(new SipFrag(status, SipStatus.ReasonPhrase(status)))).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Nobody awaits this, and the transferor waits for the end.
            failure = new CallEnd(CallEndCause.Failed, EndedBy.Network, 503, e.Message);
        }
        if (failure is not null)
            _permit.Dispose();
        if (!_isRunning)
            return;
        _isRunning = false;
        if (failure is not null)
        {
            lock (_session.MediaGate)
                _session.Media.RollBack();
            _transferor.Notify(new SipFrag(failure.StatusCode ?? 503, failure.Reason ?? ""));
        }
        _session.OnTransferDone();
    }
}
