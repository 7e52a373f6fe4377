namespace PhoneAgent.Telephony.Sip.Messages;

/// <summary>What a message from the network may be at most.</summary>
public static class SipLimits
{
    public const int MaxMessageBytes = 64 * 1024;
    /// <summary>Start line and headers together.</summary>
    public const int MaxHeadBytes = 32 * 1024;
    public const int MaxHeaders = 256;
    /// <summary>One header with its folded lines.</summary>
    public const int MaxHeaderBytes = 8 * 1024;
    public const int MaxVias = 70;
}
