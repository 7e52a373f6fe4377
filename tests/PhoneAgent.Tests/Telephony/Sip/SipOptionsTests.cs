using PhoneAgent.Telephony.Sip;
using PhoneAgent.Telephony.Sip.UserAgent;
using Xunit;

namespace PhoneAgent.Tests.Telephony.Sip;

public class SipOptionsTests
{
    [Fact]
    public void The_defaults_are_valid() => Assert.Empty(new SipOptions().Validate());

    [Fact]
    public void All_mistakes_are_told_at_once_with_their_keys()
    {
        var options = new SipOptions
        {
            Listen = [new() { Transport = "sctp", Address = "localhost", Port = 70_000 }, new() { Transport = "tls" }],
            ExternalAddress = "home",
            Accounts = [new() { User = "", Domain = "a b", ExpiresSeconds = 1, OutboundProxy = "proxy" }],
            Inbound = new() { Allow = ["10.0.0.0/99"], Callers = [new()], Realm = "a\"b", RingSeconds = 0 },
            Timers = new() { T1Milliseconds = 5000, T2Milliseconds = 4000, SessionExpiresSeconds = 60 },
            MaxCalls = 0,
            MaxCallsStatus = 200,
        };

        var keys = options.Validate().Select(e => e.Key).ToHashSet();

        Assert.Equal(
            ["accounts[0].domain", "accounts[0].expires_seconds", "accounts[0].outbound_proxy", "accounts[0].user",
             "external_address", "inbound.allow[0]", "inbound.callers[0].password", "inbound.callers[0].user",
             "inbound.realm", "inbound.ring_seconds", "listen[0].address", "listen[0].port", "listen[0].transport",
             "max_calls", "max_calls_status", "timers.session_expires_seconds", "timers.t2_milliseconds"],
            keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_user_agent_that_does_not_exist_or_was_not_built_in_is_a_mistake()
    {
        Assert.Equal("stack", Assert.Single(new SipOptions { Stack = "h323" }.Validate()).Key);
        Assert.Equal(UserAgents.HasSipSorcery, new SipOptions { Stack = UserAgents.SipSorcery }.Validate().Count == 0);
    }

    [Fact]
    public void The_same_listener_twice_is_a_mistake() =>
        Assert.Equal("listen[1]", Assert.Single(new SipOptions { Listen = [new(), new()] }.Validate()).Key);
}
