using Microsoft.Extensions.AI;
using PhoneAgent.Inference.OpenAiCompatible;
using PhoneAgent.Inference.OpenAiCompatible.Chat;
using PhoneAgent.Inference.OpenAiCompatible.Wire;
using PhoneAgent.Testing;
using PhoneAgent.Testing.Providers;
using Xunit;

namespace PhoneAgent.Tests.Inference.OpenAiCompatible;

public sealed class ChatAnswerTests
{
    private static readonly OpenAiServer Server = new("brain", new Uri("http://user:hunter2@127.0.0.1:9/v1"));

    private readonly ProviderFailures _failures = new(Server, new VirtualTime());

    /// <summary>Else a chain would give up a model that writes the arguments of a call for longer than its limit.</summary>
    [Fact]
    public void EveryPieceOfACallIsASignOfLife()
    {
        var answer = new ChatAnswer(new OpenAiChatOptions(Server, "m"), _failures);
        foreach (string piece in new ScriptedToolCall("1", "take_message", """{"text":"call me back"}""").Pieces(0))
            Assert.Empty(Assert.Single(answer.Take(ChatScript.Chunk(piece))).Contents);
        answer.Take(ChatScript.Chunk("{}", "tool_calls"));
        Assert.IsType<FunctionCallContent>(Assert.Single(answer.End().Single().Contents));
    }

    [Fact]
    public void APasswordInTheAddressIsInNoError()
    {
        var refused = new HttpRequestException(HttpRequestError.ConnectionError, "refused");
        Assert.StartsWith("brain at http://127.0.0.1:9 takes no connection", _failures.TryTranslate(refused, default)!.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", Server.ToString(), StringComparison.Ordinal);
    }
}
