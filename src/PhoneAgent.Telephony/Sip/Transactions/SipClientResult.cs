using PhoneAgent.Telephony.Sip.Messages;

namespace PhoneAgent.Telephony.Sip.Transactions;

public enum SipClientOutcome
{
    /// <summary>A 1xx; more will come.</summary>
    Provisional,
    /// <summary>A final response. An INVITE may see further 2xx, of other forks or repeated: each needs its ACK.</summary>
    Final,
    /// <summary>No answer in time: as a 408 (RFC 3261 §8.1.3.1).</summary>
    Timeout,
    /// <summary>The request could not be sent: as a 503.</summary>
    TransportFailure,
}

/// <param name="Response">Null for time-out and transport failure.</param>
/// <param name="Detail">What failed, for logs; empty for responses.</param>
public sealed record SipClientResult(SipClientOutcome Outcome, SipResponse? Response, string Detail = "")
{
    /// <summary>The status, with the ones that §8.1.3.1 gives to failures without a response.</summary>
    public int StatusCode => Response?.StatusCode ?? (Outcome == SipClientOutcome.Timeout ? 408 : 503);

    public bool IsProvisional => Outcome == SipClientOutcome.Provisional;
    public bool IsSuccess => Response is { IsSuccess: true };
}
