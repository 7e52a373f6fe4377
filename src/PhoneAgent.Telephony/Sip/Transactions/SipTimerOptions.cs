namespace PhoneAgent.Telephony.Sip.Transactions;

/// <summary>The base timers of RFC 3261 table 4.</summary>
public sealed record SipTimerOptions
{
    /// <summary>Estimate of the round trip.</summary>
    public TimeSpan T1 { get; init; } = TimeSpan.FromMilliseconds(500);
    /// <summary>Longest interval between retransmissions of requests other than INVITE, and of final responses to INVITE.</summary>
    public TimeSpan T2 { get; init; } = TimeSpan.FromSeconds(4);
    /// <summary>How long a message can stay in the network.</summary>
    public TimeSpan T4 { get; init; } = TimeSpan.FromSeconds(5);
    /// <summary>How long the user may take before INVITE gets a 100 (§17.2.1).</summary>
    public TimeSpan Trying { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>64*T1: timers B, F, H, J, L, M and the wait after CANCEL.</summary>
    public TimeSpan Timeout => T1 * 64;

    /// <summary>"At least 32 seconds" for unreliable transports, whatever T1 is (§17.1.1.2).</summary>
    public TimeSpan D => Timeout > TimeSpan.FromSeconds(32) ? Timeout : TimeSpan.FromSeconds(32);
}
