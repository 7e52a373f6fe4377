using PhoneAgent.Conversation.Calls;
using PhoneAgent.Telephony.Sip.UserAgent;
using SIPSorcery.SIP;
using SIPSorcery.SIP.App;

namespace PhoneAgent.Telephony.SipSorcery;

/// <summary>A call that the application places: its media, its ring time-out, its result.</summary>
internal static class SorceryOutgoingCall
{
    internal static async Task<SipInviteResult> PlaceAsync(SorceryCore core, PlaceCallRequest request, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return SipInviteResult.Failed(CallEndCause.Cancelled, "cancelled before it began");
        if (core.IsDraining)
            return SipInviteResult.Failed(CallEndCause.ShuttingDown, "the line is draining");
        if (core.Targets.Plan(request) is not { } plan)
            return SipInviteResult.Failed(CallEndCause.NotFound, "the target is neither a SIP URI nor a number that an account's domain completes");
        if (!core.TryBeginCall())
            return SipInviteResult.Refused(CallEndCause.Failed, $"all {core.Options.MaxCalls} calls of sip.max_calls are taken");
        CallPermit? permit = null;
        SipInviteResult? result = null;
        try
        {
            permit = core.Gate.TryEnter(plan.Target.ToString(), TargetChosenBy.Us, out var refusal);
            result = permit is null
                ? SipInviteResult.Refused(CallEndCause.NotAllowed, refusal!)
                : await PlaceAsync(core, request, plan, permit, cancellationToken).ConfigureAwait(false);
            return result;
        }
        finally
        {
            if (result?.Session is null)
            {
                permit?.Dispose();
                core.EndCall();
            }
        }
    }

    private static async Task<SipInviteResult> PlaceAsync(SorceryCore core, PlaceCallRequest request, CallPlan plan, CallPermit permit, CancellationToken cancellationToken)
    {
        var now = core.Time.GetUtcNow();
        var info = new CallInfo
        {
            Id = request.Id ?? Guid.CreateVersion7(now).ToString("N"),
            Direction = CallDirection.Outbound,
            RemoteParty = plan.Target.DecodedUser ?? plan.Target.Host,
            LocalParty = plan.User,
            ProtocolId = CallProperties.CreateNewCallId(),
            StartedAt = now,
        };
        if (await FindAsync(core, plan).ConfigureAwait(false) is not { } peer)
            return new SipInviteResult(null, new CallEnd(CallEndCause.Failed, EndedBy.Network, 503, $"no way to {plan.Target.Host}: the name does not resolve or no listener of that transport exists"));
        ICallMedia media;
        try
        {
            var (address, advertised) = core.LocalSide(peer);
            media = core.Media.Create(info.Id, address, advertised);
        }
        catch (PhoneLineException e)
        {
            SorceryLog.NoMedia(core.Log, info.Id, e);
            return SipInviteResult.Failed(CallEndCause.Failed, "no media: all ports of the range are taken");
        }
        var session = new SorcerySession(core, info, media);
        var invite = new SorceryInvite(core, session, plan, permit, info.ProtocolId);
        var placing = invite.RunAsync(movedTo: null, (status, early) => request.Progress?.Report(new CallProgress(status, early)));
        CallEnd? failure;
        using (cancellationToken.Register(() => invite.Cancel(new CallEnd(CallEndCause.Cancelled, EndedBy.Agent))))
        using (core.Time.CreateTimer(_ => invite.Cancel(new CallEnd(
            CallEndCause.NoAnswer, EndedBy.Agent, null, $"no answer within {request.RingTimeout.TotalSeconds:0} s")), null, request.RingTimeout, Timeout.InfiniteTimeSpan))
            failure = await placing.ConfigureAwait(false);
        if (failure is null)
            return new SipInviteResult(session, null);
        await media.DisposeAsync().ConfigureAwait(false);
        return new SipInviteResult(null, failure);
    }

    /// <summary>Where the INVITE goes first; null when the name does not resolve, or we have no channel for the transport.</summary>
    internal static async Task<SIPEndPoint?> FindAsync(SorceryCore core, CallPlan plan)
    {
        var hop = plan.Routes is [var route, ..] ? SIPURI.ParseSIPURI(route.Trim('<', '>')) : SIPURI.ParseSIPURI(plan.Target.ToString());
        var found = await core.Transport.ResolveSIPUriAsync(hop).ConfigureAwait(false);
        // A name that does not resolve is an end point without an address.
        return found?.Address is null || found.Address.Equals(System.Net.IPAddress.Any) || !core.Transport.GetSIPChannels().Any(channel => channel.IsProtocolSupported(found.Protocol))
            ? null : found;
    }
}
