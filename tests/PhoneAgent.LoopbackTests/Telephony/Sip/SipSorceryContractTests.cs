using Microsoft.Extensions.Logging.Abstractions;
using PhoneAgent.Telephony;
using PhoneAgent.Telephony.Sip;
using PhoneAgent.Telephony.Sip.UserAgent;
using PhoneAgent.Testing.Contracts;
using PhoneAgent.Testing.Contracts.Sip;

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
