using PhoneAgent.Conversation.Speaking;
using Xunit;

namespace PhoneAgent.Tests.Conversation.Speaking;

public class SentenceChunkerTests
{
    [Theory]
    [InlineData("Hello. How are you?", "Hello.|How are you?")]
    [InlineData("Dr. Smith is in.", "Dr. Smith is in.")]
    [InlineData("It costs 3.50 euros. Fine?", "It costs 3.50 euros.|Fine?")]
    [InlineData("Write to me@example.com. Bye!", "Write to me@example.com.|Bye!")]
    [InlineData("We open at 9 a.m. on Monday.", "We open at 9 a.m. on Monday.")]
    [InlineData("one\ntwo", "one|two")]
    [InlineData("  ", "")]
    [InlineData("no end", "no end")]
    public void Cuts_at_sentences_only(string text, string expected) =>
        Assert.Equal(expected, string.Join('|', SentenceChunker.Split(text)));
}
