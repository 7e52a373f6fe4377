using System.Text;
using Microsoft.Extensions.AI;
using PhoneAgent.Conversation.Providers;
using PhoneAgent.Inference.OpenAiCompatible;
using PhoneAgent.Inference.OpenAiCompatible.Chat;
using PhoneAgent.Testing;
using PhoneAgent.Testing.Providers;
using Xunit;

namespace PhoneAgent.LoopbackTests.Inference.OpenAi;

/// <summary>What comes back, from servers as they are and as they fail.</summary>
public sealed class OpenAiChatAnswerTests : OpenAiTest
{
    private const string Done = "[DONE]";

    [Theory]
    [InlineData("""{"role":"","content":"Hi"}""", "Hi")] // several gateways
    [InlineData("""{"content":"Hi","reasoning_content":"hm"}""", "Hi")] // DeepSeek, vLLM, llama.cpp
    [InlineData("""{"content":"Hi","reasoning":"hm","thinking":"hm"}""", "Hi")] // Ollama, OpenRouter
    [InlineData("""{"content":[{"type":"text","text":"H"},{"type":"text","text":"i"}]}""", "Hi")] // Mistral
    [InlineData("""{"content":null,"refusal":"I cannot."}""", "I cannot.")]
    [InlineData("""{"content":"<think>hm</think>Hi"}""", "Hi")] // no reasoning parser
    [InlineData("""{"content":7,"tool_calls":"none","role":{}}""", "")]
    [InlineData("null", "")]
    public async Task DeltasOfAllKindsAreRead(string delta, string text) =>
        Assert.Equal(text, (await AnswerAsync(ChatScript.Chunk("""{"role":"assistant"}"""), ChatScript.Chunk(delta), ChatScript.Chunk("{}", "stop"), Done)).Text);

    [Theory]
    [InlineData("\"stop\"", "stop")]
    [InlineData("\"eos\"", "stop")]
    [InlineData("\"\"", "stop")]
    [InlineData("\"length\"", "length")]
    [InlineData("\"content_filter\"", "content_filter")]
    [InlineData("\"function_call\"", "tool_calls")]
    [InlineData("null", "stop")]
    [InlineData("7", "stop")]
    public async Task FinishReasonsOfAllKindsAreRead(string reason, string meaning)
    {
        ChatResponse answer = await AnswerAsync($$$"""{"id":null,"created":null,"model":null,"choices":[{"delta":{"content":"a"},"finish_reason":{{{reason}}}}]}""", Done);
        Assert.Equal(meaning, answer.FinishReason!.Value.Value);
    }

    [Theory]
    [InlineData("""[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":"{\"x\":1}"}},{"index":1,"id":"b","function":{"name":"g","arguments":"{}"}}]""")] // whole
    [InlineData("""[{"id":"a","function":{"name":"f","arguments":"{\"x\":1}"}},{"id":"b","function":{"name":"g","arguments":"{}"}}]""")] // no index
    [InlineData("""[{"index":0,"id":"a","function":{"name":"f","arguments":"{\"x\":1}"}},{"index":0,"id":"b","function":{"name":"g","arguments":"{}"}}]""")] // all under one index
    [InlineData("""[{"index":0,"id":"a","type":"","function":{"name":"f","arguments":{"x":1}}},{"index":1,"id":"b","function":{"name":"g","arguments":null}}]""")] // an object
    [InlineData("""[{"index":0,"function":{"name":"f","arguments":"{\"x\":1}"}},{"index":0,"function":{"name":"g","arguments":""}}]""")] // no id
    [InlineData("""[{"index":0,"id":"","function":{"name":"f","arguments":"{\"x\":1}"}},{"index":1,"id":null,"function":{"name":"g"}}]""")]
    public async Task CallsOfToolsOfAllKindsAreRead(string calls)
    {
        ChatResponse answer = await AnswerAsync(ChatScript.Chunk($$$"""{"tool_calls":{{{calls}}}}"""), ChatScript.Chunk("{}", "stop"), Done);
        List<FunctionCallContent> read = [.. answer.Messages.SelectMany(m => m.Contents).OfType<FunctionCallContent>()];
        Assert.Equal(["f", "g"], read.Select(call => call.Name));
        Assert.Equal("1", read[0].Arguments!["x"]!.ToString());
        Assert.Empty(read[1].Arguments!);
        Assert.Equal(2, read.Select(call => call.CallId).Where(id => id.Length > 0).Distinct().Count());
        Assert.Equal(ChatFinishReason.ToolCalls, answer.FinishReason);
    }

    [Fact]
    public async Task ArgumentsThatAreNoJsonAreInTheCallsException()
    {
        ChatResponse answer = await AnswerAsync(ChatScript.Chunk("""{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{\"x\":"}}]}"""), ChatScript.Chunk("{}", "tool_calls"), Done);
        Assert.NotNull(answer.Messages.SelectMany(m => m.Contents).OfType<FunctionCallContent>().Single().Exception);
    }

    [Theory]
    [InlineData("""{"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":7}}""", 5L, 7L)]
    [InlineData("""{"choices":null,"usage":{"prompt_tokens":5,"completion_tokens":null,"total_tokens":"?"}}""", 5L, null)]
    [InlineData("""{"usage":null}""", null, null)]
    [InlineData("""{"usage":{}}""", null, null)]
    public async Task UsageOfAllKindsIsRead(string chunk, long? input, long? output)
    {
        ChatResponse answer = await AnswerAsync(ChatScript.Chunk("""{"content":"a"}""", "stop"), chunk, Done);
        Assert.Equal((input, output), (answer.Usage?.InputTokenCount, answer.Usage?.OutputTokenCount));
    }

    [Fact]
    public async Task CommentsAndAMissingDoneAreNoFailure()
    {
        Server.Answer("completions", WireAnswers.Text("text/event-stream", $": OPENROUTER PROCESSING\r\n\r\ndata: {ChatScript.Chunk("""{"content":"a"}""")}\r\n\r\n: ping\r\n\r\ndata:{ChatScript.Chunk("{}", "stop")}\r\n\r\n"));
        Assert.Equal("a", (await Client().GetResponseAsync("Hi")).Text);
    }

    [Fact]
    public async Task AServerThatDoesNotStreamIsRead()
    {
        Server.Answer("completions", WireAnswers.Text("application/json", """{"id":"x","object":"chat.completion","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":2}}"""));
        ChatResponse answer = await Client().GetResponseAsync("Hi");
        Assert.Equal(("Hi", 2L), (answer.Text, answer.Usage!.OutputTokenCount));
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task EachRefusalHasItsKindAndIsAskedOnce(string refusal, ProviderFailureKind kind)
    {
        Server.Answer("completions", Refusal(refusal));
        ProviderException error = await FailureAsync();
        Assert.Equal(("local", kind), (error.Provider, error.Kind));
        AssertTellsNothing(error);
        Assert.Single(Server.Requests);
        Assert.Equal(refusal == "429" ? TimeSpan.FromSeconds(7) : null, error.RetryAfter);
    }

    [Fact]
    public async Task ADateToRetryAfterIsCountedFromNow()
    {
        var time = new VirtualTime();
        Server.Answer("completions", WireAnswers.Status(503, "", ("Retry-After", "Thu, 01 Jan 2026 00:01:30 GMT")));
        using var client = new OpenAiChatClient(new OpenAiChatOptions(Provider, "m"), time);
        var error = await Assert.ThrowsAsync<ProviderException>(() => client.GetResponseAsync("Hi"));
        Assert.Equal((ProviderFailureKind.ServerError, TimeSpan.FromSeconds(90)), (error.Kind, error.RetryAfter));
    }

    [Fact]
    public async Task APortThatNobodyListensOnIsUnreachable()
    {
        using var client = new OpenAiChatClient(new OpenAiChatOptions(new OpenAiServer("gone", ClosedPort()), "m"), TimeProvider.System);
        Assert.Equal(ProviderFailureKind.Unreachable, (await Assert.ThrowsAsync<ProviderException>(() => client.GetResponseAsync("Hi"))).Kind);
    }

    [Fact]
    public async Task AServerThatNeverAnswersIsLeftOnCancellation()
    {
        Server.Answer("completions", WireAnswers.Never);
        using var cancel = new CancellationTokenSource();
        Task<ChatResponse> asking = Client().GetResponseAsync("Hi", cancellationToken: cancel.Token);
        ReceivedRequest request = await ArrivedAsync();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        await request.Abandoned.WaitAsync(Patience);
    }

    [Theory]
    [InlineData("""{"error":{"message":"what you said","type":"server_error","code":500}}""", ProviderFailureKind.ServerError)]
    [InlineData("""{"error":"what you said"}""", ProviderFailureKind.ServerError)]
    [InlineData("""{"choices":[{"delta":{},"finish_reason":"error","error":{"code":429,"message":"what you said"}}]}""", ProviderFailureKind.RateLimited)]
    [InlineData("""{"choices":[{"delta":{"content":""},"finish_reason":"error"}]}""", ProviderFailureKind.ServerError)]
    [InlineData("""{"error":{"message":"what you said","type":"rate_limit_exceeded"}}""", ProviderFailureKind.RateLimited)]
    [InlineData("""{"object":"error","message":"what you said","code":400}""", ProviderFailureKind.BadRequest)]
    [InlineData("""{"choices":[{"delta":""", ProviderFailureKind.BadResponse)]
    [InlineData("[]", ProviderFailureKind.BadResponse)]
    [InlineData("what you said", ProviderFailureKind.BadResponse)]
    public async Task AnErrorInMidAnswerIsAFailure(string data, ProviderFailureKind kind)
    {
        Server.Answer("completions", WireAnswers.Events(ChatScript.Chunk("""{"content":"a"}"""), data));
        ProviderException error = await FailureAsync();
        Assert.Equal(kind, error.Kind);
        AssertTellsNothing(error);
    }

    [Fact]
    public async Task AnAnswerWithoutItsEndIsAFailure()
    {
        Server.Answer("completions", WireAnswers.Events(ChatScript.Chunk("""{"content":"a"}""")));
        Assert.Equal(ProviderFailureKind.BadResponse, (await FailureAsync()).Kind);
        Server.Answer("completions", WireAnswers.Events());
        Assert.Equal(ProviderFailureKind.BadResponse, (await FailureAsync()).Kind);
    }

    [Fact]
    public async Task AHalfSentAnswerIsAFailure()
    {
        Server.Answer("completions", WireAnswers.HalfSent("application/json", new byte[1000]));
        Assert.Equal(ProviderFailureKind.BadResponse, (await FailureAsync()).Kind);
    }

    [Fact]
    public async Task AWholeAnswerLeavesTheConnectionForTheNext()
    {
        const int Turns = 20;
        Server.Answer("completions", WireAnswers.Chat("Yes."));
        using OpenAiChatClient client = Client();
        for (int i = 0; i < Turns; i++)
            await client.GetResponseAsync("Hi");
        // The end of an answer may still be on its way when the next one is asked for at once.
        Assert.InRange(Server.Requests.Select(request => request.Connection).Distinct().Count(), 1, Turns / 2);
    }

    [Theory]
    [InlineData("text/event-stream")]
    [InlineData("application/json")]
    [InlineData("application/octet-stream")]
    public async Task AnAnswerWithoutBoundsIsAFailure(string type)
    {
        byte[] piece = Encoding.ASCII.GetBytes(new string('x', 1 << 16));
        Server.Answer("completions", WireAnswers.Pieces(type, Enumerable.Repeat(piece, 1_000)));
        Assert.Equal(ProviderFailureKind.BadResponse, (await FailureAsync()).Kind);
    }

    [Fact]
    public async Task WithoutEndIsAFailureAlsoInSmallPieces()
    {
        byte[] piece = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat($"data: {ChatScript.Chunk("""{"tool_calls":[{"index":0,"function":{"arguments":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}}]}""")}\n\n", 100)));
        Server.Answer("completions", WireAnswers.Pieces("text/event-stream", Enumerable.Repeat(piece, 10_000)));
        Assert.Equal(ProviderFailureKind.BadResponse, (await FailureAsync()).Kind);
    }

    /// <summary>Valid answers with bytes changed, dropped and doubled, cut anywhere: the call must never see anything but a provider that failed.</summary>
    [Fact]
    public async Task DamagedBytesAreNeverMoreThanAFailure()
    {
        byte[] valid = Encoding.UTF8.GetBytes(string.Concat(new[]
        {
            ChatScript.Chunk("""{"role":"assistant","content":"<think>a</think>One \ud83d\ude00 moment"}"""), ChatScript.Chunk("""{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{\"x\":[1,{}]}"}}]}"""),
            ChatScript.Chunk("{}", "tool_calls"), ChatScript.UsageChunk(3, 4), Done,
        }.Select(data => $"data: {data}\n\n")));
        var random = new Random(20261121);
        using OpenAiChatClient client = Client();
        int whole = 0;
        for (int i = 0; i < 1_500; i++)
        {
            byte[] wire = i % 5 == 0 ? RandomBytes(random, 400) : Damage(valid, random);
            Server.Answer("completions", WireAnswers.Pieces(i % 7 == 0 ? "application/json" : "text/event-stream", wire.Chunk(1 + random.Next(wire.Length + 1))));
            try
            {
                await client.GetResponseAsync("Hi");
                whole++;
            }
            catch (ProviderException e)
            {
                Assert.NotEqual(ProviderFailureKind.Unreachable, e.Kind);
            }
        }
        Assert.InRange(whole, 50, 1_400); // both happened
    }

    private async Task<ChatResponse> AnswerAsync(params string[] events)
    {
        Server.Answer("completions", WireAnswers.Events(events));
        using OpenAiChatClient client = Client();
        return await client.GetResponseAsync("Hi");
    }

    private async Task<ProviderException> FailureAsync()
    {
        using OpenAiChatClient client = Client();
        return await Assert.ThrowsAsync<ProviderException>(() => client.GetResponseAsync("my words"));
    }

    private OpenAiChatClient Client() => new(new OpenAiChatOptions(Provider, "tiny-model"), TimeProvider.System);
}
