using PhoneAgent.Conversation.Calls;
using PhoneAgent.Telephony.Sip.Messages;
using PhoneAgent.Telephony.Sip.Transport;

namespace PhoneAgent.Telephony.Sip.UserAgent;

/// <summary>Hears how an outbound INVITE goes. On the loop.</summary>
internal interface IOutboundInviteUser
{
    /// <summary>Our media for this call, once the way to the peer is known. Null: there is none, the call fails.</summary>
    ICallMedia? MediaFor(LocalSide local);

    void OnProgress(int statusCode, string reason, ICallAudio? earlyMedia);

    /// <summary>Answered, with media agreed.</summary>
    void OnAnswered(CallLeg leg);

    void OnFailed(CallEnd failure);
}

/// <summary>
/// An INVITE of ours until its end (RFC 3261 §13.2): provisional responses and early media, forks, credentials,
/// redirections, CANCEL. Used on the SIP loop only.
/// </summary>
internal sealed partial class OutboundInvite : ICallLegOwner
{
    private const int MaxRedirections = 5;
    private const int MaxLegs = 16;

    private readonly UserAgentCore _core;
    private readonly CallPlan _plan;
    private readonly IOutboundInviteUser _user;
    private readonly string _callId = SipIds.NewCallId();
    private readonly string _localTag = SipIds.NewTag();
    private readonly Dictionary<string, CallLeg> _legs = [];
    private readonly Dictionary<string, uint> _reliable = [];
    private readonly HashSet<string> _visited = [];
    private readonly Queue<SipUri> _alternatives = new();
    private CallPermit _permit;
    private uint _sequence;
    private int _redirections;
    private int _minimumSe;
    private SipUri _target;
    private LocalSide? _local;
    private ICallMedia? _media;
    private IClientExchange? _exchange;
    private SipRequest? _invite;
    private LateAnswers? _lateAnswers;
    private CallEnd? _cancelled;
    private (string Tag, string Sdp)? _taken;
    private bool _isOver;

    /// <param name="permit">For the plan's target. Ours from here on: it ends with the call, or when another target takes its place.</param>
    internal OutboundInvite(UserAgentCore core, CallPlan plan, CallPermit permit, IOutboundInviteUser user)
    {
        (_core, _plan, _permit, _user, _target) = (core, plan, permit, user, plan.Target);
        _visited.Add(plan.Target.ToString());
    }

    internal string CallId => _callId;

    internal void Start() => SendInvite();

    /// <summary>Gives up: CANCEL, or BYE when the answer is quicker. <paramref name="end"/> becomes the failure.</summary>
    internal void Cancel(CallEnd end)
    {
        if (_isOver || _cancelled is not null)
            return;
        _cancelled = end;
        if (_exchange is null)
            Fail(end);
        else
            _exchange.Cancel();
    }

    private SipAccountOptions? Account =>
        _redirections == 0 || string.Equals(_target.Host, _plan.Account?.Domain, StringComparison.OrdinalIgnoreCase) ? _plan.Account : null;

    private void SendInvite()
    {
        var invite = new SipRequest(SipMethods.Invite, _target) { MaxForwards = 70 };
        if (_redirections == 0)
            foreach (var route in _plan.Routes)
                invite.Headers.Add(SipHeaderNames.Route, route);
        _core.Locate(NextHop(invite), local =>
        {
            if (_isOver)
                return;
            if (local is null)
                TryNextTarget(new CallEnd(CallEndCause.Failed, EndedBy.Network, 503, $"no way to {_target.Host}: the name does not resolve or no listener of that transport exists"));
            else
                SendVia(local, invite);
        });
    }

    private void SendVia(LocalSide local, SipRequest invite)
    {
        _local ??= local;
        _media ??= _user.MediaFor(local);
        if (_media is null)
        {
            Fail(new CallEnd(CallEndCause.Failed, EndedBy.Agent, null, "no media: all ports of the range are taken"));
            return;
        }
        var from = _plan.From ?? new SipNameAddress(SipUri.Create(_plan.User, local.Host)) { DisplayName = _plan.DisplayName };
        invite.From = from.WithTag(_localTag);
        invite.To = new SipNameAddress(_plan.Target);
        invite.CallId = _callId;
        invite.CSeq = new SipCSeq(++_sequence, SipMethods.Invite);
        invite.Headers.Add(SipHeaderNames.Contact, local.Contact(_plan.Account?.User ?? _core.Options.User));
        Capabilities.Describe(invite);
        CallLeg.AskForSessionTimer(invite, _core.Options.Timers, _minimumSe, Refresher.Unspecified);
        if (_plan.Replaces is { } replaces)
        {
            invite.Headers.Add(SipHeaderNames.Replaces, replaces);
            invite.Headers.Add(SipHeaderNames.Require, Capabilities.Replaces);
        }
        if (_plan.ReferredBy is { } referredBy)
            invite.Headers.Add(SipHeaderNames.ReferredBy, referredBy);
        RequestHeaders.AddTo(invite, _plan.Headers);
        if (_sequence > 1)
            _media.RollBack();
        invite.SetBody(Capabilities.SdpType, _media.CreateOffer(MediaDirection.SendRecv));
        _invite = invite;
        if (_lateAnswers is null)
            _core.Remember(_lateAnswers = new LateAnswers(_core, invite, Account));
        _exchange = DigestExchange.Send(_core, invite, NextHop(invite), null, Account, () => ++_sequence, OnResponse);
    }

    private static SipUri NextHop(SipRequest invite) => invite.Routes is [var route, ..] ? route.Uri : invite.RequestUri;

    private void OnResponse(SipResponse response)
    {
        if (response.IsProvisional)
            OnProvisional(response);
        else if (response.IsSuccess)
            OnSuccess(response);
        else if (!_isOver)
            OnRefused(response);
    }

    private void OnSuccess(SipResponse response)
    {
        var tag = response.To.Tag ?? "";
        if (LegFor(response) is not { } leg)
        {
            if (!_isOver)
                Fail(new CallEnd(CallEndCause.Failed, EndedBy.Network, response.StatusCode, "the answer has no usable Contact or tag"));
            return;
        }
        var isRepeated = leg.IsConfirmed;
        if (!isRepeated)
        {
            leg.Dialog.Confirm(response);
            leg.Confirm(response);
        }
        leg.Acknowledge(response);
        if (isRepeated)
            return;
        if (_isOver || _cancelled is not null)
        {
            // Another fork was quicker, or CANCEL was too late.
            leg.End(_cancelled ?? new CallEnd(CallEndCause.Cancelled, EndedBy.Agent));
            if (!_isOver)
                Fail(_cancelled!);
            return;
        }
        if (TakeAnswer(response, tag) is { } refusal)
        {
            leg.End(new CallEnd(CallEndCause.NotAcceptable, EndedBy.Agent, 488, refusal));
            Fail(new CallEnd(CallEndCause.NotAcceptable, EndedBy.Agent, 488, refusal));
            return;
        }
        Win(leg, response);
    }

    private void Win(CallLeg leg, SipResponse response)
    {
        Conclude();
        AbandonLegs(except: leg);
        leg.TakeSessionTimer(response);
        leg.Permit = _permit;
        _media!.Start();
        _user.OnAnswered(leg);
    }

    private void OnRefused(SipResponse response)
    {
        if (_cancelled is { } cancelled)
            Fail(cancelled);
        else if (response.StatusCode is >= 300 and < 400)
            Redirect(response);
        else if (response.StatusCode == 422 && response.MinSE?.Seconds is { } seconds && seconds > _minimumSe && seconds <= 86_400)
        {
            _minimumSe = (int)seconds;
            SendInvite();
        }
        else
            TryNextTarget(EndCauses.FromStatus(response.StatusCode, response.ReasonPhrase));
    }

    /// <summary>RFC 3261 §8.1.3.4: the Contacts are tried one after the other, none twice.</summary>
    private void Redirect(SipResponse response)
    {
        foreach (var contact in response.Contacts.OrderByDescending(c => Quality(c)))
            if (contact.Uri.IsSip && _visited.Count <= 2 * MaxRedirections && _visited.Add((contact.Uri with { HeadersText = null }).ToString()))
                _alternatives.Enqueue(contact.Uri with { HeadersText = null, Parameters = contact.Uri.Parameters.Without("method") });
        TryNextTarget(EndCauses.FromStatus(response.StatusCode, response.ReasonPhrase));
    }

    private void TryNextTarget(CallEnd otherwise)
    {
        while (_cancelled is null && otherwise.StatusCode < 600 && _redirections < MaxRedirections && _alternatives.TryDequeue(out var next))
        {
            _redirections++;
            // The call to the one before is over: it must not stand in the way of this one.
            _permit.Dispose();
            if (_core.Gate.TryEnter(next.ToString(), TargetChosenBy.Peer, out var refusal) is not { } permit)
            {
                otherwise = new CallEnd(CallEndCause.NotAllowed, EndedBy.Agent, otherwise.StatusCode, $"redirected to where no call may go: {refusal}");
                continue;
            }
            _permit = permit;
            _target = next;
            SendInvite();
            return;
        }
        Fail(_cancelled ?? otherwise);
    }

    private static double Quality(SipNameAddress contact) =>
        double.TryParse(contact.Parameters.Get("q"), System.Globalization.NumberStyles.AllowDecimalPoint,
            System.Globalization.CultureInfo.InvariantCulture, out var q) ? q : 1;

    private void Fail(CallEnd failure)
    {
        if (_isOver)
            return;
        Conclude();
        AbandonLegs(except: null);
        _permit.Dispose();
        _user.OnFailed(failure);
    }

    private void Conclude()
    {
        _isOver = true;
        if (_lateAnswers is not null)
            _core.ForgetLater(_lateAnswers);
    }

    /// <summary>Forgets the other forks; should one answer yet, it gets a dialog again, and a BYE.</summary>
    private void AbandonLegs(CallLeg? except)
    {
        foreach (var (tag, leg) in _legs.ToArray())
        {
            if (leg == except || leg.IsConfirmed)
                continue;
            leg.Abandon();
            _legs.Remove(tag);
        }
    }

    void ICallLegOwner.OnInfoDtmf(char digit, TimeSpan duration)
    {
        // Keys before the answer mean nothing to anybody.
    }

    void ICallLegOwner.OnRefer(CallLeg leg, Transactions.SipServerTransaction transaction, SipRequest request) => CallLeg.Refuse(transaction, 403);

    void ICallLegOwner.OnEnded(CallLeg leg, CallEnd end)
    {
        // A fork that lost.
    }
}
