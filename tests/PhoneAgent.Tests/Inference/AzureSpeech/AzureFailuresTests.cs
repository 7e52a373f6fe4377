using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Providers;
using PhoneAgent.Inference.AzureSpeech;
using Xunit;

namespace PhoneAgent.Tests.Inference.AzureSpeech;

public sealed class AzureFailuresTests
{
    private static readonly AzureSpeechOptions Cloud = new() { Name = "azure-eu", Key = "k3y", Region = "westeurope" };

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
        Assert.Empty(new AzureSpeechOptions { Host = new Uri("ws://localhost:5000") }.Problems());
        Assert.Equal(3, new AzureSpeechOptions { FinalTimeout = TimeSpan.Zero, MaxConcurrent = 0 }.Problems().Count());
        Assert.Contains("azure-eu.region", Assert.Throws<EngineException>(() => AzureSpeechServices.CreateRecognizer(Cloud with { Host = new Uri("ftp://x") })).Message, StringComparison.Ordinal);
    }
}
