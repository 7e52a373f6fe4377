using System.Xml.Linq;
using Xunit;

namespace PhoneAgent.Tests.Server;

/// <summary>Which way projects point: Audio ← Conversation ← {Telephony, Inference, Campaigns} ← Server.</summary>
public sealed class ProjectReferenceTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["PhoneAgent.Audio"] = [],
        ["PhoneAgent.Conversation"] = ["PhoneAgent.Audio"],
        ["PhoneAgent.Telephony"] = ["PhoneAgent.Conversation", "PhoneAgent.Audio"],
        ["PhoneAgent.Inference"] = ["PhoneAgent.Conversation", "PhoneAgent.Audio"],
        ["PhoneAgent.Campaigns"] = ["PhoneAgent.Conversation", "PhoneAgent.Audio"],
        ["PhoneAgent.Server"] = ["PhoneAgent.Telephony", "PhoneAgent.Inference", "PhoneAgent.Campaigns", "PhoneAgent.Conversation", "PhoneAgent.Audio"],
    };

    public static TheoryData<string> Projects => [.. Directory.GetFiles(Path.Combine(Repository.Root, "src"), "*.csproj", SearchOption.AllDirectories).Select(f => Path.GetFileNameWithoutExtension(f))];

    [Theory]
    [MemberData(nameof(Projects))]
    public void AProjectReferencesOnlyWhatTheDesignAllows(string project)
    {
        Assert.True(Allowed.TryGetValue(project, out string[]? allowed), $"{project} is not in the design; say here what it may reference.");
        Assert.Empty(ReferencesOf(project).Except(allowed));
    }

    [Fact]
    public void ArithmeticOnSamplesNeedsNoPackage() =>
        Assert.Empty(Load("PhoneAgent.Audio").Descendants("PackageReference"));

    private static IEnumerable<string> ReferencesOf(string project) =>
        Load(project).Descendants("ProjectReference").Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value));

    private static XDocument Load(string project) => XDocument.Load(Path.Combine(Repository.Root, "src", project, $"{project}.csproj"));
}
