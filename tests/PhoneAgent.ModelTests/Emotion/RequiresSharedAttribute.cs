using PhoneAgent.Testing;
using PhoneAgent.Testing.Contracts;

namespace PhoneAgent.ModelTests.Emotion;

/// <summary>A file of the shared test data.</summary>
public sealed class RequiresSharedAttribute(string path) : RequirementAttribute
{
    public string Path => path;

    public override string? SkipReason => Requirements.Shared(path);
}
