using PhoneAgent.Conversation.Dialogue.Language;
using Xunit;

namespace PhoneAgent.Tests.Conversation.Dialogue.Language;

public sealed class PhrasePatternTests
{
    private static readonly string[] Vocabulary = ["when", "are", "you", "open", "on", "monday", "order", "my", "a", "i'd"];

    [Fact]
    public void Every_sentence_of_a_pattern_matches_it_with_fillers_anywhere_and_not_with_a_strange_word()
    {
        var random = new Random(20261121);
        for (int round = 0; round < 500; round++)
        {
            string text = Sequence(random, 0);
            Assert.True(PhrasePattern.TryParse(text, out PhrasePattern? pattern, out string? error), $"{text}: {error}");
            foreach (string sentence in pattern.Sentences(50))
            {
                List<string> words = [.. sentence.Split(' ')];
                Assert.True(pattern.IsMatch(words), $"'{sentence}' of {text}");
                words.Insert(random.Next(words.Count + 1), "um");
                Assert.True(pattern.IsMatch(words), $"'{string.Join(' ', words)}' of {text}");
                words[random.Next(words.Count)] = "zebra";
                Assert.False(pattern.IsMatch(words), $"'{string.Join(' ', words)}' of {text}");
            }
        }
    }

    private static string Sequence(Random random, int depth) =>
        string.Join(' ', Enumerable.Range(0, random.Next(1, 4)).Select(_ => Item(random, depth)));

    private static string Item(Random random, int depth)
    {
        int kind = depth > 2 ? 0 : random.Next(5);
        string inside() => string.Join(" | ", Enumerable.Range(0, random.Next(1, 4)).Select(_ => Sequence(random, depth + 1)));
        return kind switch
        {
            3 => $"({inside()})",
            4 => $"[{inside()}]",
            _ => Vocabulary[random.Next(Vocabulary.Length)],
        };
    }

    [Fact]
    public void Lists_its_sentences() =>
        Assert.Equal(["when open on monday", "when open", "open on monday", "open"], PhrasePattern.Parse("[when] open [on monday]").Sentences(10));

    [Theory]
    [InlineData("", "empty")]
    [InlineData("(a", "never closed")]
    [InlineData("a)", "closes nothing")]
    [InlineData("(a]", "closes nothing")]
    [InlineData("(a | )", "empty alternative")]
    [InlineData("a | | b", "empty alternative")]
    [InlineData("()", "empty alternative")]
    [InlineData("When", "lower case")]
    [InlineData("a+", "not allowed")]
    [InlineData("42", "not allowed")]
    public void Refuses_bad_syntax(string text, string reason)
    {
        Assert.False(PhrasePattern.TryParse(text, out _, out string? error));
        Assert.Contains(reason, error, StringComparison.Ordinal);
    }

    [Fact]
    public void Caps_its_size()
    {
        Assert.False(PhrasePattern.TryParse(new string('(', 100) + "a" + new string(')', 100), out _, out string? error));
        Assert.Contains("nested deeper", error, StringComparison.Ordinal);
        Assert.False(PhrasePattern.TryParse(new string('a', 5000), out _, out _));
    }

    /// <summary>Alternatives inside alternatives must not cost exponential time.</summary>
    [Fact]
    public void Matches_a_nasty_pattern_quickly()
    {
        PhrasePattern pattern = PhrasePattern.Parse(string.Join(' ', Enumerable.Repeat("[a | a a | a a a]", 40)) + " b");
        Assert.False(pattern.IsMatch([.. Enumerable.Repeat("a", 100)]));
        Assert.Equal(5, pattern.Sentences(5).Count());
    }
}
