using PhoneAgent.Inference.Mcp;
using PhoneAgent.Server.Doctor;
using Xunit;

namespace PhoneAgent.Tests.Server.Doctor;

public sealed class McpCheckTests
{
    [Fact]
    public async Task AServerThatIsNotThereIsSaidWithWhatToDo()
    {
        IReadOnlyList<CheckResult> results = await McpCheck.RunAsync(
            [new McpServerDefinition { Name = "crm", Command = "/nowhere/crm" }, new McpServerDefinition { Name = "not valid" }], TimeProvider.System, default);

        CheckResult result = Assert.Single(results);
        Assert.Equal((CheckLevel.Warn, "mcp"), (result.Level, result.Area));
        Assert.Contains("crm cannot be reached (/nowhere/crm)", result.Finding, StringComparison.Ordinal);
        Assert.NotNull(result.Advice);
    }
}
