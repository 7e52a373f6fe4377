using System.Xml.Linq;
using Xunit;

namespace PhoneAgent.Tests.Server;

/// <summary>src/README.md says of every package under what licence it comes and why it was chosen.</summary>
public sealed class LicenceTests
{
    [Fact]
    public void EveryPackageHasItsLicenceAndItsReason()
    {
        var packages = XDocument.Load(Path.Combine(Repository.Root, "Directory.Packages.props")).Descendants("PackageVersion").Select(p => p.Attribute("Include")!.Value);
        var rows = File.ReadLines(Path.Combine(Repository.Root, "src", "README.md"))
            .SkipWhile(line => line != "| Package | Licence | Why it was chosen |").Skip(2).TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries)).ToList();
        var named = rows.SelectMany(row => row[1].Split(", ").Select(name => (Name: name.TrimEnd('†', ' '), Licence: row[2], Reason: row[3]))).ToList();

        Assert.All(packages, package => Assert.Single(named, row => row.Name == package && row.Licence.Length > 0 && row.Reason.Length > 0));
    }
}
