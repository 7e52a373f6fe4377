using System.Net;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Telephony.Rtp;
using Xunit;

namespace PhoneAgent.LoopbackTests.Telephony.Rtp;

public sealed class UdpPortTests
{
    [Fact]
    public void ADisposedPortDoesNotUseTheSocketThatGotItsNumber()
    {
        using var listener = UdpPort.TryBind(IPAddress.Loopback, 0, 0)!;
        var to = new IPEndPoint(IPAddress.Loopback, listener.LocalPort).Serialize();
        var from = new SocketAddress(System.Net.Sockets.AddressFamily.InterNetwork);
        var gone = UdpPort.TryBind(IPAddress.Loopback, 0, 0)!;
        gone.Dispose();
        // The system gives the lowest free number, so one of these has it.
        var heirs = Enumerable.Range(0, 16).Select(_ => UdpPort.TryBind(IPAddress.Loopback, 0, 0)!).ToList();
        Assert.False(gone.Send([1, 2, 3], to));
        Assert.Equal(-1, gone.Receive(new byte[10], from));
        Assert.Equal(-1, listener.Receive(new byte[10], from));
        heirs.ForEach(h => h.Dispose());
    }

    [Fact]
    public void AnAddressThatIsNotOursIsSaidAtOnce()
    {
        var range = new PortRange(20000, 30000, 0);
        var error = Assert.Throws<PhoneLineException>(() => range.Open(IPAddress.Parse("192.0.2.77")));
        Assert.Contains("192.0.2.77", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("widen", error.Message, StringComparison.Ordinal);
    }
}
