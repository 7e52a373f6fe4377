using PhoneAgent.Telephony.Sip;
using PhoneAgent.Telephony.Sip.UserAgent;

namespace PhoneAgent.Server.Doctor;

/// <summary>Whose SIP user agent runs, and what the configuration asks of it that it cannot do.</summary>
internal static class UserAgentCheck
{
    private const string Area = "SIP";
    private const int LibraryLongestExpires = 7200;

    private static readonly SipTimingOptions s_usual = new();

    public static IEnumerable<CheckResult> Run(SipOptions sip)
    {
        if (!UserAgents.UsesSipSorcery(sip))
            return [CheckResult.Ok(Area, UserAgents.HasSipSorcery ? "our own user agent, as sip.stack says" : "our own user agent")];
        return
        [
            CheckResult.Ok(Area, "SIPSorcery is the user agent: without session timers, redirection and reliable provisional responses of ours (src/PhoneAgent.Telephony/SipSorcery/README.md)"),
            .. Unheeded(sip).Select(text => CheckResult.Warn(Area, text, "Set sip.stack to builtin if you need it.")),
        ];
    }

    /// <summary>What SIPSorcery does not heed of what was configured.</summary>
    internal static IEnumerable<string> Unheeded(SipOptions sip)
    {
        if (sip.Timers.T1Milliseconds != s_usual.T1Milliseconds || sip.Timers.T2Milliseconds != s_usual.T2Milliseconds)
            yield return "sip.timers: SIPSorcery keeps to T1 500 ms and T2 4 s";
        if (sip.Timers.SessionExpiresSeconds != 0 && sip.Timers.SessionExpiresSeconds != s_usual.SessionExpiresSeconds)
            yield return "sip.timers.session_expires_seconds: SIPSorcery has no session timers";
        if (sip.Inbound.Callers.Count > 0 && !sip.Inbound.Algorithms.Contains("MD5"))
            yield return "sip.inbound.algorithms: SIPSorcery challenges callers with MD5 only";
        foreach (SipAccountOptions account in sip.Accounts)
            if (account.Register && account.ExpiresSeconds > LibraryLongestExpires)
                yield return $"sip.accounts: {account.Label} asks for {account.ExpiresSeconds} s, and SIPSorcery registers for {LibraryLongestExpires} s at most";
    }
}
