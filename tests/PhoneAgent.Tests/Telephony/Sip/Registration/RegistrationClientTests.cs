using Microsoft.Extensions.Logging.Abstractions;
using PhoneAgent.Telephony.Sip;
using PhoneAgent.Telephony.Sip.Registration;
using PhoneAgent.Telephony.Sip.Transport;
using PhoneAgent.Tests.Telephony.Sip.UserAgent;
using Xunit;

namespace PhoneAgent.Tests.Telephony.Sip.Registration;

public class RegistrationClientTests
{
    private static readonly SipAccountOptions Account = new() { User = "100", Domain = "127.0.0.1", Password = "secret", ExpiresSeconds = 300 };
    private readonly Bench bench = new();
    private readonly List<SipDestination> keptAlive = [];
    private readonly RegistrationClient client;

    public RegistrationClientTests() => client = New(Account);

    private RegistrationClient New(SipAccountOptions account) =>
        new(bench.Core, bench.Locator, account, keptAlive.Add, destination => keptAlive.Remove(destination), NullLogger.Instance);

    [Fact]
    public void A_binding_is_refreshed_before_it_ends_and_removed_at_shutdown()
    {
        client.Start();
        var first = bench.Request("REGISTER");
        Assert.Equal("300", first.Headers.Get("Expires"));
        bench.Answer(first, 200, headers: ("Contact", "<sip:100@127.0.0.1:5060>;expires=120"));
        Assert.Equal(RegistrationState.Registered, client.Status.State);
        Assert.Equal(TimeSpan.FromSeconds(120), client.Status.ExpiresAt - bench.Time.GetUtcNow());
        Assert.Single(keptAlive);

        bench.Advance(99);
        bench.Nothing();
        bench.Advance(1);
        var second = bench.Request("REGISTER");
        Assert.Equal(first.CallId, second.CallId);
        Assert.True(second.CSeq.Sequence > first.CSeq.Sequence);
        bench.Answer(second, 200, headers: ("Expires", "120"));

        var removed = false;
        client.Remove(() => removed = true);
        var last = bench.Request("REGISTER");
        Assert.Equal("0", last.Headers.Get("Expires"));
        bench.Answer(last, 200);
        Assert.True(removed);
        Assert.Equal(RegistrationState.Removed, client.Status.State);
        Assert.Empty(keptAlive);
        bench.Advance(1000);
        bench.Nothing();
    }

    [Fact]
    public void A_challenge_is_answered_and_a_wrong_password_is_told()
    {
        client.Start();
        bench.Answer(bench.Request("REGISTER"), 401, headers: ("WWW-Authenticate", "Digest realm=\"r\", nonce=\"1\""));
        var again = bench.Request("REGISTER");
        Assert.NotNull(again.Headers.Get("Authorization"));
        bench.Answer(again, 403);
        Assert.Equal((RegistrationState.Failed, 403), (client.Status.State, client.Status.StatusCode));
        Assert.Contains("password", client.Status.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_longer_interval_is_granted()
    {
        client.Start();
        bench.Answer(bench.Request("REGISTER"), 423, headers: ("Min-Expires", "1800"));
        Assert.Equal("1800", bench.Request("REGISTER").Headers.Get("Expires"));
    }

    [Fact]
    public void Failures_are_repeated_later_and_later()
    {
        client.Start();
        var before = TimeSpan.Zero;
        for (var failures = 1; failures <= 4; failures++)
        {
            bench.Answer(bench.Request("REGISTER"), 500);
            var wait = client.Status.NextAttemptAt!.Value - bench.Time.GetUtcNow();
            Assert.InRange(wait.TotalSeconds, 15 * Math.Pow(2, failures - 1), 30 * Math.Pow(2, failures - 1));
            Assert.True(wait > before);
            before = wait;
            bench.Advance(wait + TimeSpan.FromMilliseconds(2));
        }
    }

    [Fact]
    public void Retry_after_is_honoured()
    {
        client.Start();
        bench.Answer(bench.Request("REGISTER"), 503, headers: ("Retry-After", "500"));
        bench.Advance(499);
        bench.Nothing();
        bench.Advance(1);
        bench.Request("REGISTER");
    }

    [Fact]
    public void Silence_is_a_failure_that_says_where_to_look()
    {
        client.Start();
        bench.Advance(33);
        Assert.Equal((RegistrationState.Failed, 408), (client.Status.State, client.Status.StatusCode));
        Assert.Contains("outbound_proxy", client.Status.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void An_outbound_proxy_is_the_route()
    {
        New(Account with { OutboundProxy = "sip:127.0.0.1:5099" }).Start();
        Assert.Equal("<sip:127.0.0.1:5099;lr>", bench.Request("REGISTER").Headers.Get("Route"));
    }
}
