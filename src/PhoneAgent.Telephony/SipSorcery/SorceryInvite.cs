using PhoneAgent.Conversation.Calls;
using PhoneAgent.Telephony.Sip.Messages;
using PhoneAgent.Telephony.Sip.Transfer;
using PhoneAgent.Telephony.Sip.UserAgent;
using SIPSorcery.Net;
using SIPSorcery.SIP;
using SIPSorcery.SIP.App;

namespace PhoneAgent.Telephony.SipSorcery;

/// <summary>One INVITE of ours, up to the dialog that it makes under a session, or to its failure. Thread-safe.</summary>
internal sealed class SorceryInvite
{
    private readonly SorceryCore _core;
    private readonly SorcerySession _session;
    private readonly CallPlan _plan;
    private readonly string _callId;
    private readonly SIPUserAgent _userAgent;
    private readonly OurMediaSession _media;
    private readonly SorceryLeg _leg;
    private readonly TaskCompletionSource<CallEnd?> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private CallEnd? _cancelled;
    private bool _isSent;
    private bool _isAnswered;

    /// <param name="permit">For the plan's target. It is the dialog's when there is one; whoever made the invite ends it otherwise.</param>
    internal SorceryInvite(SorceryCore core, SorcerySession session, CallPlan plan, CallPermit permit, string callId)
    {
        (_core, _session, _plan, _callId) = (core, session, plan, callId);
        _userAgent = SorceryLeg.Detached(core);
        _media = new OurMediaSession(session.Media, session.MediaGate);
        _leg = new SorceryLeg(core, session, _userAgent, null, plan.Account) { Permit = permit };
    }

    internal SorceryLeg Leg => _leg;

    /// <summary>Null when answered; the leg is then under the session unless the session went on without it.</summary>
    /// <param name="movedTo">The target of a transfer, whose transferor is told of the success before its dialog ends; null for a call of its own.</param>
    internal async Task<CallEnd?> RunAsync(string? movedTo, Action<int, ICallAudio?> onProgress)
    {
        _userAgent.ClientCallTrying += (_, response) => OnProgress(response);
        _userAgent.ClientCallRinging += (_, response) => OnProgress(response);
        _userAgent.ClientCallAnswered += (_, _) => OnAnswered(movedTo);
        _userAgent.ClientCallFailed += (_, message, response) => OnFailed(message, response);
        _core.Register(_callId, "", _leg);
        try
        {
            await _userAgent.InitiateCallAsync(Describe(), _media).ConfigureAwait(false);
            CallEnd? cancelled;
            lock (_lock)
            {
                _isSent = true;
                cancelled = _cancelled;
            }
            if (cancelled is not null)
                _userAgent.Cancel();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            _done.TrySetResult(new CallEnd(CallEndCause.Failed, EndedBy.Network, 503, e.Message));
        }
        var failure = await _done.Task.ConfigureAwait(false);
        if (failure is not null)
            _core.Unregister(_leg);
        return failure;

        void OnProgress(SIPResponse response)
        {
            if (response.StatusCode > 100)
                onProgress(response.StatusCode, _media.IsAgreed ? _session.Media.Audio : null);
        }
    }

    /// <summary>CANCEL; an answer that crosses it is hung up by the library.</summary>
    internal void Cancel(CallEnd end)
    {
        lock (_lock)
        {
            if (_cancelled is not null || _isAnswered || _done.Task.IsCompleted)
                return;
            _cancelled = end;
            if (!_isSent)
                return;
        }
        _userAgent.Cancel();
    }

    private SIPCallDescriptor Describe()
    {
        var target = _plan.Target.ToString();
        // 0.0.0.0 tells the transport to write in our address of the way that it takes.
        var from = _plan.From ?? new SipNameAddress(SipUri.Create(_plan.User, "0.0.0.0")) { DisplayName = _plan.DisplayName };
        List<string> headers = [.. RequestHeaders.Permitted(_plan.Headers).Select(header => $"{header.Key}: {header.Value}")];
        if (_plan.Replaces is { } replaces)
        {
            headers.Add($"{SipHeaderNames.Replaces}: {replaces}");
            headers.Add($"{SipHeaderNames.Require}: {Capabilities.Replaces}");
        }
        if (_plan.ReferredBy is { } referredBy)
            headers.Add($"{SipHeaderNames.ReferredBy}: {referredBy}");
        return new SIPCallDescriptor(
            _plan.Account?.User ?? _core.Options.User, _plan.Account?.Password, target, from.ToString(), $"<{target}>",
            _plan.Routes is [var route, ..] ? route : null, headers, _plan.Account?.AuthUser ?? _plan.Account?.User,
            SIPCallDirection.Out, SDP.SDP_MIME_CONTENTTYPE, null, null)
        {
            CallId = _callId,
        };
    }

    private void OnAnswered(string? movedTo)
    {
        CallEnd? cancelled;
        lock (_lock)
        {
            cancelled = _cancelled;
            // From here on a cancellation comes too late: the session takes the dialog, and counts it.
            _isAnswered = cancelled is null && !_done.Task.IsCompleted;
        }
        if (_isAnswered)
        {
            if (movedTo is not null)
                _session.Leg?.Notify(new SipFrag(200, "OK"));
            _session.Attach(_leg, movedTo);
            _done.TrySetResult(null);
            return;
        }
        _ = _leg.EndAsync(new CallEnd(CallEndCause.Cancelled, EndedBy.Agent));
        _done.TrySetResult(cancelled);
    }

    private void OnFailed(string message, SIPResponse? response)
    {
        CallEnd? cancelled;
        lock (_lock)
            cancelled = _cancelled;
        _done.TrySetResult(cancelled ?? response switch
        {
            null => new CallEnd(CallEndCause.Failed, EndedBy.Network, message == "TimedOut" ? 408 : 503, message),
            { StatusCode: >= 200 and < 300 } => new CallEnd(CallEndCause.NotAcceptable, EndedBy.Agent, 488, _media.Refusal?.Failure ?? message),
            _ => EndCauses.FromStatus(response.StatusCode, response.ReasonPhrase),
        });
    }
}
