using Microsoft.Extensions.Logging.Abstractions;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Server.Options;
using PhoneAgent.Server.Outbound;
using PhoneAgent.Telephony.Sip;
using PhoneAgent.Testing;
using PhoneAgent.Testing.Calls;
using PhoneAgent.Tests.Server.Hosting;
using Xunit;

namespace PhoneAgent.Tests.Server.Outbound;

public sealed class GuardedLineTests
{
    private readonly FakePhoneLine _line = new();
    private readonly OutboundGuard _guard = new(new OutboundOptions { AllowedPrefixes = ["+49"] },
        new SipOptions { Accounts = [new SipAccountOptions { User = "100", Domain = "trunk.example" }] }, () => new HashSet<string>(), new VirtualTime(), NullLogger<OutboundGuard>.Instance);

    private GuardedLine Line => new(_line, _guard);

    [Fact]
    public async Task A_call_that_is_not_allowed_is_not_placed()
    {
        FakeHuman dear = _line.Add("+1900");
        PlaceCallResult placed = await Line.PlaceAsync(new PlaceCallRequest("+1900"), default);
        Assert.Equal((CallEndCause.NotAllowed, EndedBy.Agent), (placed.Failure!.Cause, placed.Failure.By));
        Assert.Contains("outbound.allowed_prefixes", placed.Failure.Reason, StringComparison.Ordinal);
        Assert.Empty(dear.Requests);
    }

    [Fact]
    public async Task A_call_counts_until_it_is_disposed()
    {
        FakeHuman human = _line.Add("+491");
        Task<PlaceCallResult> placing = Line.PlaceAsync(new PlaceCallRequest("+491"), default);
        Assert.Equal(1, _guard.Active);
        human.Answer();
        ICall call = (await placing).Call!;
        Assert.Equal(1, _guard.Active);
        await call.DisposeAsync();
        Assert.Equal(0, _guard.Active);
    }

    [Fact]
    public async Task A_call_that_fails_is_over()
    {
        Assert.Equal(CallEndCause.NotFound, (await Line.PlaceAsync(new PlaceCallRequest("+492"), default)).Failure!.Cause);
        Assert.Equal(0, _guard.Active);
    }

    [Fact]
    public async Task A_caller_is_not_sent_where_we_would_not_call()
    {
        FakeCall call = HostRig.Call("one");
        _line.Ring(new FakeIncomingCall(call.Info, call));
        GuardedLine line = Line;
        Assert.True(line.Incoming.TryRead(out IIncomingCall? ringing));
        ICall answered = (await ringing.AnswerAsync(default))!;
        TransferResult refused = await answered.TransferAsync(new TransferRequest("+1900"), default);
        Assert.False(refused.Success || refused.IsRefused);
        Assert.Empty(call.Transfers);
        await answered.TransferAsync(new TransferRequest("+491"), default);
        Assert.Equal("+491", Assert.Single(call.Transfers).Target);
        Assert.Equal(0, _guard.Active);
    }
}
