using PhoneAgent.Conversation.Calls;
using PhoneAgent.Telephony.Sip.Messages;
using PhoneAgent.Telephony.Sip.Transfer;
using PhoneAgent.Telephony.Sip.UserAgent;
using SIPSorcery.SIP;

namespace PhoneAgent.Telephony.SipSorcery;

/// <summary>
/// Transfers by us (RFC 3515, RFC 5589). The library's own take 202 alone for acceptance, write Refer-To without brackets and know
/// nothing of the end; here any 2xx accepts, and NOTIFY or the peer's BYE tells how it went.
/// </summary>
internal sealed partial class SorceryLeg
{
    private Referral? _referral;

    /// <summary>Asks the peer to call the target instead. On success the dialog is ended with BYE before the result is told.</summary>
    internal async Task<TransferResult> ReferAsync(string target, SorceryLeg? consultation, IReadOnlyDictionary<string, string> headers)
    {
        if (ReferTo(target, consultation) is not { } referTo)
            return new TransferResult(false, null, $"'{target}' is neither a SIP URI nor a number that an account's domain completes");
        // A consultation's call has a permit of its own.
        string? refusal = null;
        using var permit = consultation is null ? _core.Gate.TryEnter(referTo.Trim('<', '>'), TargetChosenBy.Us, out refusal) : null;
        if (refusal is not null)
            return new TransferResult(false, null, refusal);
        var referral = new Referral();
        lock (_lock)
        {
            if (IsOver || _referral is not null)
                return new TransferResult(false, null, IsOver ? "the call is over" : "another transfer is under way");
            _referral = referral;
        }
        try
        {
            var result = await ReferAsync(referral, referTo, headers).ConfigureAwait(false);
            if (result.Success)
                await EndAsync(new CallEnd(CallEndCause.Transferred, EndedBy.Agent)).ConfigureAwait(false);
            return result;
        }
        finally
        {
            lock (_lock)
                _referral = null;
        }
    }

    private async Task<TransferResult> ReferAsync(Referral referral, string referTo, IReadOnlyDictionary<string, string> headers)
    {
        if (NewRequest(SIPMethodsEnum.REFER) is not { } refer)
            return new TransferResult(false, null, "the call is over");
        refer.Header.ReferTo = referTo;
        refer.Header.ReferredBy = $"<{LocalUri}>";
        foreach (var (name, value) in RequestHeaders.Permitted(headers))
            if (SipHeaderNames.Canonical(name) == SipHeaderNames.ReferredBy)
                refer.Header.ReferredBy = value;
            else
                refer.Header.UnknownHeaders.Add($"{name}: {value}");
        // A NOTIFY may overtake the response (RFC 3515 §2.4.4).
        var sending = _core.SendAsync(refer, Account, TakeSequence, response => referral.IsAccepted |= response.StatusCode is >= 200 and < 300);
        if (await Task.WhenAny(sending, referral.Result).ConfigureAwait(false) == sending)
        {
            var response = await sending.ConfigureAwait(false);
            if (response.StatusCode is < 200 or >= 300)
            {
                EndIfLost(response);
                return new TransferResult(false, response.StatusCode, response.ReasonPhrase) { IsRefused = true };
            }
        }
        try
        {
            return await referral.Result.WaitAsync(TimeSpan.FromSeconds(_core.Options.Transfer.TimeoutSeconds), _core.Time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return new TransferResult(false, referral.Last?.StatusCode, $"no result within {_core.Options.Transfer.TimeoutSeconds} s");
        }
    }

    private string? ReferTo(string target, SorceryLeg? consultation)
    {
        if (consultation is null)
            return _core.Targets.ReferTo(target, Account, null)?.ToString();
        if (consultation.Dialogue is not { } dialogue)
            return null;
        var replaces = Uri.EscapeDataString($"{dialogue.CallId};to-tag={dialogue.RemoteTag};from-tag={dialogue.LocalTag}");
        return $"<{dialogue.RemoteTarget}?Replaces={replaces}>";
    }

    private void OnNotify(SIPRequest notify)
    {
        Referral? referral;
        lock (_lock)
            referral = _referral;
        if (notify.Header.Event?.Split(';')[0].Trim() != "refer")
        {
            _core.Respond(notify, 489, describe: response => response.Header.AllowEvents = "refer");
            return;
        }
        _core.Respond(notify, referral is null ? 481 : 200);
        if (referral is null)
            return;
        referral.IsAccepted = true;
        if (SipFrag.TryParse(notify.BodyBuffer, out var frag))
            referral.Last = frag;
        if (referral.Last is { IsFinal: true } final)
            referral.Conclude(new TransferResult(final.IsSuccess, final.StatusCode, final.Reason));
        else if (notify.Header.SubscriptionState?.StartsWith("terminated", StringComparison.OrdinalIgnoreCase) == true)
            referral.Conclude(new TransferResult(false, referral.Last?.StatusCode, "the peer stopped reporting before the end"));
    }

    /// <summary>The dialog ends while a transfer is under way.</summary>
    private void FailReferral(CallEnd end)
    {
        lock (_lock)
            _referral?.Conclude(end.Cause == CallEndCause.Transferred
                ? new TransferResult(true, _referral.Last?.StatusCode ?? 202, "the peer hung up during the transfer")
                : new TransferResult(false, _referral.Last?.StatusCode, "the call ended during the transfer"));
    }

    private sealed class Referral
    {
        private readonly TaskCompletionSource<TransferResult> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal bool IsAccepted { get; set; }
        internal SipFrag? Last { get; set; }
        internal Task<TransferResult> Result => _done.Task;

        internal void Conclude(TransferResult result) => _done.TrySetResult(result);
    }
}
