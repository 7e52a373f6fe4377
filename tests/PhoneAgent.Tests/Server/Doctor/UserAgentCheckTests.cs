using PhoneAgent.Server.Doctor;
using PhoneAgent.Telephony.Sip;
using PhoneAgent.Telephony.Sip.UserAgent;
using Xunit;

namespace PhoneAgent.Tests.Server.Doctor;

public sealed class UserAgentCheckTests
{
    [Fact]
    public void OurOwnHasNothingToConfess()
    {
        CheckResult only = Assert.Single(UserAgentCheck.Run(new SipOptions { Stack = UserAgents.BuiltIn, Timers = new() { T1Milliseconds = 250 } }));
        Assert.Equal(CheckLevel.Ok, only.Level);
        Assert.Contains("our own", only.Finding, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatWasNotAskedForIsNotMissed() => Assert.Empty(UserAgentCheck.Unheeded(new SipOptions()));

    [Fact]
    public void WhatWasAskedForAndIsNotHeededIsNamed()
    {
        string[] found = [.. UserAgentCheck.Unheeded(new SipOptions
        {
            Timers = new() { T1Milliseconds = 250, SessionExpiresSeconds = 600 },
            Inbound = new() { Callers = [new() { User = "alice", Password = "secret" }], Algorithms = ["SHA-256"] },
            Accounts = [new() { User = "a", Domain = "example.com", ExpiresSeconds = 86_400 }, new() { User = "b", Domain = "example.com", ExpiresSeconds = 600 }],
        })];
        Assert.Equal(4, found.Length);
        Assert.Contains(found, text => text.Contains("T1", StringComparison.Ordinal));
        Assert.Contains(found, text => text.Contains("session", StringComparison.Ordinal));
        Assert.Contains(found, text => text.Contains("MD5", StringComparison.Ordinal));
        Assert.Contains(found, text => text.Contains("a@example.com", StringComparison.Ordinal));
    }
}
