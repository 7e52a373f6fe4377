using PhoneAgent.Telephony;
using PhoneAgent.Telephony.Sip;
using PhoneAgent.Telephony.Sip.UserAgent;
using PhoneAgent.Testing.Contracts.Sip;
using PhoneAgent.Testing.Telephony;

namespace PhoneAgent.LoopbackTests.Telephony.Sip;

public sealed class OurInboundTests : SipInboundContract
{
    protected override ISipUserAgent Create(SipOptions options, ICallMediaFactory media, ICallGate gate) => TestLine.BuiltIn(options, media, gate);
}

public sealed class OurOutboundTests : SipOutboundContract
{
    protected override ISipUserAgent Create(SipOptions options, ICallMediaFactory media, ICallGate gate) => TestLine.BuiltIn(options, media, gate);
}

public sealed class OurInDialogTests : SipInDialogContract
{
    protected override ISipUserAgent Create(SipOptions options, ICallMediaFactory media, ICallGate gate) => TestLine.BuiltIn(options, media, gate);
}

public sealed class OurCredentialsTests : SipCredentialsContract
{
    protected override ISipUserAgent Create(SipOptions options, ICallMediaFactory media, ICallGate gate) => TestLine.BuiltIn(options, media, gate);
}

public sealed class OurTransferTests : SipTransferContract
{
    protected override ISipUserAgent Create(SipOptions options, ICallMediaFactory media, ICallGate gate) => TestLine.BuiltIn(options, media, gate);
}
