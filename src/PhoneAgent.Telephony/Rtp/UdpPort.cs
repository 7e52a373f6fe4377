using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using PhoneAgent.Conversation.Calls;

namespace PhoneAgent.Telephony.Rtp;

/// <summary>
/// A non-blocking UDP socket. On Linux it calls recvfrom and sendto directly: Socket.ReceiveFrom throws an exception for
/// "nothing there", so asking first would cost a second system call per tick and call. The handle is counted, so that a call
/// after dispose finds nothing instead of whatever got its number.
/// </summary>
public sealed unsafe partial class UdpPort : IDatagramPort
{
    private const int DontWait = 0x40;
    private const int NoSignal = 0x4000;
    private readonly Socket _socket;
    private readonly SafeSocketHandle _handle;

    private UdpPort(Socket socket)
    {
        _socket = socket;
        _handle = socket.SafeHandle;
        LocalPort = ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    public int LocalPort { get; }

    /// <summary>Binds; null when the port is taken. Port 0 lets the system choose.</summary>
    /// <param name="dscp">The 6 bits of DiffServ, 46 for EF (RFC 3246); a system that refuses them is left alone.</param>
    /// <exception cref="PhoneLineException">Another port would not help: no such address, too many open files.</exception>
    public static UdpPort? TryBind(IPAddress address, int port, int dscp)
    {
        Socket? socket = null;
        try
        {
            socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            socket.Blocking = false;
            socket.Bind(new IPEndPoint(address, port));
            SetDscp(socket, dscp);
            return new UdpPort(socket);
        }
        catch (SocketException exception)
        {
            socket?.Dispose();
            if (exception.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
                return null;
            throw new PhoneLineException($"No UDP port can be opened on {address}: {exception.Message}. Check the address and the limit of open files.", exception);
        }
    }

    public int Receive(Span<byte> buffer, SocketAddress from)
    {
        if (!OperatingSystem.IsLinux())
            return ReceivePortably(buffer, from);
        var room = from.Buffer.Span;
        var size = (uint)room.Length;
        nint length;
        try
        {
            fixed (byte* data = buffer)
            fixed (byte* address = room)
                length = ReceiveFrom(_handle, data, (nuint)buffer.Length, DontWait, address, &size);
        }
        catch (ObjectDisposedException)
        {
            return -1;
        }
        if (length >= 0 && size <= room.Length)
            from.Size = (int)size;
        return (int)length;
    }

    public bool Send(ReadOnlySpan<byte> datagram, SocketAddress to)
    {
        if (!OperatingSystem.IsLinux())
            return SendPortably(datagram, to);
        try
        {
            fixed (byte* data = datagram)
            fixed (byte* address = to.Buffer.Span)
                return SendTo(_handle, data, (nuint)datagram.Length, DontWait | NoSignal, address, (uint)to.Size) == datagram.Length;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    public void Dispose() => _socket.Dispose();

    private int ReceivePortably(Span<byte> buffer, SocketAddress from)
    {
        try
        {
            return _socket.Poll(0, SelectMode.SelectRead) ? _socket.ReceiveFrom(buffer, SocketFlags.None, from) : -1;
        }
        catch (SocketException)
        {
            return -1;
        }
    }

    private bool SendPortably(ReadOnlySpan<byte> datagram, SocketAddress to)
    {
        try
        {
            return _socket.SendTo(datagram, SocketFlags.None, to) == datagram.Length;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static void SetDscp(Socket socket, int dscp)
    {
        if (dscp == 0)
            return;
        try
        {
            if (OperatingSystem.IsLinux() && socket.AddressFamily == AddressFamily.InterNetworkV6)
            {
                const int LevelIPv6 = 41, TrafficClass = 67;
                Span<byte> value = stackalloc byte[4];
                BitConverter.TryWriteBytes(value, dscp << 2);
                socket.SetRawSocketOption(LevelIPv6, TrafficClass, value);
            }
            else
            {
                socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.TypeOfService, dscp << 2);
            }
        }
        catch (SocketException)
        {
            // Marking is a courtesy to routers; a call works without it.
        }
    }

    [LibraryImport("libc", EntryPoint = "recvfrom")]
    private static partial nint ReceiveFrom(SafeSocketHandle socket, byte* buffer, nuint length, int flags, byte* address, uint* addressLength);

    [LibraryImport("libc", EntryPoint = "sendto")]
    private static partial nint SendTo(SafeSocketHandle socket, byte* buffer, nuint length, int flags, byte* address, uint addressLength);
}
