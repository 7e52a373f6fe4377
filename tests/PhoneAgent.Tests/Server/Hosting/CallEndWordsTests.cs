using PhoneAgent.Conversation.Calls;
using PhoneAgent.Server.Hosting;
using Xunit;

namespace PhoneAgent.Tests.Server.Hosting;

public sealed class CallEndWordsTests
{
    [Theory]
    [InlineData(CallEndCause.HungUp, EndedBy.Caller, null, null, "hung up by the caller")]
    [InlineData(CallEndCause.HungUp, EndedBy.Agent, null, "", "hung up by the agent")]
    [InlineData(CallEndCause.MediaTimeout, EndedBy.Network, null, "no RTP for 30 s", "media timeout by the network (no RTP for 30 s)")]
    [InlineData(CallEndCause.NotFound, EndedBy.Network, 404, "Not Found", "not found by the network (404 Not Found)")]
    public void WhatIsEmptyIsLeftOut(CallEndCause cause, EndedBy by, int? status, string? reason, string words) =>
        Assert.Equal(words, new CallEnd(cause, by, status, reason).ToWords());
}
