using PhoneAgent.Server.Doctor;
using PhoneAgent.Telephony.Codecs.Opus;
using Xunit;

namespace PhoneAgent.Tests.Server.Doctor;

public sealed class PackageCheckTests
{
    [Theory]
    [InlineData("SIPSorcery")]
    [InlineData("Concentus")]
    [InlineData("NWaves")]
    [InlineData("Whisper.net")]
    [InlineData("Microsoft.ML.OnnxRuntime")]
    [InlineData("Microsoft.CognitiveServices.Speech")]
    [InlineData("Stateless")]
    public void EveryPackageIsInOrSomethingStandsIn(string package)
    {
        CheckResult result = Assert.Single(PackageCheck.Run(), r => r.Finding.Split(' ', ';', ',').Contains(package));
        Assert.Matches("is in this build|; in its place [a-z]|cannot be carried in Opus", result.Finding);
    }

    [Fact]
    public void AMissingPackageIsNoFault()
    {
        Assert.Equal(CheckResult.Ok("packages", "Stateless is in this build"), PackageCheck.Check("Stateless", "a table", isIn: true, []));
        Assert.Equal(CheckResult.Ok("packages", "without Stateless; in its place a table"), PackageCheck.Check("Stateless", "a table", isIn: false, []));
    }

    [Fact]
    public void NoOpusAtAllIsToldWithWhatToInstall()
    {
        IReadOnlyList<IOpusLibrary> none = [];
        CheckResult result = PackageCheck.Check("Concentus", "libopus", isIn: false, none);
        Assert.Equal(CheckLevel.Warn, result.Level);
        Assert.Contains("libopus0", result.Advice, StringComparison.Ordinal);
    }
}
