using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Providers;
using PhoneAgent.Inference.AzureSpeech;
using Xunit;

namespace PhoneAgent.Tests.Inference.AzureSpeech;

public sealed class AzureFailuresTests
{
    private static readonly AzureSpeechOptions Cloud = new AzureSpeechOptions { Region = "westeurope" }.For("azure-eu", "k3y");

    [Theory]
    [InlineData("AuthenticationFailure", "", ProviderFailureKind.Unauthorized)]
    [InlineData("ConnectionFailure", "WebSocket upgrade failed: Authentication error (401).", ProviderFailureKind.Unauthorized)]
    [InlineData("ConnectionFailure", "Connection failed (no connection to the remote host).", ProviderFailureKind.Unreachable)]
    [InlineData("TooManyRequests", "", ProviderFailureKind.RateLimited)]
    [InlineData("ServiceTimeout", "", ProviderFailureKind.Timeout)]
    [InlineData("BadRequest", "Unsupported voice", ProviderFailureKind.BadRequest)]
    [InlineData("ServiceUnavailable", "", ProviderFailureKind.ServerError)]
    [InlineData("SomethingNew", "", ProviderFailureKind.BadResponse)]
    public void FailuresHaveTheirKind(string code, string details, ProviderFailureKind kind)
    {
        var error = AzureFailures.ToException(Cloud, new AzureFailure(code, details));
        Assert.Equal((kind, "azure-eu"), (error.Kind, error.Provider));
        Assert.Contains(code, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MessagesAreShortAndHoldNoKey()
    {
        var error = AzureFailures.ToException(Cloud, new AzureFailure("BadRequest", $"k3y\n{new string('x', 5_000)}"));
        Assert.DoesNotContain("k3y", error.Message, StringComparison.Ordinal);
        Assert.InRange(error.Message.Length, 300, 500);
        Assert.DoesNotContain("k3y", Cloud.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void WrongOptionsAreAllNamed()
    {
        Assert.Empty(Cloud.Problems());
        Assert.Empty(new AzureSpeechOptions { Host = "ws://localhost:5000" }.Problems());
        Assert.Equal(["region", "final_timeout", "max_concurrent"], new AzureSpeechOptions { FinalTimeout = TimeSpan.Zero, MaxConcurrent = 0 }.Problems().Select(problem => problem.Split(':')[0]));
        var error = Assert.Throws<EngineException>(() => AzureSpeechServices.CreateRecognizer((Cloud with { Host = "ftp://x" }).For("azure-eu", "k")));
        foreach (var part in new[] { "azure-eu", "region:", "host:" })
            Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.Contains("api_key", Assert.Throws<EngineException>(() => AzureSpeechServices.CreateSynthesizer(Cloud.For("azure", null))).Message, StringComparison.Ordinal);
    }
}
