using System.Net.Sockets;
using PhoneAgent.Telephony.Sip.UserAgent;
using SIPSorcery.SIP;

namespace PhoneAgent.Telephony.SipSorcery;

/// <summary>Offers of ours in a running session, one at a time: the library's own hold tells nobody whether the peer agreed.</summary>
internal sealed partial class SorceryLeg
{
    private const int MaxGlareRetries = 5;

    private Task _lastOffer = Task.CompletedTask;
    private MediaDirection _direction = MediaDirection.SendRecv;
    private volatile bool _isOffering;

    /// <summary>Offers media of that direction. False when the peer refused; then all is as before.</summary>
    internal async Task<bool> OfferAsync(MediaDirection direction)
    {
        var mine = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task before;
        lock (_lock)
            (before, _lastOffer) = (_lastOffer, mine.Task);
        await before.ConfigureAwait(false);
        try
        {
            for (var attempt = 0; attempt <= MaxGlareRetries; attempt++)
            {
                if (IsOver || await OfferOnceAsync(direction).ConfigureAwait(false) is not { } response)
                    return false;
                if (response.StatusCode is >= 200 and < 300)
                    return TakeAnswer(response, direction);
                lock (Session.MediaGate)
                    Session.Media.RollBack();
                if (response.StatusCode != 491)
                {
                    EndIfLost(response);
                    return false;
                }
                // The owner of the Call-ID waits 2.1–4 s, the other 0–2 s, in steps of 10 ms (RFC 3261 §14.1).
                var steps = _server is null ? Random.Shared.Next(210, 401) : Random.Shared.Next(0, 201);
                await Task.Delay(TimeSpan.FromMilliseconds(10 * steps), _core.Time).ConfigureAwait(false);
            }
            return false;
        }
        finally
        {
            mine.SetResult();
        }
    }

    private async Task<SIPResponse?> OfferOnceAsync(MediaDirection direction)
    {
        if (NewRequest(SIPMethodsEnum.INVITE) is not { } invite)
            return null;
        _isOffering = true;
        try
        {
            lock (Session.MediaGate)
                invite.Body = Session.Media.CreateOffer(direction);
            invite.Header.ContentType = Capabilities.SdpType;
            var response = await InviteAsync(invite).ConfigureAwait(false);
            if (SorceryCore.Authenticated(invite, response, Account) is not { } proven)
                return response;
            TakeSequence(proven.Header.CSeq);
            return await InviteAsync(proven).ConfigureAwait(false);
        }
        finally
        {
            _isOffering = false;
        }
    }

    private async Task<SIPResponse> InviteAsync(SIPRequest invite)
    {
        var done = new TaskCompletionSource<SIPResponse>(TaskCreationOptions.RunContinuationsAsynchronously);
        var transaction = new UACInviteTransaction(_core.Transport, invite, null);
        transaction.UACInviteTransactionFinalResponseReceived += (_, _, _, response) =>
        {
            done.TrySetResult(response);
            return Task.FromResult(SocketError.Success);
        };
        transaction.UACInviteTransactionFailed += (_, error) => done.TrySetResult(SorceryCore.Failure(invite, error));
        transaction.SendInviteRequest();
        return await done.Task.ConfigureAwait(false);
    }

    private bool TakeAnswer(SIPResponse response, MediaDirection direction)
    {
        RefreshTarget(response.Header);
        lock (Session.MediaGate)
        {
            if (!string.IsNullOrEmpty(response.Body) && Session.Media.AcceptAnswer(response.Body).IsAccepted)
            {
                _direction = direction;
                return true;
            }
            Session.Media.RollBack();
            return false;
        }
    }
}
