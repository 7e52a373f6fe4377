using System.Globalization;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Telephony.Sip.Messages;
using PhoneAgent.Telephony.Sip.Transport;

namespace PhoneAgent.Telephony.Sip.UserAgent;

/// <summary>RFC 4028: a session that nobody refreshes is over.</summary>
internal sealed partial class CallLeg
{
    private SessionTimerTerms? _sessionTimer;
    private SipTimer? _sessionTimerRun;
    private int _minimumSe;

    /// <summary>Asks for a session timer in a request of ours.</summary>
    internal static void AskForSessionTimer(SipRequest request, SipTimingOptions timers, int minimumSe, Refresher refresher)
    {
        if (timers.SessionExpiresSeconds == 0)
            return;
        var seconds = Math.Max(timers.SessionExpiresSeconds, minimumSe);
        request.Headers.Set(SipHeaderNames.SessionExpires, new SessionExpires(seconds, refresher).ToString());
        var minimum = Math.Max(timers.MinSessionExpiresSeconds, minimumSe);
        if (minimum > 90)
            request.Headers.Set(SipHeaderNames.MinSE, minimum.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>A refusal of a Session-Expires that is too short, or null.</summary>
    internal static int? TooSmallInterval(SipRequest request, SipTimingOptions timers) =>
        SessionTimerNegotiation.IsTooSmall(Asked(request), request.Supports(Capabilities.Timer), timers.MinSessionExpiresSeconds)
            ? timers.MinSessionExpiresSeconds : null;

    /// <summary>Puts our part of the negotiation into a 2xx, and runs the timer that was agreed.</summary>
    private void AnswerSessionTimer(SipRequest request, SipResponse response)
    {
        var peerSupports = request.Supports(Capabilities.Timer);
        var minimum = (int)Math.Min(request.MinSE?.Seconds ?? 0, 86_400);
        var agreed = SessionTimerNegotiation.Answer(Asked(request), peerSupports, minimum, _signalling.Options.Timers.SessionExpiresSeconds);
        if (agreed is not { } expires)
        {
            StopSessionTimer();
            return;
        }
        response.Headers.Set(SipHeaderNames.SessionExpires, expires.ToString());
        if (peerSupports)
            response.Headers.Set(SipHeaderNames.Require, Capabilities.Timer);
        RunSessionTimer(SessionTimerNegotiation.Terms(expires, weAreUac: false));
    }

    /// <summary>Takes what the 2xx to a request of ours says. Without Session-Expires there is no timer.</summary>
    internal void TakeSessionTimer(SipResponse response)
    {
        if (Asked(response) is { } expires && expires.Seconds > 0)
            RunSessionTimer(SessionTimerNegotiation.Terms(expires, weAreUac: true));
        else
            StopSessionTimer();
    }

    private void RunSessionTimer(SessionTimerTerms terms)
    {
        StopSessionTimer();
        if (_isOver)
            return;
        _sessionTimer = terms;
        _sessionTimerRun = _signalling.After(terms.ActAfter, terms.WeRefresh ? Refresh : Expire);
    }

    private void StopSessionTimer()
    {
        _sessionTimerRun?.Cancel();
        _sessionTimerRun = null;
        _sessionTimer = null;
    }

    private void Expire()
    {
        _sessionTimerRun = null;
        End(new CallEnd(CallEndCause.SessionExpired, EndedBy.Network, 408, "session timer expired"));
    }

    private void Refresh()
    {
        if (_sessionTimer is not { } terms)
            return;
        // Should the refresh fail, the end of the interval ends the call.
        var margin = TimeSpan.FromSeconds(Math.Min(32, terms.Interval.TotalSeconds / 3));
        _sessionTimerRun = _signalling.After(terms.Interval / 2 - margin, Expire);
        if (_peerAllowsUpdate)
            SendRefreshUpdate();
        else
            Offer(_direction, static _ => { });
    }

    private void SendRefreshUpdate()
    {
        var update = NewRequest(SipMethods.Update);
        AskForSessionTimer(update, _signalling.Options.Timers, Math.Max(_minimumSe, CurrentInterval), Refresher.Uac);
        Send(update, response =>
        {
            if (response.IsProvisional || _isOver)
                return;
            if (response.IsSuccess)
            {
                Dialog.RefreshTarget(response);
                TakeSessionTimer(response);
            }
            else if (response.StatusCode == 422 && RaiseMinimum(response))
                SendRefreshUpdate();
            else if (response.StatusCode is 405 or 501)
            {
                _peerAllowsUpdate = false;
                Offer(_direction, static _ => { });
            }
            else
                LostBy(response);
        });
    }

    /// <summary>An interval that was agreed stays as it is when it is refreshed.</summary>
    private int CurrentInterval => _sessionTimer is { } terms ? (int)terms.Interval.TotalSeconds : 0;

    /// <summary>Whether a 422 asks for more than we did.</summary>
    private bool RaiseMinimum(SipResponse response)
    {
        if (response.MinSE?.Seconds is not { } seconds || seconds <= _minimumSe || seconds > 86_400)
            return false;
        _minimumSe = (int)seconds;
        return true;
    }

    private static SessionExpires? Asked(SipMessage message) =>
        message.Headers.Get(SipHeaderNames.SessionExpires) is { } text && SessionExpires.TryParse(text, out var value) ? value : null;
}
