using PhoneAgent.Conversation.Calls;
using PhoneAgent.Telephony.Sip.Messages;

namespace PhoneAgent.Telephony.Sip.UserAgent;

/// <summary>What happens before the answer: ringing, early media, reliable responses.</summary>
internal sealed partial class OutboundInvite
{
    private void OnProvisional(SipResponse response)
    {
        if (_isOver || response.StatusCode == 100)
            return;
        var leg = LegFor(response);
        if (leg is not null && response.Requires(Capabilities.Reliable) && response.RSeq is { } sequence && !Acknowledge(leg, response, sequence))
            return;
        if (_cancelled is not null)
            return;
        var tag = response.To.Tag ?? "";
        if (leg is not null && Capabilities.TryGetSdp(response, out _) && TakeAnswer(response, tag) is null)
            _media!.Start();
        _user.OnProgress(response.StatusCode, response.ReasonPhrase, _taken is null ? null : _media!.Audio);
    }

    /// <summary>
    /// PRACK for the next response in the order of this fork; false for one that is to be ignored: repeated, or after a gap
    /// (RFC 3262 §4).
    /// </summary>
    private bool Acknowledge(CallLeg leg, SipResponse response, uint sequence)
    {
        var known = _reliable.TryGetValue(leg.Dialog.RemoteTag, out var last);
        if (known && sequence != last + 1)
            return false;
        _reliable[leg.Dialog.RemoteTag] = sequence;
        leg.SendPrack(new SipRAck(sequence, response.CSeq.Sequence, SipMethods.Invite));
        return true;
    }

    /// <summary>
    /// Takes the session description of a fork, unless it has been taken already. Null when all is well, otherwise why not.
    /// </summary>
    private string? TakeAnswer(SipResponse response, string tag)
    {
        if (!Capabilities.TryGetSdp(response, out var sdp))
            return _taken is { } early && early.Tag == tag ? null : "the answer has no session description";
        if (_taken is { } taken && taken.Tag == tag && (taken.Sdp == sdp || !response.IsSuccess))
            return null;
        var outcome = _media!.AcceptAnswer(sdp);
        if (outcome.IsAccepted)
            _taken = (tag, sdp);
        // A 2xx that describes anew what an 18x has settled is not an answer any more (RFC 3264 §4): the first one holds.
        else if (_taken is { } settled && settled.Tag == tag)
            return null;
        return outcome.Failure;
    }

    /// <summary>The dialog of a response, by its To tag; made when it is new.</summary>
    private CallLeg? LegFor(SipResponse response)
    {
        if (response.To.Tag is not { Length: > 0 } tag)
            return null;
        if (_legs.TryGetValue(tag, out var leg))
            return leg;
        if (_legs.Count >= MaxLegs || _invite is null || _media is null || Dialog.OfClient(_invite, response) is not { } dialog)
            return null;
        leg = new CallLeg(_core, dialog, _media, _invite.Headers.Get(SipHeaderNames.Contact)!, null, Account, this);
        _legs.Add(tag, leg);
        return leg;
    }
}
