using PhoneAgent.Conversation.Calls;
using PhoneAgent.Telephony.Sip.Messages;
using PhoneAgent.Telephony.Sip.Transport;

namespace PhoneAgent.Telephony.Sip.UserAgent;

/// <summary>Offers of ours in a running session: re-INVITE (RFC 3261 §14.1), one at a time.</summary>
internal sealed partial class CallLeg
{
    private const int MaxGlareRetries = 5;

    private readonly Queue<WaitingOffer> _waitingOffers = new();
    private MediaDirection _direction = MediaDirection.SendRecv;
    private WaitingOffer? _offer;
    private SipTimer? _glareTimer;
    private bool _peerAllowsUpdate;

    /// <summary>Offers media of that direction. <paramref name="onDone"/> hears whether the peer agreed; if not, all is as before.</summary>
    internal void Offer(MediaDirection direction, Action<bool> onDone)
    {
        if (_isOver)
        {
            onDone(false);
            return;
        }
        _waitingOffers.Enqueue(new WaitingOffer(direction, onDone));
        RunWaitingOffer();
    }

    /// <summary>The next offer goes out when neither we nor the peer have one open (RFC 3264 §4).</summary>
    private void RunWaitingOffer()
    {
        if (_isOver || _offer is not null || _answer is not null || !IsConfirmed || !_waitingOffers.TryDequeue(out var next))
            return;
        _offer = next;
        SendReinvite(next);
    }

    private void SendReinvite(WaitingOffer offer)
    {
        var invite = NewRequest(SipMethods.Invite);
        if (_sessionTimer is { } terms)
            AskForSessionTimer(invite, _signalling.Options.Timers, Math.Max(_minimumSe, CurrentInterval), terms.WeRefresh ? Refresher.Uac : Refresher.Uas);
        else
            AskForSessionTimer(invite, _signalling.Options.Timers, _minimumSe, Refresher.Unspecified);
        invite.SetBody(Capabilities.SdpType, Media.CreateOffer(offer.Direction));
        Send(invite, response => OnReinviteResponse(offer, response));
    }

    private void OnReinviteResponse(WaitingOffer offer, SipResponse response)
    {
        if (response.IsProvisional)
            return;
        if (response.IsSuccess)
            Acknowledge(response);
        if (_isOver || !ReferenceEquals(_offer, offer))
            return;
        if (response.IsSuccess)
            TakeReinviteAnswer(offer, response);
        else
            OnReinviteRefused(offer, response);
    }

    private void TakeReinviteAnswer(WaitingOffer offer, SipResponse response)
    {
        Dialog.RefreshTarget(response);
        _peerAllowsUpdate |= Capabilities.Allows(response, SipMethods.Update);
        TakeSessionTimer(response);
        var accepted = Capabilities.TryGetSdp(response, out var sdp) && Media.AcceptAnswer(sdp).IsAccepted;
        if (accepted)
            _direction = offer.Direction;
        else
            Media.RollBack();
        Finish(offer, accepted);
    }

    private void OnReinviteRefused(WaitingOffer offer, SipResponse response)
    {
        Media.RollBack();
        if (response.StatusCode == 491 && offer.Attempts < MaxGlareRetries)
        {
            (offer.Attempts, offer.IsWaiting) = (offer.Attempts + 1, true);
            // The owner of the Call-ID waits 2.1–4 s, the other 0–2 s, in steps of 10 ms (RFC 3261 §14.1).
            var steps = IsCaller ? _signalling.Random.Next(210, 401) : _signalling.Random.Next(0, 201);
            _glareTimer = _signalling.After(TimeSpan.FromMilliseconds(10 * steps), () => RetryAfterGlare(offer));
            return;
        }
        if (response.StatusCode == 422 && RaiseMinimum(response))
        {
            SendReinvite(offer);
            return;
        }
        Finish(offer, false);
        LostBy(response);
    }

    private void RetryAfterGlare(WaitingOffer offer)
    {
        if (_isOver || !ReferenceEquals(_offer, offer))
            return;
        if (_answer is not null)
        {
            // The peer's own re-INVITE is not yet acknowledged: a moment later.
            _glareTimer = _signalling.After(TimeSpan.FromMilliseconds(200), () => RetryAfterGlare(offer));
            return;
        }
        offer.IsWaiting = false;
        SendReinvite(offer);
    }

    private void Finish(WaitingOffer offer, bool accepted)
    {
        _offer = null;
        offer.OnDone(accepted);
        RunWaitingOffer();
    }

    private void DropWaitingOffers()
    {
        _glareTimer?.Cancel();
        var open = _offer;
        _offer = null;
        open?.OnDone(false);
        while (_waitingOffers.TryDequeue(out var waiting))
            waiting.OnDone(false);
    }

    /// <summary>An offer of ours is with the peer. One that waits after a glare is not.</summary>
    private bool HasOpenOffer => _offer is { IsWaiting: false } || _answer is { Offered: true };

    private sealed class WaitingOffer(MediaDirection direction, Action<bool> onDone)
    {
        internal MediaDirection Direction { get; } = direction;
        internal Action<bool> OnDone { get; } = onDone;
        internal int Attempts { get; set; }
        /// <summary>Between a 491 and the next try.</summary>
        internal bool IsWaiting { get; set; }
    }
}
