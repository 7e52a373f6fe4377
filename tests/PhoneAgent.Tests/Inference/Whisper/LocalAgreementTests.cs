using PhoneAgent.Inference.Whisper;
using Xunit;

namespace PhoneAgent.Tests.Inference.Whisper;

public sealed class LocalAgreementTests
{
    private readonly LocalAgreement agreement = new();

    [Fact]
    public void OneTranscriptionSettlesNothing()
    {
        Assert.False(Add("when are"));
        Assert.Equal("", Agreed);
    }

    [Fact]
    public void TwoSettleTheirCommonBeginning()
    {
        Add("When are");
        Assert.True(Add("when, are your"));
        Assert.Equal("when are", Agreed);
        Assert.False(Add("When are you open"));
        Assert.False(Add("When are your open"));
        Assert.Equal("when are", Agreed);
        Assert.True(Add("When are your oven"));
        Assert.Equal("when are your", Agreed);
    }

    [Fact]
    public void WhatIsSettledIsNeverWithdrawn()
    {
        Add("four two");
        Add("four two oh");
        Assert.False(Add("for to oh seven"));
        Assert.False(Add("for to oh seven"));
        Assert.Equal("four two", Agreed);
        Add("four two oh seven");
        Assert.True(Add("four two oh seven"));
        Assert.Equal("four two oh seven", Agreed);
    }

    [Fact]
    public void WordsThatLeaveTheWindowAreForgotten()
    {
        Add("one two three");
        Add("one two three");
        agreement.Forget(2);
        Assert.Equal("three", Agreed);
        Assert.False(Add("three four"));
        Assert.True(Add("three four"));
        Assert.Equal("three four", Agreed);
    }

    private string Agreed => string.Join(' ', agreement.Agreed.Select(word => word.Key));

    private bool Add(string text) =>
        agreement.Add([.. text.Split(' ').Select((word, i) => new WrittenWord(word, TimeSpan.FromSeconds(i), TimeSpan.FromSeconds(i + 1), 1))]);
}
