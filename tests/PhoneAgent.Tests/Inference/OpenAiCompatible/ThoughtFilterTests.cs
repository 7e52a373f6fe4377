using PhoneAgent.Inference.OpenAiCompatible.Chat;
using Xunit;

namespace PhoneAgent.Tests.Inference.OpenAiCompatible;

public sealed class ThoughtFilterTests
{
    [Theory]
    [InlineData("Hello.", "Hello.")]
    [InlineData("<think>The caller wants</think>\n\nHello.", "Hello.")]
    [InlineData("\n<think>\n</think>\nHello.", "Hello.")]
    [InlineData("<THINK>a</think>b", "b")]
    [InlineData("<think>never ends", "")]
    [InlineData("<thin air", "<thin air")]
    [InlineData("<", "<")]
    [InlineData("He said <think>no</think>.", "He said <think>no</think>.")]
    [InlineData("<think>a < b </ c</think>yes", "yes")]
    [InlineData("", "")]
    public void ThoughtsAtTheBeginningAreNotHeard(string written, string heard)
    {
        for (int size = 1; size <= written.Length + 1; size++)
        {
            var filter = new ThoughtFilter();
            string text = string.Concat(written.Chunk(size).Select(piece => filter.Push(new string(piece)))) + filter.End();
            Assert.Equal(heard, text);
        }
    }
}
