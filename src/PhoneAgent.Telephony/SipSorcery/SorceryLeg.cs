using System.Net.Sockets;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Telephony.Sip;
using PhoneAgent.Telephony.Sip.Messages;
using PhoneAgent.Telephony.Sip.UserAgent;
using SIPSorcery.SIP;
using SIPSorcery.SIP.App;

namespace PhoneAgent.Telephony.SipSorcery;

/// <summary>One dialog of the library, and what happens in it. Thread-safe.</summary>
internal sealed partial class SorceryLeg
{
    private readonly SorceryCore _core;
    private readonly SIPUserAgent _userAgent;
    private readonly SIPServerUserAgent? _server;
    private readonly Lock _lock = new();
    /// <summary>Our 200 was acknowledged, will not be, or need not be.</summary>
    private readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task? _ending;
    private volatile bool _peerLeft;
    private int _remoteSequence = -1;
    /// <summary>What the peer's last request came by; null before the first.</summary>
    private SIPEndPoint? _way;

    internal SorceryLeg(SorceryCore core, SorcerySession session, SIPUserAgent userAgent, SIPServerUserAgent? server, SipAccountOptions? account)
    {
        (_core, Session, _userAgent, _server, Account) = (core, session, userAgent, server, account);
        if (server?.ClientTransaction is not { } transaction)
            return;
        (_remoteSequence, _way) = (transaction.TransactionRequest.Header.CSeq, transaction.TransactionRequest.LocalSIPEndPoint);
        // No ACK in time, or no way any more that our 200 could take.
        transaction.UASInviteTransactionFailed += (_, _) => OnNoAck();
    }

    internal SorcerySession Session { get; }
    internal SipAccountOptions? Account { get; }
    /// <summary>Of a call of ours; ends with the dialog.</summary>
    internal CallPermit? Permit { get; init; }
    internal bool IsOver { get; private set; }
    internal string? LocalUri => Dialogue?.LocalUserField.URI.ToString();

    /// <summary>Null until the INVITE is answered.</summary>
    private SIPDialogue? Dialogue => _server?.SIPDialogue ?? _userAgent.Dialogue;

    /// <summary>A user agent of the library for one call, taken off the shared transport: the router dispatches.</summary>
    internal static SIPUserAgent Detached(SorceryCore core)
    {
        var userAgent = new SIPUserAgent(core.Transport, null) { PrackSupported = false };
        userAgent.Close();
        return userAgent;
    }

    internal bool Matches(SIPReplacesParameter replaces) =>
        Dialogue is { } dialogue && dialogue.LocalTag == replaces.ToTag && dialogue.RemoteTag == replaces.FromTag;

    /// <summary>Sends BYE, and returns when it was answered or given up.</summary>
    internal Task EndAsync(CallEnd end)
    {
        TaskCompletionSource? done = null;
        lock (_lock)
        {
            if (_ending is not null || IsOver)
                return _ending ?? Task.CompletedTask;
            IsOver = true;
            done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _ending = done.Task;
        }
        Permit?.Dispose();
        FailReferral(end);
        Session.OnEnded(this, end);
        _ = SayByeAsync(end, done);
        return done.Task;
    }

    /// <summary>Listens for the ACK, after the library: with a late offer its dialog exists from then on.</summary>
    internal void ExpectAck(UASInviteTransaction transaction)
    {
        transaction.OnAckReceived += (_, _, _, _) =>
        {
            _settled.TrySetResult();
            return Task.FromResult(SocketError.Success);
        };
        if (transaction.TransactionState == SIPTransactionStatesEnum.Confirmed)
            _settled.TrySetResult();
    }

    private void OnNoAck()
    {
        _settled.TrySetResult();
        _ = EndAsync(new CallEnd(CallEndCause.PeerLost, EndedBy.Network, null, "no ACK"));
    }

    /// <summary>The dialog is over without a word of ours.</summary>
    private void Lose(CallEnd end)
    {
        lock (_lock)
        {
            if (IsOver)
                return;
            IsOver = true;
        }
        if (Dialogue is { } dialogue)
            dialogue.DialogueState = SIPDialogueStateEnum.Terminated;
        _core.Unregister(this);
        Permit?.Dispose();
        FailReferral(end);
        Session.OnEnded(this, end);
    }

    private async Task SayByeAsync(CallEnd end, TaskCompletionSource done)
    {
        try
        {
            // Whoever was called may not hang up before the ACK (RFC 3261 §15).
            if (_server?.ClientTransaction.TransactionFinalResponse is { StatusCode: < 300 })
                await _settled.Task.ConfigureAwait(false);
            if (_peerLeft)
                return;
            if (NewRequest(SIPMethodsEnum.BYE) is not { } bye)
                return;
            if (end.Reason is { } reason)
                bye.Header.Reason = ByeReason.Format(end.StatusCode, reason);
            Dialogue!.DialogueState = SIPDialogueStateEnum.Terminated;
            await SendAsync(bye).ConfigureAwait(false);
        }
        finally
        {
            // Registered until now: the peer's own BYE may cross ours.
            _core.Unregister(this);
            done.TrySetResult();
        }
    }

    /// <summary>Reports on a transfer that the peer asked for (RFC 3515 §2.4.5).</summary>
    internal void Notify(Sip.Transfer.SipFrag frag)
    {
        if (IsOver || NewRequest(SIPMethodsEnum.NOTIFY) is not { } notify)
            return;
        notify.Header.Event = "refer";
        notify.Header.SubscriptionState = frag.IsFinal ? "terminated;reason=noresource" : "active;expires=60";
        notify.Header.ContentType = Sip.Transfer.SipFrag.ContentType;
        notify.BodyBuffer = frag.ToBytes();
        _ = SendAsync(notify);
    }

    /// <summary>A request of this dialog with what all of ours carry; null without a dialog.</summary>
    private SIPRequest? NewRequest(SIPMethodsEnum method)
    {
        lock (_lock)
        {
            if (Dialogue is not { } dialogue)
                return null;
            var request = dialogue.GetInDialogRequest(method);
            // By the connection that the peer opened while it lasts (RFC 5923 §8): on a phone's own port there may be nobody, or no certificate that we trust.
            request.SetSendFromHints(_way);
            request.Header.Contact = SorceryCore.Contact(dialogue.LocalUserField.URI.User ?? _core.Options.User);
            return request;
        }
    }

    private Task<SIPResponse> SendAsync(SIPRequest request) => _core.SendAsync(request, Account, TakeSequence);

    /// <summary>Answering a challenge took the next number.</summary>
    private void TakeSequence(int sequence)
    {
        lock (_lock)
            if (Dialogue is { } dialogue)
                dialogue.CSeq = Math.Max(dialogue.CSeq, sequence);
    }

    /// <summary>408 and 481 to a request in a dialog say that the peer is gone (RFC 3261 §12.2.1.2).</summary>
    private void EndIfLost(SIPResponse response)
    {
        if (response.StatusCode is 408 or 481)
            _ = EndAsync(new CallEnd(CallEndCause.PeerLost, EndedBy.Network, response.StatusCode, response.ReasonPhrase));
    }
}
