using System.Net;
using System.Net.Sockets;
using PhoneAgent.Telephony.Sip;

namespace PhoneAgent.Server.Doctor;

/// <summary>Can the addresses be bound?</summary>
internal static class PortCheck
{
    private const string Area = "ports";

    public static IEnumerable<CheckResult> Run(SipOptions sip)
    {
        foreach (SipListenOptions listen in sip.Listen)
            if (IPAddress.TryParse(listen.Address, out IPAddress? address))
                yield return Try(listen, new IPEndPoint(address, listen.Port));
    }

    private static CheckResult Try(SipListenOptions listen, IPEndPoint endPoint)
    {
        string name = $"SIP {listen.Transport} {endPoint}";
        bool udp = listen.Transport == "udp";
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
                    $"If phoneagent serve runs already, all is well; otherwise see who has it ('ss -lnp sport = :{endPoint.Port}') or change sip.listen."),
                SocketError.AddressNotAvailable => CheckResult.Fail(Area, $"{name}: this machine has no such address",
                    "Use one of 'ip addr', or 0.0.0.0 for all, in sip.listen."),
                SocketError.AccessDenied => CheckResult.Fail(Area, $"{name} is not allowed for this user",
                    "Use a port from 1024 up in sip.listen."),
                _ => CheckResult.Fail(Area, $"{name}: {e.Message}", "Change sip.listen."),
            };
        }
    }
}
