using SIPSorcery.SIP;

namespace PhoneAgent.Telephony.SipSorcery;

/// <summary>
/// Has the library send a final response to an INVITE now. Its thread for that looks every 50 ms, and wakes early only for a
/// transaction that it has not seen; that of an INVITE it has known since the call began to ring. This is one that it has not seen:
/// there is nothing in it to send, and it is dropped when it is looked at.
/// </summary>
internal sealed class SorceryWake : SIPTransaction
{
    private SorceryWake(SIPTransport transport, SIPRequest nothing) : base(transport, nothing, null)
    {
    }

    internal static void Up(SIPTransport transport)
    {
        var nowhere = SIPURI.ParseSIPURI("sip:127.0.0.1");
        var nothing = SIPRequest.GetRequest(SIPMethodsEnum.OPTIONS, nowhere);
        var wake = new SorceryWake(transport, nothing);
        wake.SendFinalResponse(null);
        wake.HasTimedOut = true;
    }
}
