using static PhoneAgent.Telephony.Sip.Transactions.SipTransactionActions;
using static PhoneAgent.Telephony.Sip.Transactions.SipTransactionEvent;
using static PhoneAgent.Telephony.Sip.Transactions.SipTransactionState;

namespace PhoneAgent.Telephony.Sip.Transactions;

/// <summary>The four machines of RFC 3261 §17 as RFC 6026 corrects them. Read each line as: state, event → state, actions.</summary>
public static class SipTransitionTables
{
    /// <summary>RFC 6026 figure 5.</summary>
    public static readonly SipTransitionTable InviteClient = new(
        new(Calling, TimerA, Calling, Retransmit | StartA),
        new(Calling, TimerB, Terminated, InformTimeout),
        new(Calling, TransportFailure, Terminated, InformTransportFailure),
        new(Calling, Provisional, Proceeding, StopTimers | Deliver),
        new(Calling, Success, Accepted, StopTimers | StartM | Deliver),
        new(Calling, Failure, Completed, StopTimers | SendAck | StartD | Deliver),
        new(Proceeding, Provisional, Proceeding, Deliver),
        new(Proceeding, Success, Accepted, StopTimers | StartM | Deliver),
        new(Proceeding, Failure, Completed, StopTimers | SendAck | StartD | Deliver),
        new(Proceeding, CancelTimeout, Terminated, InformTimeout),
        new(Completed, Failure, Completed, SendAck),
        new(Completed, TransportFailure, Terminated, InformTransportFailure),
        new(Completed, TimerD, Terminated, None),
        new(Accepted, Success, Accepted, Deliver),
        new(Accepted, TimerM, Terminated, None));

    /// <summary>RFC 3261 figure 6.</summary>
    public static readonly SipTransitionTable NonInviteClient = new(
        new(Trying, TimerE, Trying, Retransmit | StartE),
        new(Trying, TimerF, Terminated, InformTimeout),
        new(Trying, TransportFailure, Terminated, InformTransportFailure),
        new(Trying, Provisional, Proceeding, Deliver),
        new(Trying, Success, Completed, StopTimers | StartK | Deliver),
        new(Trying, Failure, Completed, StopTimers | StartK | Deliver),
        new(Proceeding, TimerE, Proceeding, Retransmit | StartESlow),
        new(Proceeding, TimerF, Terminated, InformTimeout),
        new(Proceeding, TransportFailure, Terminated, InformTransportFailure),
        new(Proceeding, Provisional, Proceeding, Deliver),
        new(Proceeding, Success, Completed, StopTimers | StartK | Deliver),
        new(Proceeding, Failure, Completed, StopTimers | StartK | Deliver),
        new(Completed, TimerK, Terminated, None));

    /// <summary>RFC 6026 figure 7: a failing transport is told, and the state stays.</summary>
    public static readonly SipTransitionTable InviteServer = new(
        new(Proceeding, TimerTrying, Proceeding, SendTrying),
        new(Proceeding, Retransmission, Proceeding, Resend),
        new(Proceeding, Provisional, Proceeding, Send | StopTimers),
        new(Proceeding, Success, Accepted, Send | StopTimers | StartL),
        new(Proceeding, Failure, Completed, Send | StopTimers | StartG | StartH),
        new(Proceeding, TransportFailure, Proceeding, InformTransportFailure),
        new(Completed, Retransmission, Completed, Resend),
        new(Completed, TimerG, Completed, Resend | StartG),
        new(Completed, TimerH, Terminated, InformTimeout),
        new(Completed, Ack, Confirmed, StopTimers | StartI),
        new(Completed, TransportFailure, Completed, InformTransportFailure),
        new(Confirmed, TimerI, Terminated, None),
        new(Accepted, Success, Accepted, Send),
        new(Accepted, Ack, Accepted, DeliverAck),
        new(Accepted, TransportFailure, Accepted, InformTransportFailure),
        new(Accepted, TimerL, Terminated, None));

    /// <summary>RFC 3261 figure 8.</summary>
    public static readonly SipTransitionTable NonInviteServer = new(
        new(Trying, Provisional, Proceeding, Send),
        new(Trying, Success, Completed, Send | StartJ),
        new(Trying, Failure, Completed, Send | StartJ),
        new(Proceeding, Retransmission, Proceeding, Resend),
        new(Proceeding, Provisional, Proceeding, Send),
        new(Proceeding, Success, Completed, Send | StartJ),
        new(Proceeding, Failure, Completed, Send | StartJ),
        new(Proceeding, TransportFailure, Terminated, InformTransportFailure),
        new(Completed, Retransmission, Completed, Resend),
        new(Completed, TransportFailure, Terminated, InformTransportFailure),
        new(Completed, TimerJ, Terminated, None));
}
