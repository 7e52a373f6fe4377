namespace PhoneAgent.Telephony.Sip.Transactions;

/// <summary>States of all four machines (RFC 3261 §17, with Accepted of RFC 6026).</summary>
public enum SipTransactionState
{
    Calling,
    Trying,
    Proceeding,
    Accepted,
    Completed,
    Confirmed,
    Terminated,
}

/// <summary>What can happen to a transaction. The timers have the letters of RFC 3261 table 4 and RFC 6026.</summary>
public enum SipTransactionEvent
{
    /// <summary>A 1xx, received by a client or to be sent by a server.</summary>
    Provisional,
    /// <summary>A 2xx.</summary>
    Success,
    /// <summary>300 to 699.</summary>
    Failure,
    /// <summary>The request again, at a server.</summary>
    Retransmission,
    Ack,
    TransportFailure,
    /// <summary>No final response within 64*T1 of our CANCEL (RFC 3261 §9.1).</summary>
    CancelTimeout,
    /// <summary>The user has not answered within 200 ms (§17.2.1).</summary>
    TimerTrying,
    TimerA,
    TimerB,
    TimerD,
    TimerE,
    TimerF,
    TimerG,
    TimerH,
    TimerI,
    TimerJ,
    TimerK,
    TimerL,
    TimerM,
}

/// <summary>What a transition does, in the order of the members.</summary>
[Flags]
public enum SipTransactionActions
{
    None = 0,
    /// <summary>Sends the request again.</summary>
    Retransmit = 1 << 0,
    /// <summary>Sends the response of the event.</summary>
    Send = 1 << 1,
    /// <summary>Sends the last response again, if there is one.</summary>
    Resend = 1 << 2,
    SendTrying = 1 << 3,
    /// <summary>ACK for a response other than 2xx.</summary>
    SendAck = 1 << 4,
    /// <summary>Timers of the state that is left are of no more use.</summary>
    StopTimers = 1 << 5,
    StartA = 1 << 6,
    StartD = 1 << 7,
    StartE = 1 << 8,
    /// <summary>Timer E at T2 (§17.1.2.2, in Proceeding).</summary>
    StartESlow = 1 << 9,
    StartG = 1 << 10,
    StartH = 1 << 11,
    StartI = 1 << 12,
    StartJ = 1 << 13,
    StartK = 1 << 14,
    StartL = 1 << 15,
    StartM = 1 << 16,
    /// <summary>Gives the response to the user.</summary>
    Deliver = 1 << 17,
    /// <summary>Gives the ACK to the user.</summary>
    DeliverAck = 1 << 18,
    InformTimeout = 1 << 19,
    InformTransportFailure = 1 << 20,
}
