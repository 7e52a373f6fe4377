using System.Net;
using System.Net.Sockets;
using PhoneAgent.Server.Options;
using PhoneAgent.Telephony.Sip;

namespace PhoneAgent.Server.Doctor;

/// <summary>Can the addresses be bound?</summary>
internal static class PortCheck
{
    private const string Area = "ports";

    public static IEnumerable<CheckResult> Run(PhoneAgentOptions options)
    {
        foreach (SipListenOptions listen in options.Sip.Listen)
            if (IPAddress.TryParse(listen.Address, out IPAddress? address))
                yield return Try($"SIP {listen.Transport}", "sip.listen", new IPEndPoint(address, listen.Port), udp: listen.Transport == "udp");
        if (!options.Http.Enabled)
            yield break;
        foreach (HttpListenOptions listen in options.Http.Listen)
            if (IPAddress.TryParse(listen.Address, out IPAddress? address) && listen.Port is >= 0 and <= IPEndPoint.MaxPort)
                yield return Try(listen.Scheme, "http.listen", new IPEndPoint(address, listen.Port), udp: false);
    }

    private static CheckResult Try(string what, string key, IPEndPoint endPoint, bool udp)
    {
        string name = $"{what} {endPoint}";
        using var socket = new Socket(endPoint.AddressFamily, udp ? SocketType.Dgram : SocketType.Stream, udp ? ProtocolType.Udp : ProtocolType.Tcp);
        try
        {
            socket.Bind(endPoint);
            if (!udp)
                socket.Listen();
            return CheckResult.Ok(Area, $"{name} is free");
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => CheckResult.Fail(Area, $"{name} is in use",
                    $"If phoneagent serve runs already, all is well; otherwise see who has it ('ss -lnp sport = :{endPoint.Port}') or change {key}."),
                SocketError.AddressNotAvailable => CheckResult.Fail(Area, $"{name}: this machine has no such address",
                    $"Use one of 'ip addr', or 0.0.0.0 for all, in {key}."),
                SocketError.AccessDenied => CheckResult.Fail(Area, $"{name} is not allowed for this user",
                    $"Use a port from 1024 up in {key}."),
                _ => CheckResult.Fail(Area, $"{name}: {e.Message}", $"Change {key}."),
            };
        }
    }
}
