using Microsoft.Extensions.Logging;
using PhoneAgent.Telephony;
using PhoneAgent.Telephony.Sip;
using PhoneAgent.Telephony.Sip.UserAgent;

namespace PhoneAgent.Server.Hosting;

/// <summary>Makes telephone lines over SIP.</summary>
internal static class SipLines
{
    /// <exception cref="Conversation.Calls.PhoneLineException">A certificate cannot be read.</exception>
    public static SipPhoneLine Create(SipOptions sip, ICallMediaFactory media, ICallGate gate, TimeProvider time, ILoggerFactory loggers) =>
        new(UserAgents.Create(sip, media, gate, time, loggers), sip.Inbound.Backlog, time, loggers.CreateLogger<SipPhoneLine>());

    /// <summary>A line of this machine only, beside whatever else listens.</summary>
    public static SipOptions Loopback(SipOptions sip, string user) => sip with
    {
        Listen = [new SipListenOptions { Transport = "udp", Address = "127.0.0.1", Port = 0 }],
        Accounts = [],
        ExternalAddress = null,
        Inbound = new SipInboundOptions(),
        User = user,
    };

    /// <summary>A line that only places calls: free ports, and nothing is registered.</summary>
    public static SipOptions OutboundOnly(SipOptions sip, string target) => sip with
    {
        Listen = IsLocal(target)
            ? [new SipListenOptions { Transport = "udp", Address = "127.0.0.1", Port = 0 }, new SipListenOptions { Transport = "tcp", Address = "127.0.0.1", Port = 0 }]
            : [.. sip.Listen.Select(l => l with { Address = l.Address == "127.0.0.1" ? "0.0.0.0" : l.Address, Port = 0 })],
        Accounts = [.. sip.Accounts.Select(a => a with { Register = false })],
    };

    private static bool IsLocal(string target)
    {
        string host = target[(target.LastIndexOf('@') + 1)..];
        return host.StartsWith("127.", StringComparison.Ordinal) || host.StartsWith("localhost", StringComparison.OrdinalIgnoreCase)
            || host.StartsWith("sip:127.", StringComparison.OrdinalIgnoreCase) || host.StartsWith("sip:localhost", StringComparison.OrdinalIgnoreCase);
    }
}
