using PhoneAgent.Campaigns.DoNotCall;
using Xunit;

namespace PhoneAgent.Tests.Campaigns.DoNotCall;

public sealed class DoNotCallFileTests
{
    [Fact]
    public void ANumberALine() => Assert.Equal(["+4930111111", "+4930222222"], Numbers("+4930111111\r\n\n# by post\n+49 30 222222"));

    [Fact]
    public void TheHeaderSaysWhichColumn() =>
        Assert.Equal(["+4930111111", "+4930222222"], Numbers("\uFEFFname;Phone Number;added\n\"Smith; Ann\";+4930111111;2026-01-01\nBob;+4930222222;2026-01-02\n"));

    [Fact]
    public void WithoutAHeaderItIsTheFirst() => Assert.Equal(["+4930111111"], Numbers("+4930111111,Ann\n"));

    [Fact]
    public void ABadLineIsSaidWithItsNumberAndCostsNoOther()
    {
        List<DoNotCallLine> lines = Read("number,name\n+4930111111,a\nhello,b\n\"+4930222222,open\n+4930333333,c\n");
        Assert.Equal([2, 3, 4, 5], lines.Select(line => line.Line));
        Assert.Equal(["+4930111111", "+4930333333"], lines.Where(line => line.Problem is null).Select(line => line.Number.ToString()).Where(number => number != "+4930222222"));
        Assert.NotNull(lines[1].Problem);
        Assert.Null(lines[1].Number);
    }

    [Fact]
    public void AColumnThatIsMissingIsSaid()
    {
        DoNotCallLine line = Assert.Single(Read("name,phone\nAnn 1\n"));
        Assert.Equal("the line has 1 columns, and the number is in column 2", line.Problem);
    }

    [Fact]
    public void AHeaderThatNamesNoNumberIsSaidAndTheFirstColumnTaken()
    {
        List<DoNotCallLine> lines = Read("customer,who\n+4930111111,Ann\n");
        Assert.Contains("the first one is taken", lines[0].Problem, StringComparison.Ordinal);
        Assert.Equal("+4930111111", lines[1].Number.ToString());
    }

    [Fact]
    public void ALineWithoutEndIsCutAndSaid()
    {
        List<DoNotCallLine> lines = Read(new string('1', 5_000_000) + "\n+4930111111");
        Assert.Contains("longer than 1000", lines[0].Problem, StringComparison.Ordinal);
        Assert.Equal("+4930111111", lines[1].Number.ToString());
    }

    [Fact]
    public void NoTextMakesItThrow()
    {
        var random = new Random(5);
        const string alphabet = "+0123456789,;\"\t\r\n# aé\0\uFEFF";
        for (int run = 0; run < 500; run++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(60)).Select(_ => alphabet[random.Next(alphabet.Length)]));
            Assert.All(Read(text), line => Assert.NotEqual(line.Number is null, line.Problem is null));
        }
    }

    private static List<DoNotCallLine> Read(string text) => [.. DoNotCallFile.Read(new StringReader(text), country: null)];

    private static IEnumerable<string> Numbers(string text) => Read(text).Select(line => line.Number is { } number ? number.Value : line.Problem!);
}
