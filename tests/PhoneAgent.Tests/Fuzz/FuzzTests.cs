using PhoneAgent.Fuzz;
using PhoneAgent.Fuzz.Targets;
using Xunit;

namespace PhoneAgent.Tests.Fuzz;

/// <summary>The short form of <c>dotnet run -c Release --project tests/PhoneAgent.Fuzz -- all</c>.</summary>
public class FuzzTests
{
    private const int Count = 20_000;

    public static TheoryData<string> Names => [.. AllTargets.Create().Select(t => t.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void No_input_lets_an_exception_escape_and_some_are_accepted(string name)
    {
        FuzzReport report = FuzzRun.Run(AllTargets.Create().Single(t => t.Name == name), Count, seed: 2);
        Assert.True(report.Exceptions == 0, string.Join(Environment.NewLine, report.Findings));
        Assert.True(report.Accepted > Count / 100, $"hardly anything got past the first check: {report}");
        Assert.True(report.Refused > Count / 100, $"hardly anything was refused: {report}");
    }

    [Fact]
    public void A_target_that_throws_is_found()
    {
        FuzzReport report = FuzzRun.Run(new Throwing(), 200, seed: 1);
        Assert.True(report.Exceptions > 0);
        Assert.False(report.IsClean);
        Assert.Contains("the byte 7", report.Findings[0], StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_seed_makes_the_same_inputs()
    {
        byte[][] seeds = [[1, 2, 3, (byte)'5'], [9, 9]];
        var one = new Mutator(seeds, 3);
        var two = new Mutator(seeds, 3);
        for (int i = 0; i < 1000; i++)
            Assert.Equal(one.Next(), two.Next());
    }

    private sealed class Throwing : IFuzzTarget
    {
        public string Name => "throwing";
        public IReadOnlyList<byte[]> Seeds => [[1, 2, 3]];

        public bool Run(ReadOnlySpan<byte> input) =>
            input.Contains((byte)7) ? throw new InvalidOperationException("the byte 7") : true;
    }
}
