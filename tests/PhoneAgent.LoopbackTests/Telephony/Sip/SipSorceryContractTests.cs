using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Telephony;
using PhoneAgent.Telephony.Sip;
using PhoneAgent.Telephony.Sip.UserAgent;
using PhoneAgent.Testing.Contracts;
using PhoneAgent.Testing.Contracts.Sip;
using PhoneAgent.Testing.Telephony;
using Xunit;

namespace PhoneAgent.LoopbackTests.Telephony.Sip;

/// <summary>Skips a class where the program was built without SIPSorcery.</summary>
public sealed class NeedsSipSorceryAttribute : RequirementAttribute
{
    public override string? SkipReason => UserAgents.HasSipSorcery ? null
        : "built without SIPSorcery, which this NuGet registry lacks (tools/restore.sh says so)";
}

internal static class Sorcery
{
    public static ISipUserAgent Create(SipOptions options, ICallMediaFactory media, ICallGate gate) =>
        UserAgents.Create(options with { Stack = UserAgents.SipSorcery }, media, gate, TimeProvider.System, NullLoggerFactory.Instance);
}

[NeedsSipSorcery]
public sealed class SorceryInboundTests : SipInboundContract
{
    protected override ISipUserAgent Create(SipOptions options, ICallMediaFactory media, ICallGate gate) => Sorcery.Create(options, media, gate);

    /// <summary>The library says nothing of a 200 that has no way any more.</summary>
    [ContractFact]
    public async Task A_caller_whose_connection_breaks_before_his_ack_is_lost()
    {
        var mine = await MineAsync();
        var peer = Peer();
        using var connection = new TcpClient();
        await connection.ConnectAsync(IPAddress.Loopback, mine.Port("tcp"), Soon);
        var invite = peer.Request(mine.Port("tcp"), "INVITE", "breaks", 1, body: SipPeer.Sdp).Replace("SIP/2.0/UDP", "SIP/2.0/TCP", StringComparison.Ordinal);
        await connection.GetStream().WriteAsync(Encoding.UTF8.GetBytes(invite), Soon);
        var here = (await (await mine.NextAsync(Soon)).AnswerAsync(Soon))!;

        connection.Close();

        Assert.Equal(CallEndCause.PeerLost, (await here.EndAsync(Soon)).Cause);
        await peer.RespondAsync(await peer.NextAsync("BYE", Soon), 200);
        await here.HangUpAsync(Soon);
        await NothingLeftAsync(mine);
    }
}

[NeedsSipSorcery]
public sealed class SorceryOutboundTests : SipOutboundContract
{
    protected override ISipUserAgent Create(SipOptions options, ICallMediaFactory media, ICallGate gate) => Sorcery.Create(options, media, gate);
}

[NeedsSipSorcery]
public sealed class SorceryInDialogTests : SipInDialogContract
{
    protected override ISipUserAgent Create(SipOptions options, ICallMediaFactory media, ICallGate gate) => Sorcery.Create(options, media, gate);
}

[NeedsSipSorcery]
public sealed class SorceryCredentialsTests : SipCredentialsContract
{
    protected override ISipUserAgent Create(SipOptions options, ICallMediaFactory media, ICallGate gate) => Sorcery.Create(options, media, gate);
}

[NeedsSipSorcery]
public sealed class SorceryTransferTests : SipTransferContract
{
    protected override ISipUserAgent Create(SipOptions options, ICallMediaFactory media, ICallGate gate) => Sorcery.Create(options, media, gate);
}
