using Microsoft.Extensions.Logging.Abstractions;
using PhoneAgent.Server.Options;
using PhoneAgent.Server.Outbound;
using PhoneAgent.Telephony.Sip;
using PhoneAgent.Telephony.Sip.UserAgent;
using PhoneAgent.Testing;
using Xunit;

namespace PhoneAgent.Tests.Server.Outbound;

public sealed class OutboundGuardTests
{
    private readonly VirtualTime _time = new();

    private OutboundGuard Guard(OutboundOptions options, params string[] named) => new(options,
        new SipOptions { Accounts = [new SipAccountOptions { User = "100", Domain = "trunk.example" }, new SipAccountOptions { User = "7", Domain = "127.0.0.2" }] },
        () => named.ToHashSet(), _time, NullLogger<OutboundGuard>.Instance);

    [Theory]
    [InlineData("+49301234567")]
    [InlineData("+49 (30) 123-45.67")]
    [InlineData("004930 1234567")]
    [InlineData("tel:+49-30-1234567")]
    [InlineData("sip:+49301234567@trunk.example")]
    [InlineData("sip:%2B49301234567@TRUNK.example;user=phone")]
    [InlineData("+49301234567@trunk.example")]
    [InlineData("200")]
    [InlineData("sip:bob@voip.example")]
    [InlineData("sip:+49301234567@voip.example:5070")]
    [InlineData("sip:anybody@127.0.0.1:5099")]
    [InlineData("sip:+1900@localhost")]
    [InlineData("sip:agent@[::1]:5060")]
    public void What_is_allowed_may_be_called(string target) =>
        Assert.Null(Guard(new OutboundOptions { AllowedPrefixes = ["+49", "2"], BlockedPrefixes = ["+4990"], AllowedHosts = ["voip.example"] }).Check(target));

    [Theory]
    [InlineData("+4990012345", OutboundRule.Prefix)]
    [InlineData("+49 90 012345", OutboundRule.Prefix)]
    [InlineData("00 49900 12345", OutboundRule.Prefix)]
    [InlineData("+1 900 1234567", OutboundRule.Prefix)]
    [InlineData("sip:+19001234567@trunk.example", OutboundRule.Prefix)]
    [InlineData("sip:%2b1900@trunk.example;phone-context=+49", OutboundRule.Prefix)]
    [InlineData("sip:%30%30%31900@trunk.example", OutboundRule.Prefix)]
    [InlineData("sip:+1900@voip.example", OutboundRule.Prefix)]
    [InlineData("sip:bob@trunk.example", OutboundRule.Prefix)]
    [InlineData("sip:1900@127.0.0.2", OutboundRule.Prefix)]
    [InlineData("sip:bob@elsewhere.example", OutboundRule.Host)]
    [InlineData("sip:bob@127.0.0.1;maddr=elsewhere.example", OutboundRule.Host)]
    [InlineData("sip:bob@127.0.0.1.elsewhere.example", OutboundRule.Host)]
    [InlineData("sip:127.0.0.1@elsewhere.example", OutboundRule.Host)]
    [InlineData("", OutboundRule.Target)]
    public void What_is_not_is_refused_by_name(string target, object rule)
    {
        OutboundRefusal refusal = Guard(new OutboundOptions { AllowedPrefixes = ["+49", "2"], BlockedPrefixes = ["+4990"], AllowedHosts = ["voip.example"] }).Check(target)!;
        Assert.Equal(rule, refusal.Rule);
        Assert.DoesNotContain("900", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_prefix_no_number_is_called_but_those_of_agents_files()
    {
        OutboundGuard guard = Guard(new OutboundOptions(), named: "+15550100");
        Assert.Equal(OutboundRule.Prefix, guard.Check("+15550101")!.Rule);
        Assert.Null(guard.Check("+15550100"));
    }

    [Fact]
    public void A_prefix_at_home_does_not_open_the_world()
    {
        OutboundGuard guard = Guard(new OutboundOptions { AllowedPrefixes = ["0"] });
        Assert.Null(guard.Check("0301234567"));
        Assert.Equal(OutboundRule.Prefix, guard.Check("001900123456")!.Rule);
        Assert.Null(Guard(new OutboundOptions { AllowedPrefixes = ["0"], InternationalPrefix = "011" }).Check("0061234"));
    }

    [Fact]
    public void Only_so_many_calls_an_hour()
    {
        OutboundGuard guard = Guard(new OutboundOptions { AllowedPrefixes = ["+49"], CallsPerHour = 2 });
        guard.TryEnter("+491", TargetChosenBy.Us, out _)!.Dispose();
        _time.Advance(TimeSpan.FromMinutes(20));
        guard.TryEnter("+492", TargetChosenBy.Us, out _)!.Dispose();
        Assert.Null(guard.TryEnter("+493", TargetChosenBy.Us, out OutboundRefusal? refusal));
        Assert.Equal((OutboundRule.CallsPerHour, TimeSpan.FromMinutes(40)), (refusal!.Rule, refusal.RetryAfter));
        Assert.NotNull(guard.TryEnter("sip:x@127.0.0.1", TargetChosenBy.Us, out _));
        _time.Advance(TimeSpan.FromMinutes(40));
        Assert.NotNull(guard.TryEnter("+493", TargetChosenBy.Us, out _));
        Assert.Equal(1, guard.Refused[OutboundRule.CallsPerHour]);
    }

    [Fact]
    public void Only_so_many_calls_to_one_number_however_it_is_written()
    {
        OutboundGuard guard = Guard(new OutboundOptions { AllowedPrefixes = ["+49"], CallsPerTargetPerHour = 2 }, named: "+4977");
        Assert.NotNull(guard.TryEnter("+49 1", TargetChosenBy.Us, out _));
        Assert.NotNull(guard.TryEnter("00491", TargetChosenBy.Us, out _));
        Assert.Null(guard.TryEnter("sip:%2B491@trunk.EXAMPLE", TargetChosenBy.Us, out OutboundRefusal? refusal));
        Assert.Equal(OutboundRule.CallsPerTarget, refusal!.Rule);
        Assert.NotNull(guard.TryEnter("+492", TargetChosenBy.Us, out _));
        for (int caller = 0; caller < 5; caller++)
            Assert.NotNull(guard.TryEnter("+4977", TargetChosenBy.Us, out _));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.NotNull(guard.TryEnter("+491", TargetChosenBy.Us, out _));
    }

    [Fact]
    public void Only_so_many_calls_at_once()
    {
        OutboundGuard guard = Guard(new OutboundOptions { AllowedPrefixes = ["+49"], CallsAtOnce = 1 });
        CallPermit first = guard.TryEnter("+491", TargetChosenBy.Us, out _)!;
        Assert.Null(guard.TryEnter("+492", TargetChosenBy.Us, out OutboundRefusal? refusal));
        Assert.Equal(OutboundRule.CallsAtOnce, refusal!.Rule);
        first.Dispose();
        first.Dispose();
        Assert.Equal(0, guard.Active);
        Assert.NotNull(guard.TryEnter("+492", TargetChosenBy.Us, out _));
    }

    [Fact]
    public void What_a_peer_asks_for_has_no_privileges()
    {
        OutboundGuard guard = Guard(new OutboundOptions { AllowedPrefixes = ["+49"], CallsPerTargetPerHour = 1 }, named: ["+15550100", "+4977"]);
        Assert.NotNull(guard.TryEnter("sip:+1900@127.0.0.1", TargetChosenBy.Us, out _));
        Assert.Null(guard.TryEnter("sip:+1900@127.0.0.1", TargetChosenBy.Peer, out OutboundRefusal? refusal));
        Assert.Equal(OutboundRule.Host, refusal!.Rule);
        Assert.NotNull(guard.TryEnter("sip:+15550100@trunk.example", TargetChosenBy.Us, out _));
        Assert.Null(guard.TryEnter("sip:+15550100@trunk.example", TargetChosenBy.Peer, out refusal));
        Assert.Equal(OutboundRule.Prefix, refusal!.Rule);
        Assert.NotNull(guard.TryEnter("+4977", TargetChosenBy.Peer, out _));
        Assert.Null(guard.TryEnter("+4977", TargetChosenBy.Peer, out refusal));
        Assert.Equal(OutboundRule.CallsPerTarget, refusal!.Rule);
        Assert.Equal(3, guard.Refused.Values.Sum());
    }

    [Theory]
    [InlineData("+1 (555) 0100")]
    [InlineData("0015550100")]
    [InlineData("tel:+1-555-0100")]
    [InlineData("sip:+15550100@trunk.example")]
    public void A_number_of_an_agents_file_is_known_however_it_is_written(string target)
    {
        Assert.Null(Guard(new OutboundOptions(), named: "+15550100").Check(target));
        Assert.Null(Guard(new OutboundOptions(), named: target).Check("+15550100"));
    }

    [Fact]
    public void Asking_counts_nothing()
    {
        OutboundGuard guard = Guard(new OutboundOptions { AllowedPrefixes = ["+49"], CallsPerTargetPerHour = 1 });
        Assert.Null(guard.Check("+491"));
        Assert.Null(guard.Check("+491"));
        Assert.NotNull(guard.Check("+1"));
        Assert.Empty(guard.Refused);
        Assert.Equal(0, guard.Active);
    }
}
