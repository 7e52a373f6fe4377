using FsCheck;
using FsCheck.Fluent;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Dialogue.Knowledge;
using Xunit;

namespace PhoneAgent.Tests.Conversation.Dialogue.Knowledge;

public sealed class KnowledgeBaseTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("phoneagent-knowledge").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void HeadingsAreTheContextOfWhatIsBelowThem()
    {
        Write("a.md", """
            ---
            title: not for callers
            ---
            # Shop
            Welcome to *our* [shop](https://example.com).

            ## Abroad ##
            <!-- to do: say more -->
            - We ship to France.
            - Not to `Norway`.

            Setext
            ------
            Last words.
            """);

        KnowledgeBase knowledge = Load();

        Assert.Equal(
            [
                ("Shop", 5, "Welcome to our shop."),
                ("Shop › Abroad", 9, "We ship to France.\nNot to Norway."),
                ("Shop › Setext", 14, "Last words."),
            ],
            knowledge.Passages.Select(p => (p.Heading, p.Line, p.Text)));
        Assert.Equal("a.md:9, Shop › Abroad", knowledge.Passages[1].Source);
    }

    [Fact]
    public void ACommentOrARulerHidesNothingBehindIt()
    {
        Write("a.md", """
            ---
            # Hours
            <!-- checked in May --> We open at nine.
            <!-- a longer
            one --> We close at five.
            """);
        Assert.Equal(("Hours", "We open at nine. We close at five."), Assert.Single(Load().Passages.Select(p => (p.Heading, p.Text))));
    }

    [Fact]
    public void RowsCarryTheNamesOfTheirColumns()
    {
        Write("prices/list.csv", "Repair,Price,Note\nFlat tyre,19 euros,\n\"Chain, new\",39 euros,one hour\n");
        Write("table.md", "# Sizes\n| Height | Frame |\n|:------|-------|\n| 170 cm | 54 |\n");

        Assert.Equal(
            [
                ("prices/list.csv", 2, "list", "Repair: Flat tyre; Price: 19 euros"),
                ("prices/list.csv", 3, "list", "Repair: Chain, new; Price: 39 euros; Note: one hour"),
                ("table.md", 4, "Sizes", "Height: 170 cm; Frame: 54"),
            ],
            Load().Passages.Select(p => (p.File, p.Line, p.Heading, p.Text)));
    }

    [Fact]
    public void LongSectionsOverlap()
    {
        Write("long.txt", string.Join('\n', Enumerable.Range(1, 100).Select(i => $"Sentence number {i} has exactly eight words here.")));

        IReadOnlyList<KnowledgePassage> passages = Load().Passages;

        Assert.True(passages.Count > 3);
        Assert.All(passages, p => Assert.InRange(Count(p.Text), 1, PassageBuilder.MaxWords));
        foreach ((KnowledgePassage before, KnowledgePassage after) in passages.Zip(passages.Skip(1)))
            Assert.Contains(after.Text.Split(". ")[0], before.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void NoWordIsLostWhateverIsWritten()
    {
        string[] lines = ["word#", "- word#", "12. word#", "> word#", "**word#** word#.", "word#. Another one!", "| word#", "# Heading", "", "***", "```", "<!-- x -->", "[word#](https://x)"];
        Check.QuickThrowOnFailure(Prop.ForAll(Gen.Elements(lines).ListOf().ToArbitrary(), chosen =>
        {
            List<string> text = [.. chosen.Select((line, i) => line.Replace("#", line.Contains("word", StringComparison.Ordinal) ? $"{i}x" : "#", StringComparison.Ordinal))];
            var passages = new List<KnowledgePassage>();
            new MarkdownReader("f.md", "f", passages).Read(new StringReader(string.Join('\n', text)));
            string found = string.Join(' ', passages.Select(p => p.Text));
            // The first row of a table names its columns; it is found where there are rows below it.
            foreach (string word in text.Where(line => !line.StartsWith('|')).SelectMany(line => line.Split(' ', '*', '.', '[', ']')).Where(w => w.StartsWith("word", StringComparison.Ordinal)))
                Assert.Contains(word, found, StringComparison.Ordinal);
            Assert.All(passages, p => Assert.InRange(Count(p.Text), 1, PassageBuilder.MaxWords));
            Assert.All(passages, p => Assert.InRange(p.Line, 1, text.Count));
        }));
    }

    [Fact]
    public void EverythingThatIsWrongIsSaidAtOnceWithItsPlace()
    {
        Write("bad.csv", "a,b\n1,2\n1,2,3\n");
        File.WriteAllBytes(Path.Combine(_folder, "latin.md"), [(byte)'a', (byte)'\n', 0xE4, (byte)'\n']);
        Write("big.txt", new string('x', 3000));
        var problems = new List<ConfigProblem>();

        Assert.Null(KnowledgeBase.Load(_folder, problems, new KnowledgeLimits { MaxFileBytes = 2048 }));

        Assert.Equal(
            [("bad.csv", 3), ("big.txt", 0), ("latin.md", 2)],
            problems.Select(p => (Path.GetFileName(p.File), p.Line)));
        Assert.Contains("in quotes", problems[0].Message, StringComparison.Ordinal);
        Assert.Contains("2 KiB", problems[1].Message, StringComparison.Ordinal);
        Assert.Contains("UTF-8", problems[2].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AFolderHasItsLimits()
    {
        Write("a.md", "one");
        Write("b.md", "two");
        Assert.Contains("more than 1 files", Problem(new KnowledgeLimits { MaxFiles = 1 }), StringComparison.Ordinal);
        Assert.Contains("more than 1 passages", Problem(new KnowledgeLimits { MaxPassages = 1 }), StringComparison.Ordinal);
        Directory.Delete(_folder, recursive: true);
        Assert.Contains("cannot be read", Problem(new KnowledgeLimits()), StringComparison.Ordinal);
        Directory.CreateDirectory(_folder);
        Assert.Contains("nothing to know", Problem(new KnowledgeLimits()), StringComparison.Ordinal);
    }

    [Fact]
    public void AChangedFileIsReadAndABrokenOneChangesNothing()
    {
        Write("a.md", "Apples are green.");
        KnowledgeBase knowledge = Load();
        var problems = new List<ConfigProblem>();
        Assert.False(knowledge.Refresh(problems));

        Write("b.md", "Bananas are yellow.");
        Assert.True(knowledge.Refresh(problems));
        Assert.Equal("b.md", Assert.Single(knowledge.Search("what about bananas")).Passage.File);

        Write("c.csv", "a\n\"open\n");
        Assert.False(knowledge.Refresh(problems));
        Assert.Single(problems);
        Assert.False(knowledge.Refresh(problems));
        Assert.Single(problems);
        Assert.Single(knowledge.Search("bananas"));
    }

    [Fact]
    public void TheBestPassageComesFirst()
    {
        Write("a.md", """
            # Returns
            You may return helmets.
            # Shoes
            Return of the shoes: shoes and boots, in any colour and size.
            # Boots
            Made of leather.
            """);
        KnowledgeBase knowledge = Load();

        Assert.Equal("Boots", knowledge.Search("boots")[0].Passage.Heading);
        Assert.Equal("Shoes", knowledge.Search("i'd like to return my shoes")[0].Passage.Heading);
        Assert.Equal("Returns", knowledge.Search("returning a helmet")[0].Passage.Heading);
        Assert.Single(knowledge.Search("boots", count: 1));
    }

    [Theory]
    [InlineData("repairs", "repairing")]
    [InlineData("repaired", "repair")]
    [InlineData("batteries", "battery")]
    [InlineData("prices", "price")]
    [InlineData("hopping", "hop")]
    [InlineData("charge", "charging")]
    [InlineData("delivered", "delivers")]
    [InlineData("bicycle", "bicycles")]
    public void FormsOfAWordAreOne(string one, string other) => Assert.Equal(EnglishStemmer.Stem(one), EnglishStemmer.Stem(other));

    [Theory]
    [InlineData("bus")]
    [InlineData("glass")]
    [InlineData("this")]
    [InlineData("need")]
    [InlineData("sing")]
    [InlineData("2023")]
    public void WhatOnlyLooksLikeAFormStays(string word) => Assert.Equal(word, EnglishStemmer.Stem(word));

    [Fact]
    public void AnyQuestionIsSearchedWithoutHarm()
    {
        Write("a.md", "# A\nOne two three.\n# B\nFour five six one.");
        KnowledgeBase knowledge = Load();
        Check.QuickThrowOnFailure(Prop.ForAll(ArbMap.Default.ArbFor<string?>(), question =>
        {
            IReadOnlyList<KnowledgeHit> hits = knowledge.Search(question ?? "", minCoverage: 0);
            Assert.All(hits, hit => Assert.InRange(hit.Coverage, 0, 1.0000001));
            Assert.Equal(hits.OrderByDescending(hit => hit.Score), hits);
        }));
    }

    private KnowledgeBase Load()
    {
        var problems = new List<ConfigProblem>();
        KnowledgeBase? knowledge = KnowledgeBase.Load(_folder, problems);
        Assert.Empty(problems);
        return knowledge!;
    }

    private string Problem(KnowledgeLimits limits)
    {
        var problems = new List<ConfigProblem>();
        Assert.Null(KnowledgeBase.Load(_folder, problems, limits));
        return Assert.Single(problems).Message;
    }

    private void Write(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    private static int Count(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;
}
