using PhoneAgent.Conversation.Transfer.Humans;
using PhoneAgent.Server.Doctor;
using Xunit;

namespace PhoneAgent.Tests.Server.Doctor;

public sealed class HumanCheckTests
{
    private static HumanPlan People(params string[] numbers) => new() { Targets = [.. numbers.Select(number => new HumanTarget(number))] };

    [Fact]
    public void ANumberNeedsAnAccount()
    {
        HumanPlan people = new()
        {
            Targets = [new HumanTarget("sip:anna@example.com"), new HumanTarget("200"), new HumanTarget("bob@example.com")],
            LastResort = new HumanTarget("+49301234567"),
        };
        CheckResult found = HumanCheck.Of("desk", people, hasAccount: false);
        Assert.Equal(CheckLevel.Warn, found.Level);
        Assert.StartsWith("desk: 200, +49301234567 cannot be dialled", found.Finding, StringComparison.Ordinal);
        Assert.Contains("sip.accounts", found.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void WithOneItCanBeDialled() => Assert.Equal(CheckLevel.Ok, HumanCheck.Of("desk", People("200"), hasAccount: true).Level);

    [Fact]
    public void AnAddressNeedsNone() => Assert.Equal(CheckLevel.Ok, HumanCheck.Of("desk", People("SIP:200@pbx", "anna@pbx"), hasAccount: false).Level);
}
