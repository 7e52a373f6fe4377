using FsCheck;
using FsCheck.Fluent;
using PhoneAgent.Conversation.Speaking;
using Xunit;

namespace PhoneAgent.Tests.Conversation.Speaking;

public class SentenceChunkerTests
{
    [Theory]
    [InlineData("Hello. How are you?", "Hello.|How are you?")]
    [InlineData("one\ntwo", "one|two")]
    [InlineData("  ", "")]
    [InlineData("no end", "no end")]
    [InlineData("What?! No; really.", "What?!|No;|really.")]
    [InlineData("Dr. Smith is in.", "Dr. Smith is in.")]
    [InlineData("J. R. Smith called. He is in.", "J. R. Smith called.|He is in.")]
    [InlineData("It is 12 Main St. We open at nine.", "It is 12 Main St.|We open at nine.")]
    [InlineData("Ask at St. John today.", "Ask at St. John today.")]
    [InlineData("Ask for No. 5 please. No. I am sure.", "Ask for No. 5 please.|No.|I am sure.")]
    [InlineData("It costs 3.50 euros. Fine?", "It costs 3.50 euros.|Fine?")]
    [InlineData("That is 1,000.50. Fine?", "That is 1,000.50.|Fine?")]
    [InlineData("1. Open the box. 2. Close it.", "1. Open the box.|2. Close it.")]
    [InlineData("Am 3. Mai sind wir da. Bis bald.", "Am 3. Mai sind wir da.|Bis bald.")]
    [InlineData("Take bus 12. Nobody waits at 5. Test 2.", "Take bus 12.|Nobody waits at 5.|Test 2.")]
    [InlineData("Write to me@example.com. Bye!", "Write to me@example.com.|Bye!")]
    [InlineData("See https://example.com/a?b=1.2! Then call.", "See https://example.com/a?b=1.2!|Then call.")]
    [InlineData("We open at 9 a.m. on Monday.", "We open at 9 a.m. on Monday.")]
    [InlineData("We open at 9 a.m. Monday to Friday.", "We open at 9 a.m. Monday to Friday.")]
    [InlineData("We open at 9 a.m. tomorrow. Is that fine?", "We open at 9 a.m. tomorrow.|Is that fine?")]
    [InlineData("We close at 5 p.m. Is that fine?", "We close at 5 p.m.|Is that fine?")]
    [InlineData("Well... I think so. Hmm… let me see.", "Well... I think so.|Hmm… let me see.")]
    [InlineData("That was it... Then he left.", "That was it...|Then he left.")]
    [InlineData("\"Are you sure? Really?\" she asked. Yes.", "\"Are you sure? Really?\" she asked.|Yes.")]
    [InlineData("He said “Stop. Go.” Then he left.", "He said “Stop. Go.”|Then he left.")]
    [InlineData("Er sagte „Halt. Los.“ Dann ging er.", "Er sagte „Halt. Los.“|Dann ging er.")]
    [InlineData("(See below.) It works.", "(See below.)|It works.")]
    [InlineData("お電話ありがとうございます。ご用件は？はい！", "お電話ありがとうございます。|ご用件は？|はい！")]
    [InlineData("他说「你好。再见。」然后走了。", "他说「你好。再见。」|然后走了。")]
    [InlineData("क्या आप हैं। हाँ।", "क्या आप हैं।|हाँ।")]
    [InlineData("كيف حالك؟ بخير.", "كيف حالك؟|بخير.")]
    public void Cuts_at_sentences_only(string text, string expected) =>
        Assert.Equal(expected, string.Join('|', SentenceChunker.Split(text)));

    [Theory]
    [InlineData("I found your order number two, and it was sent yesterday. Anything else?", "I found your order number two,|and it was sent yesterday.|Anything else?")]
    [InlineData("Yes, of course, I can look. Then we see, as always, what to do with that, right?", "Yes, of course, I can look.|Then we see, as always, what to do with that, right?")]
    [InlineData("Your order of one thousand and 1,000,000 is here, good.", "Your order of one thousand and 1,000,000 is here,|good.")]
    [InlineData("The number that you gave me is 5 5 5, 1 2 3.", "The number that you gave me is 5 5 5, 1 2 3.")]
    [InlineData("The appointment that you have made is on Monday at nine and I can move it.", "The appointment that you have made is on Monday at nine|and I can move it.")]
    [InlineData("Here is what I have found for you — one order.", "Here is what I have found for you —|one order.")]
    [InlineData("少々お待ちください、お調べします、はい。", "少々お待ちください、|お調べします、はい。")]
    public void The_first_clause_comes_early(string text, string expected) =>
        Assert.Equal(expected, string.Join('|', SentenceChunker.Split(text, firstClauseEarly: true)));

    [Fact]
    public void A_clause_leaves_as_soon_as_it_is_known()
    {
        var chunker = new SentenceChunker();
        Assert.Empty(chunker.Add("I found your order number two"));
        Assert.Empty(chunker.Add(","));
        Assert.Equal(["I found your order number two,"], chunker.Add(" and"));
        Assert.Empty(chunker.Add(" it costs 3"));
        Assert.Empty(chunker.Add("."));
        Assert.Empty(chunker.Add("5 euros."));
        Assert.Equal(["and it costs 3.5 euros."], chunker.Add(" T"));
        Assert.Equal(["That"], chunker.Add("hat\n"));
        Assert.Empty(chunker.Add("is all"));
        Assert.Equal(["is all"], chunker.Flush());
        Assert.Equal(["Next one of the two texts here,"], [.. chunker.Add("Next one of the two texts here, y")]);
    }

    [Fact]
    public void A_text_without_end_is_cut_all_the_same()
    {
        string text = string.Join(' ', Enumerable.Repeat("words and words", 200));
        IReadOnlyList<string> chunks = SentenceChunker.Split(text);
        Assert.All(chunks, chunk => Assert.InRange(chunk.Length, 1, SentenceScan.MaxCharacters));
        Assert.Equal(text, string.Join(' ', chunks));
        Assert.All(SentenceChunker.Split(new string('.', 5000) + string.Concat(Enumerable.Repeat("😀", 2000))),
            chunk => Assert.False(char.IsLowSurrogate(chunk[0])));
    }

    [Fact]
    public void Any_pieces_give_the_same_sentences() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(2_000), Prop.ForAll(Texts, Seeds, (text, seed) =>
    {
        foreach (bool early in (bool[])[true, false])
        {
            var random = new Random(seed);
            var chunker = new SentenceChunker(early);
            var chunks = new List<string>();
            for (int at = 0; at < text.Length;)
            {
                int length = Math.Min(random.Next(1, 1 + random.Next(1, 12)), text.Length - at);
                chunks.AddRange(chunker.Add(text.AsSpan(at, length)));
                at += length;
            }
            chunks.AddRange(chunker.Flush());
            Assert.Equal(SentenceChunker.Split(text, early), chunks);
        }
    }));

    [Fact]
    public void Nothing_is_lost_and_sentences_stay_whole() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(2_000), Prop.ForAll(Texts, text =>
    {
        IReadOnlyList<string> chunks = SentenceChunker.Split(text, firstClauseEarly: true);
        Assert.Equal(Solid(text), Solid(string.Concat(chunks)));
        Assert.All(chunks, chunk => Assert.Equal(chunk, chunk.Trim()));
        Assert.DoesNotContain("", chunks);
        // Who speaks them cuts again: what was cut stays as it is.
        Assert.All(SentenceChunker.Split(text), chunk => Assert.Equal([chunk], SentenceChunker.Split(chunk)));
    }));

    private static string Solid(string text) => string.Concat(text.Where(c => !char.IsWhiteSpace(c)));

    private static Arbitrary<int> Seeds => Gen.Choose(0, int.MaxValue - 1).ToArbitrary();

    /// <summary>Texts made of what the rules are about, in any order.</summary>
    private static Arbitrary<string> Texts => Gen.Elements(
            "Hello", " ", " ", " ", ".", ". ", "...", "…", "! ", "?", ", ", ",", ": ", " — ", "\n", "3", "5", "1,000", "3.5", "No.", "Dr. ", "a.m.", "p.m. ", "etc. ", "e.g. ", "St.",
            "I", "The ", "Monday", "and ", " because ", "order number two", "me@example.com", "https://a.example/b?c=1.", "\"", "“", "”", "(", ")", "'", "。", "？", "「", "」", "、", "日本語",
            "😀", "    ", "\t", "\r\n", "x", "wonderful weather", "U.S.")
        .ListOf().Select(parts => string.Concat(parts)).ToArbitrary();
}
