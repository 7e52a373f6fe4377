using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Inference.Whisper;
using Xunit;

namespace PhoneAgent.Tests.Inference.Whisper;

public sealed class PromptWriterTests
{
    [Fact]
    public void WhatIsExpectedFirstComesLast()
    {
        var expectation = new Expectation { Answers = [new PhraseAnswer("zanthora", ["[the] zanthora blinkwell (lamp | light)"]), new YesNoAnswer("yes_no"), new DigitsAnswer("n", 4, 6)] };
        Assert.Equal("It's 4 2 0 7 1 8. No. Yes. The zanthora blinkwell lamp.", PromptWriter.Write(expectation, []));
    }

    [Fact]
    public void WhatWasSaidBeforeComesAfterIt()
    {
        var said = new[] { new WrittenWord("My", default, default, 1), new WrittenWord("order,", default, default, 1) };
        Assert.Equal("No. Yes. My order,", PromptWriter.Write(new Expectation { Answers = [new YesNoAnswer("a")] }, said));
        Assert.Equal("", PromptWriter.Write(Expectation.Nothing, []));
    }

    [Fact]
    public void ItIsNeverLong()
    {
        var phrases = Enumerable.Range(0, 200).Select(i => new PhraseAnswer($"t{i}", [string.Concat("word", new string((char)('a' + i % 26), 9)), "(broken"])).ToList();
        Assert.InRange(PromptWriter.Write(new Expectation { Answers = phrases }, []).Length, 100, 320);
    }
}
