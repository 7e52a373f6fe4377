using System.Globalization;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Inference.PocketSphinx.Grammar;
using Xunit;

namespace PhoneAgent.Tests.Inference.PocketSphinx;

public sealed class GrammarCompilerTests
{
    [Theory]
    [InlineData("when are you open", true)]
    [InlineData("are you open on sunday", true)]
    [InlineData("are you open saturday", false)]
    [InlineData("when are you", false)]
    [InlineData("um when are you open please", true)]
    public void PhrasesHaveOptionsAndAlternatives(string said, bool complete) =>
        Assert.Equal(complete, Match(new PhraseAnswer("a", ["[when] are you open [on (saturday | sunday)]"]), said).IsComplete);

    [Fact]
    public void ACompleteAnswerThatMayGoOnSaysSo()
    {
        var match = Match(new PhraseAnswer("a", ["are you open [today]"]), "are you open");
        Assert.True(match is { IsComplete: true, CanGoOn: true });
        Assert.False(Match(new PhraseAnswer("a", ["hours"]), "hours please").CanGoOn);
    }

    [Fact]
    public void TheFirstAnswerWins() =>
        Assert.Equal("one", Match([new PhraseAnswer("one", ["yes"]), new YesNoAnswer("two")], "yes").Tag);

    [Theory]
    [InlineData("four two oh", false)]
    [InlineData("four two oh seven", true)]
    [InlineData("it's double five two two", true)]
    [InlineData("triple five two two two", true)]
    [InlineData("double five double five double five", true)]
    [InlineData("one two three four five six seven", false)]
    [InlineData("double five triple five double five", false)]
    [InlineData("no i said four two oh seven", true)]
    [InlineData("no it's four two oh seven please", true)]
    [InlineData("i mean", false)]
    public void DigitsAreCounted(string said, bool complete) =>
        Assert.Equal(complete, Match(new DigitsAnswer("d", 4, 6), said).IsComplete);

    [Theory]
    [InlineData("four two oh", true)]
    [InlineData("four two oh double seven", true)]
    [InlineData("four two oh double seven one", false)]
    [InlineData("four two oh please", false)]
    public void ANumberThatMayHaveMoreDigitsIsLikelyToGoOn(string said, bool likely) =>
        Assert.Equal((true, likely), (Match(new DigitsAnswer("d", 1, 6), said).IsComplete, Match(new DigitsAnswer("d", 1, 6), said).IsLikelyToGoOn));

    [Theory]
    [InlineData("no i said friday"), InlineData("actually tomorrow"), InlineData("it's the fifth of may"), InlineData("no it's next monday")]
    public void ADayIsPutRight(string said) => Assert.True(Match(new DateAnswer("d"), said).IsComplete);

    [Theory]
    [InlineData("no i said half past two"), InlineData("i mean nine"), InlineData("it's noon")]
    public void ATimeIsPutRight(string said) => Assert.True(Match(new TimeAnswer("t"), said).IsComplete);

    [Fact]
    public void WhatGoesOnAfterAWholeAnswerHasToBeClear()
    {
        var fsg = Compile([new YesNoAnswer("y"), new PhraseAnswer("b", ["[no] bye"]), new DigitsAnswer("d", 1, 3)]).ToFsg("g");
        var probabilities = fsg.Split('\n').Where(l => l.StartsWith("TRANSITION", StringComparison.Ordinal)).Select(l => l.Split(' ')).Where(f => f.Length == 5)
            .ToLookup(f => f[4], f => double.Parse(f[3], CultureInfo.InvariantCulture));
        var word = probabilities["no"].Max();
        Assert.True(probabilities["bye"].Min() < word && probabilities["please"].Max() < word);
        Assert.Equal(word, probabilities["seven"].Max());
    }

    [Theory]
    [InlineData("yes"), InlineData("yeah that's right"), InlineData("no thank you"), InlineData("that is not correct"), InlineData("of course")]
    public void YesAndNoInTheirUsualWords(string said) => Assert.True(Match(new YesNoAnswer("y"), said).IsComplete);

    [Theory]
    [InlineData("today"), InlineData("next monday"), InlineData("the fifth of may"), InlineData("may fifth"), InlineData("on tuesday the twenty first")]
    public void Days(string said) => Assert.True(Match(new DateAnswer("d"), said).IsComplete);

    [Theory]
    [InlineData("at nine"), InlineData("half past two"), InlineData("three thirty p m"), InlineData("noon"), InlineData("ten o'clock in the morning")]
    public void TimesOfDay(string said) => Assert.True(Match(new TimeAnswer("t"), said).IsComplete);

    [Theory]
    [InlineData("(yes | no"), InlineData("yes ]"), InlineData("a || b"), InlineData(""), InlineData("()"), InlineData("press 7"), InlineData("<rule>")]
    public void AMistakeInAPhraseIsNamed(string phrase)
    {
        var problems = new List<string>();
        GrammarCompiler.Compile(new Expectation { Answers = [new PhraseAnswer("a", [phrase])] }, problems);
        Assert.Contains($"'{phrase}'", Assert.Single(problems), StringComparison.Ordinal);
    }

    [Fact]
    public void AnyTextIsReadOrRefused()
    {
        var random = new Random(11);
        const string alphabet = "ab ()[]|'<7é";
        for (var round = 0; round < 3_000; round++)
        {
            var phrase = new string([.. Enumerable.Range(0, random.Next(30)).Select(_ => alphabet[random.Next(alphabet.Length)])]);
            GrammarCompiler.Compile(new Expectation { Answers = [new PhraseAnswer("a", [phrase])] }, []);
        }
        var deep = new string('(', 1_500) + "a";
        var problems = new List<string>();
        GrammarCompiler.Compile(new Expectation { Answers = [new PhraseAnswer("a", [deep])] }, problems);
        Assert.Single(problems);
    }

    [Fact]
    public void ADigitsRangeOutOfBoundsIsNamed()
    {
        var problems = new List<string>();
        GrammarCompiler.Compile(new Expectation { Answers = [new DigitsAnswer("order", 5, 4)] }, problems);
        Assert.Contains("order", Assert.Single(problems), StringComparison.Ordinal);
    }

    [Fact]
    public void TheEngineGetsEveryWordAndOneFinalState()
    {
        var fsg = Compile([new PhraseAnswer("a", ["go [left]"])]).ToFsg("g");
        Assert.StartsWith("FSG_BEGIN g\n", fsg, StringComparison.Ordinal);
        Assert.EndsWith("FSG_END\n", fsg, StringComparison.Ordinal);
        Assert.Contains(" left\n", fsg, StringComparison.Ordinal);
        Assert.Single(fsg.Split('\n'), l => l.StartsWith("FINAL_STATE", StringComparison.Ordinal));
    }

    private static GrammarMatch Match(ExpectedAnswer answer, string said) => Match([answer], said);

    private static GrammarMatch Match(ExpectedAnswer[] answers, string said) => Compile(answers).Match(said.Split(' '));

    private static AnswerGrammar Compile(ExpectedAnswer[] answers)
    {
        var problems = new List<string>();
        var grammar = GrammarCompiler.Compile(new Expectation { Answers = answers }, problems);
        Assert.Empty(problems);
        return grammar;
    }
}
