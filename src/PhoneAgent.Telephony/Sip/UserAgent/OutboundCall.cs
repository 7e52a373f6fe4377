using PhoneAgent.Conversation.Calls;
using PhoneAgent.Telephony.Sip.Transport;

namespace PhoneAgent.Telephony.Sip.UserAgent;

/// <summary>A call that the application places: its media, its ring time-out, its result. Used on the SIP loop.</summary>
internal sealed class OutboundCall : IOutboundInviteUser
{
    private readonly UserAgentCore _core;
    private readonly PlaceCallRequest _request;
    private readonly CallPlan _plan;
    private readonly Action<SipSession?, CallEnd?> _onDone;
    private readonly OutboundInvite _invite;
    private readonly string _id;
    private readonly DateTimeOffset _startedAt;
    private ICallMedia? _media;
    private SipTimer? _ringTimeout;

    internal OutboundCall(UserAgentCore core, PlaceCallRequest request, CallPlan plan, CallPermit permit, Action<SipSession?, CallEnd?> onDone)
    {
        (_core, _request, _plan, _onDone) = (core, request, plan, onDone);
        _startedAt = core.Time.GetUtcNow();
        _id = request.Id ?? Guid.CreateVersion7(_startedAt).ToString("N");
        _invite = new OutboundInvite(core, plan, permit, this);
    }

    internal void Start()
    {
        _core.OnPlacing(this);
        _ringTimeout = _core.After(_request.RingTimeout, () => _invite.Cancel(
            new CallEnd(CallEndCause.NoAnswer, EndedBy.Agent, null, $"no answer within {_request.RingTimeout.TotalSeconds:0} s")));
        _invite.Start();
    }

    internal void Cancel(CallEnd end) => _invite.Cancel(end);

    ICallMedia? IOutboundInviteUser.MediaFor(LocalSide local)
    {
        try
        {
            return _media = _core.Media.Create(_id, local.MediaAddress, local.AdvertisedAddress);
        }
        catch (PhoneLineException e)
        {
            _core.LogNoMedia(_id, e);
            return null;
        }
    }

    void IOutboundInviteUser.OnProgress(int statusCode, string reason, ICallAudio? earlyMedia) =>
        _request.Progress?.Report(new CallProgress(statusCode, earlyMedia));

    void IOutboundInviteUser.OnAnswered(CallLeg leg)
    {
        _ringTimeout?.Cancel();
        var info = new CallInfo
        {
            Id = _id,
            Direction = CallDirection.Outbound,
            RemoteParty = _plan.Target.DecodedUser ?? _plan.Target.Host,
            LocalParty = _plan.User,
            ProtocolId = _invite.CallId,
            StartedAt = _startedAt,
        };
        var session = new SipSession(_core, info, _media!);
        _core.OnSessionBegun(session);
        session.Attach(leg, movedTo: null);
        _core.OnPlaced(this);
        _onDone(session, null);
    }

    void IOutboundInviteUser.OnFailed(CallEnd failure)
    {
        _ringTimeout?.Cancel();
        if (_media is { } media)
            _core.DisposeInBackground(media);
        _core.OnPlaced(this);
        _onDone(null, failure);
    }
}
