using PhoneAgent.Telephony.Sip.Messages;
using PhoneAgent.Telephony.Sip.Transport;

namespace PhoneAgent.Telephony.Sip.Transactions;

/// <summary>The user agent above the transactions. All methods are called on the <see cref="SipLoop"/>, and may respond at once or later.</summary>
public interface ITransactionUser
{
    /// <summary>A new request other than ACK and CANCEL. Repetitions, merged requests (482) and malformed ones do not come here.</summary>
    void OnRequest(SipServerTransaction transaction, SipRequest request);

    /// <summary>
    /// CANCEL for an INVITE that has no final response yet. It was answered with 200 already; the user now ends the INVITE, with 487.
    /// </summary>
    void OnCancel(SipServerTransaction inviteTransaction, SipRequest cancel);

    /// <summary>ACK for a 2xx, or one that belongs to nothing. Repetitions come too.</summary>
    void OnAck(SipRequest ack, SipSource source);

    /// <summary>A response that no transaction waits for: a late or forked 2xx, which needs an ACK and a BYE, or rubbish.</summary>
    void OnStrayResponse(SipResponse response, SipSource source);

    /// <summary>A response could not be sent, or a final response other than 2xx to INVITE never got its ACK.</summary>
    void OnServerFailure(SipServerTransaction transaction, SipServerFailure failure, string detail);
}

public enum SipServerFailure
{
    TransportFailure,
    /// <summary>Timer H.</summary>
    AckTimeout,
}
