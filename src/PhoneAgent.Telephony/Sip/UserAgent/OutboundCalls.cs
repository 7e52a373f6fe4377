using PhoneAgent.Conversation.Calls;

namespace PhoneAgent.Telephony.Sip.UserAgent;

/// <summary>Places calls from any thread.</summary>
internal static class OutboundCalls
{
    internal static async Task<SipInviteResult> PlaceAsync(UserAgentCore core, PlaceCallRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (cancellationToken.IsCancellationRequested)
            return SipInviteResult.Failed(CallEndCause.Cancelled, "cancelled before it began");
        RequestHeaders.Check(request.Headers, nameof(request));
        OutboundCall? call = null;
        // A cancelled call still has a result: CANCEL is sent, and the wait goes on until the INVITE has ended.
        var placing = core.AskAsync<SipInviteResult>(
            done => call = Begin(core, request, result => done(result)),
            whenClosed: SipInviteResult.Failed(CallEndCause.ShuttingDown, "the line is closed"), CancellationToken.None);
        using (cancellationToken.Register(() => core.Post(() => call?.Cancel(new CallEnd(CallEndCause.Cancelled, EndedBy.Agent)))))
            return await placing.ConfigureAwait(false);
    }

    private static OutboundCall? Begin(UserAgentCore core, PlaceCallRequest request, Action<SipInviteResult> onDone)
    {
        if (core.IsDraining)
        {
            onDone(SipInviteResult.Failed(CallEndCause.ShuttingDown, "the line is draining"));
            return null;
        }
        if (core.ActiveCalls >= core.Options.MaxCalls)
        {
            onDone(SipInviteResult.Refused(CallEndCause.Failed, $"all {core.Options.MaxCalls} calls of sip.max_calls are taken"));
            return null;
        }
        if (core.Targets.Plan(request) is not { } plan)
        {
            onDone(SipInviteResult.Failed(CallEndCause.NotFound, "the target is neither a SIP URI nor a number that an account's domain completes"));
            return null;
        }
        if (core.Gate.TryEnter(plan.Target.ToString(), TargetChosenBy.Us, out var refusal) is not { } permit)
        {
            onDone(SipInviteResult.Refused(CallEndCause.NotAllowed, refusal!));
            return null;
        }
        var call = new OutboundCall(core, request, plan, permit, (session, failure) => onDone(new SipInviteResult(session, failure)));
        call.Start();
        return call;
    }
}
