using System.Net;
using PhoneAgent.Telephony.Sip.UserAgent;

namespace PhoneAgent.Telephony.Sip;

/// <summary>Checks <see cref="SipOptions"/> and says everything that is wrong, not only the first thing.</summary>
internal static class SipOptionsValidator
{
    private static readonly string[] Transports = ["udp", "tcp", "tls"];

    internal static IReadOnlyList<SipOptionError> Validate(SipOptions options)
    {
        var errors = new List<SipOptionError>();
        void Error(string key, string message) => errors.Add(new SipOptionError(key, message));

        if (options.Stack is not (UserAgents.Automatic or UserAgents.SipSorcery or UserAgents.BuiltIn))
            Error("stack", $"'{options.Stack}' is no user agent. Use auto, sipsorcery or builtin.");
        else if (options.Stack == UserAgents.SipSorcery && !UserAgents.HasSipSorcery)
            Error("stack", "This program was built without SIPSorcery. Use auto or builtin, or build where the NuGet registry has the package.");
        CheckListeners(options, Error);
        for (var i = 0; i < options.Accounts.Count; i++)
            CheckAccount(options.Accounts[i], $"accounts[{i}]", Error);
        CheckInbound(options.Inbound, Error);
        CheckTimers(options.Timers, Error);

        if (options.ExternalAddress is { } external && !IPAddress.TryParse(external, out _))
            Error("external_address", $"'{external}' is no IP address. Give the address that peers see, e.g. 203.0.113.5.");
        Range(options.MaxCalls, 1, 100_000, "max_calls", Error);
        if (options.MaxCallsStatus is not (486 or 503))
            Error("max_calls_status", $"{options.MaxCallsStatus} is neither 486 (busy) nor 503 (overloaded).");
        Range(options.Transfer.TimeoutSeconds, 1, 3600, "transfer.timeout_seconds", Error);
        if (!IsUserPart(options.User))
            Error("user", $"'{options.User}' is no user part of a SIP URI. Use letters, digits, - _ . + only.");
        if (options.UserAgent.Any(char.IsControl))
            Error("user_agent", "Control characters cannot be sent in a header. Remove them.");
        return errors;
    }

    private static void CheckListeners(SipOptions options, Action<string, string> error)
    {
        if (options.Listen.Count == 0)
            error("listen", "No address to listen on. Add at least {transport: udp, address: 127.0.0.1, port: 5060}.");
        var seen = new HashSet<(string, string, int)>();
        for (var i = 0; i < options.Listen.Count; i++)
        {
            var listen = options.Listen[i];
            var key = $"listen[{i}]";
            CheckTransport(listen.Transport, $"{key}.transport", error);
            if (!IPAddress.TryParse(listen.Address, out _))
                error($"{key}.address", $"'{listen.Address}' is no IP address. Use an address of this machine, or 0.0.0.0 for all.");
            Range(listen.Port, 0, 65535, $"{key}.port", error);
            if (listen.Port != 0 && !seen.Add((listen.Transport, listen.Address, listen.Port)))
                error(key, $"{listen.Transport} {listen.Address}:{listen.Port} is listed twice. Remove one.");
        }
        CheckFile(options.Tls.CertificateFile, "tls.certificate_file", error);
        CheckFile(options.Tls.KeyFile, "tls.key_file", error);
        CheckFile(options.Tls.TrustFile, "tls.trust_file", error);
    }

    private static void CheckAccount(SipAccountOptions account, string key, Action<string, string> error)
    {
        if (!IsUserPart(account.User))
            error($"{key}.user", $"'{account.User}' is no user part of a SIP URI. Give the account's user name or number.");
        if (Uri.CheckHostName(account.Domain) == UriHostNameType.Unknown)
            error($"{key}.domain", $"'{account.Domain}' is no host name. Give the provider's domain, without sip:.");
        CheckTransport(account.Transport, $"{key}.transport", error);
        Range(account.ExpiresSeconds, 30, 86_400, $"{key}.expires_seconds", error);
        Range(account.KeepAliveSeconds, 0, 3600, $"{key}.keep_alive_seconds", error);
        if (account.OutboundProxy is { } proxy && !proxy.StartsWith("sip:", StringComparison.OrdinalIgnoreCase)
            && !proxy.StartsWith("sips:", StringComparison.OrdinalIgnoreCase))
            error($"{key}.outbound_proxy", $"'{proxy}' is no SIP URI. Write sip:host:port.");
    }

    private static void CheckInbound(SipInboundOptions inbound, Action<string, string> error)
    {
        for (var i = 0; i < inbound.Allow.Count; i++)
            if (!UserAgent.Cidr.TryParse(inbound.Allow[i], out _))
                error($"inbound.allow[{i}]", $"'{inbound.Allow[i]}' is no network. Write an address or a CIDR such as 10.0.0.0/8.");
        for (var i = 0; i < inbound.Callers.Count; i++)
        {
            if (inbound.Callers[i].User.Length == 0)
                error($"inbound.callers[{i}].user", "A caller needs a user name.");
            if (inbound.Callers[i].Password.Length == 0)
                error($"inbound.callers[{i}].password", "A caller needs a password; an empty one lets everybody in.");
        }
        if (inbound.Algorithms.Count == 0)
            error("inbound.algorithms", "No algorithm. Name SHA-256, MD5 or both.");
        for (var i = 0; i < inbound.Algorithms.Count; i++)
            if (!Digest.DigestAlgorithms.TryParse(inbound.Algorithms[i], out _))
                error($"inbound.algorithms[{i}]", $"'{inbound.Algorithms[i]}' is no digest algorithm. Use SHA-256 or MD5.");
        if (inbound.Realm.Length == 0 || inbound.Realm.Any(c => c is '"' or '\\' || char.IsControl(c)))
            error("inbound.realm", "The realm must be a plain, non-empty text.");
        Range(inbound.RingSeconds, 1, 600, "inbound.ring_seconds", error);
        if (inbound.AnswerAfterMilliseconds < 0 || (inbound.AnswerAfterMilliseconds > 0 && inbound.AnswerAfterMilliseconds >= 1000L * inbound.RingSeconds))
            error("inbound.answer_after_milliseconds", $"{inbound.AnswerAfterMilliseconds} is negative, or not below ring_seconds ({inbound.RingSeconds} s): no call would be answered.");
        Range(inbound.Backlog, 1, 10_000, "inbound.backlog", error);
    }

    private static void CheckTimers(SipTimingOptions timers, Action<string, string> error)
    {
        Range(timers.T1Milliseconds, 10, 10_000, "timers.t1_milliseconds", error);
        if (timers.T2Milliseconds < timers.T1Milliseconds)
            error("timers.t2_milliseconds", $"{timers.T2Milliseconds} is below t1_milliseconds ({timers.T1Milliseconds}). Make it larger.");
        if (timers.SessionExpiresSeconds != 0 && timers.SessionExpiresSeconds < timers.MinSessionExpiresSeconds)
            error("timers.session_expires_seconds", $"{timers.SessionExpiresSeconds} is below min_session_expires_seconds ({timers.MinSessionExpiresSeconds}). Raise it, or set 0 for none.");
        Range(timers.MinSessionExpiresSeconds, 90, 86_400, "timers.min_session_expires_seconds", error);
        Range(timers.RetryAfterSeconds, 1, 3600, "timers.retry_after_seconds", error);
    }

    private static void CheckTransport(string transport, string key, Action<string, string> error)
    {
        if (!Transports.Contains(transport))
            error(key, $"'{transport}' is not a transport. Use udp, tcp or tls.");
    }

    private static void CheckFile(string? path, string key, Action<string, string> error)
    {
        if (path is not null && !File.Exists(path))
            error(key, $"There is no file '{path}'. Give the path of a PEM file that this process can read.");
    }

    private static void Range(int value, int low, int high, string key, Action<string, string> error)
    {
        if (value < low || value > high)
            error(key, $"{value} is outside {low}–{high}.");
    }

    private static bool IsUserPart(string user) =>
        user.Length > 0 && user.All(c => char.IsAsciiLetterOrDigit(c) || "-_.!~*'()&=+$,;?/".Contains(c, StringComparison.Ordinal));
}
