using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Conversation.Transfer.Brief;
using PhoneAgent.Server.Handover;
using PhoneAgent.Testing;
using PhoneAgent.Tests.Conversation.Transfer.Brief;
using Xunit;

namespace PhoneAgent.Tests.Server.Handover;

public sealed class BriefLinksTests
{
    private static readonly HandoverBrief Brief = BriefByRules.Write(BriefCalls.Of(BriefCalls.Angry, TransferReasons.Asked));

    private readonly VirtualTime _time = new();

    [Fact]
    public void ABriefIsFoundByItsTokenUntilItsTimeIsOver()
    {
        var links = new BriefLinks(TimeSpan.FromHours(1), _time);
        string token = links.Add(Brief);
        Assert.Same(Brief, links.Find(token));
        _time.Advance(TimeSpan.FromMinutes(59.9));
        Assert.Same(Brief, links.Find(token));
        _time.Advance(TimeSpan.FromMinutes(0.1));
        Assert.Null(links.Find(token));
    }

    [Fact]
    public void TokensAreLongUrlSafeAndNeverTheSame()
    {
        var links = new BriefLinks(TimeSpan.FromHours(1), _time);
        string[] tokens = [.. Enumerable.Range(0, 200).Select(_ => links.Add(Brief))];
        Assert.Equal(tokens.Length, tokens.Distinct().Count());
        Assert.All(tokens, token => Assert.Matches("^[A-Za-z0-9_-]{43}$", token));
    }

    [Theory]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void WhatIsNoTokenFindsNothing(string token)
    {
        var links = new BriefLinks(TimeSpan.FromHours(1), _time);
        links.Add(Brief);
        Assert.Null(links.Find(token));
    }

    [Fact]
    public void ManyBriefsPushTheOldestOut()
    {
        var links = new BriefLinks(TimeSpan.FromHours(1), _time);
        string first = links.Add(Brief), second = links.Add(Brief);
        for (int i = 0; i < 4_999; i++)
            links.Add(Brief);
        Assert.Null(links.Find(first));
        Assert.NotNull(links.Find(second));
    }
}
