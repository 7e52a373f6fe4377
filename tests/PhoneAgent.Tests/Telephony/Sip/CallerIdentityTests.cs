using PhoneAgent.Conversation.Calls;
using PhoneAgent.Telephony.Sip;
using PhoneAgent.Telephony.Sip.UserAgent;
using Xunit;

namespace PhoneAgent.Tests.Telephony.Sip;

public class CallerIdentityTests
{
    private static readonly PlaceCallRequest Plain = new("+493012345678");

    [Fact]
    public void Without_a_wish_nothing_is_added() => Assert.Same(Plain, CallerIdentity.AddTo(Plain));

    [Fact]
    public void The_operator_is_told_who_calls()
    {
        PlaceCallRequest request = CallerIdentity.AddTo(Plain with { AssertedNumber = "+493099999999" });
        Assert.Equal("<tel:+493099999999>", request.Headers["P-Asserted-Identity"]);
        Assert.False(request.Headers.ContainsKey("Privacy"));
    }

    [Fact]
    public void A_withheld_number_goes_to_the_operator_only()
    {
        PlaceCallRequest request = CallerIdentity.AddTo(Plain with { AssertedNumber = "+493099999999", IsCallerIdWithheld = true });
        Assert.Equal("<tel:+493099999999>", request.Headers["P-Asserted-Identity"]);
        Assert.Equal("id;user;critical", request.Headers["Privacy"]);
    }

    [Fact]
    public void A_withheld_caller_is_anonymous_in_From()
    {
        var options = new SipOptions { Accounts = [new() { User = "100", Domain = "trunk.example", DisplayName = "Agent" }] };
        CallPlan plan = new CallTargets(options).Plan(Plain with { CallerId = "+493099999999", DisplayName = "Shop", IsCallerIdWithheld = true })!;
        Assert.Equal("\"Anonymous\" <sip:anonymous@anonymous.invalid>", plan.From!.ToString());
        Assert.Equal("trunk.example", plan.Account!.Domain);
    }

    [Fact]
    public void Headers_that_the_application_wrote_stay()
    {
        PlaceCallRequest request = CallerIdentity.AddTo(Plain with
        {
            AssertedNumber = "+493099999999",
            Headers = new Dictionary<string, string> { ["p-asserted-identity"] = "<sip:shop@trunk.example>" },
        });
        Assert.Equal("<sip:shop@trunk.example>", Assert.Single(request.Headers).Value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("+")]
    [InlineData("123>\r\nX: y")]
    [InlineData("100 200")]
    public void What_is_no_number_is_not_asserted(string number) =>
        Assert.Throws<ArgumentException>(() => CallerIdentity.AddTo(Plain with { AssertedNumber = number }));
}
