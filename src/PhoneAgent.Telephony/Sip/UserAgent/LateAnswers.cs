using PhoneAgent.Telephony.Sip.Messages;

namespace PhoneAgent.Telephony.Sip.UserAgent;

/// <summary>
/// What is kept of an INVITE of ours for the 2xx that come when its transaction is over: repeated, of another fork
/// (RFC 3261 §16.7), or after we gave up. Each needs its ACK, and a BYE unless it belongs to the running call (§13.2.2.4).
/// Light, because it outlives its call by minutes. Used on the SIP loop only.
/// </summary>
internal sealed class LateAnswers(UserAgentCore core, SipRequest invite, SipAccountOptions? account)
{
    private const int MaxForks = 16;

    private readonly Dictionary<string, (SipRequest Ack, string Branch, SipUri NextHop)> _ended = [];

    internal string CallId => invite.CallId;

    internal string LocalTag => invite.From.Tag ?? "";

    internal void OnSuccess(SipResponse success)
    {
        if (success.To.Tag is not { Length: > 0 } tag)
            return;
        if (core.Find(new DialogId(CallId, LocalTag, tag)) is CallLeg leg)
            leg.Acknowledge(success);
        else if (_ended.TryGetValue(tag, out var known))
            core.SendAck(known.Ack, known.Branch, known.NextHop, null);
        else if (_ended.Count < MaxForks && Dialog.OfClient(invite, success) is { } dialog)
            End(dialog, tag, success);
    }

    private void End(Dialog dialog, string tag, SipResponse success)
    {
        var ack = dialog.CreateAck(success.CSeq.Sequence);
        var branch = SipIds.NewBranch();
        _ended.Add(tag, (ack, branch, dialog.NextHop));
        core.SendAck(ack, branch, dialog.NextHop, null);
        DigestExchange.Send(core, dialog.CreateRequest(SipMethods.Bye), dialog.NextHop, null, account, dialog.NextSequence, static _ => { });
    }
}
