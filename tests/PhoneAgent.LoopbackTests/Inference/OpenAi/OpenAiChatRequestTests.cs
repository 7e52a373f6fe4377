using System.Text.Json;
using Microsoft.Extensions.AI;
using PhoneAgent.Conversation.Dialogue.LanguageModel;
using PhoneAgent.Inference.OpenAiCompatible;
using PhoneAgent.Inference.OpenAiCompatible.Chat;
using PhoneAgent.Testing.Providers;
using Xunit;

namespace PhoneAgent.LoopbackTests.Inference.OpenAi;

/// <summary>What goes out on the wire.</summary>
public sealed class OpenAiChatRequestTests : OpenAiTest
{
    private sealed class LookUp : AIFunctionDeclaration
    {
        public override string Name => "look_up";
        public override string Description => "Looks an order up";
        public override JsonElement JsonSchema { get; } = JsonDocument.Parse("""{"type":"object","properties":{"order":{"type":"string"}},"required":["order"]}""").RootElement;
    }

    [Fact]
    public async Task TheWholeConversationGoesOut()
    {
        JsonElement sent = await SendAsync(null,
            new(ChatRole.System, "Be brief."),
            new(ChatRole.User, "Where is \ud800 42?"),
            new(ChatRole.Assistant, [new TextContent("One moment."), new FunctionCallContent("call_1", "look_up", new Dictionary<string, object?> { ["order"] = "42" }), new FunctionCallContent("call_2", "now")]),
            new(ChatRole.Tool, [new FunctionResultContent("call_1", "sent"), new FunctionResultContent("call_2", new { hour = 9 })]));
        Assert.Equal("""
            [{"role":"system","content":"Be brief."},{"role":"user","content":"Where is \uFFFD 42?"},{"role":"assistant","content":"One moment.","tool_calls":[{"id":"call_1","type":"function","function":{"name":"look_up","arguments":"{\"order\":\"42\"}"}},{"id":"call_2","type":"function","function":{"name":"now","arguments":"{}"}}]},{"role":"tool","tool_call_id":"call_1","content":"sent"},{"role":"tool","tool_call_id":"call_2","content":"{\"hour\":9}"}]
            """, sent.GetProperty("messages").GetRawText());
        Assert.Equal(("tiny-model", true, true), (sent.GetProperty("model").GetString(), sent.GetProperty("stream").GetBoolean(), sent.GetProperty("stream_options").GetProperty("include_usage").GetBoolean()));
    }

    [Fact]
    public async Task OptionsGoOutInTheServersWords()
    {
        var options = new ChatOptions
        {
            Instructions = "Speak English.", Temperature = 0.7f, TopP = 0.9f, MaxOutputTokens = 80, StopSequences = ["END"], Seed = 5,
            Tools = [new LookUp()], ToolMode = ChatToolMode.RequireSpecific("look_up"), AllowMultipleToolCalls = false,
            ResponseFormat = ChatResponseFormat.ForJsonSchema(JsonDocument.Parse("""{"type":"object"}""").RootElement, "After call!"),
            AdditionalProperties = new() { ["top_k"] = 20 },
        };
        options.WithReport(_ => { }).WithPurpose(ChatReport.Summary);
        JsonElement sent = await SendAsync(options, new ChatMessage(ChatRole.User, "Hi"));
        Assert.Equal("Speak English.", sent.GetProperty("messages")[0].GetProperty("content").GetString());
        string rest = string.Join('\n', sent.EnumerateObject().Where(p => p.Name is not ("messages" or "model" or "stream" or "stream_options")).Select(p => $"{p.Name}: {p.Value.GetRawText()}"));
        Assert.Equal("""
            max_tokens: 80
            temperature: 0.7
            top_p: 0.9
            seed: 5
            stop: ["END"]
            response_format: {"type":"json_schema","json_schema":{"name":"After_call_","schema":{"type":"object"}}}
            tools: [{"type":"function","function":{"name":"look_up","description":"Looks an order up","parameters":{"type":"object","properties":{"order":{"type":"string"}},"required":["order"]}}}]
            parallel_tool_calls: false
            tool_choice: {"type":"function","function":{"name":"look_up"}}
            top_k: 20
            reasoning_effort: "low"
            keep_alive: 30
            """.ReplaceLineEndings("\n"), rest);
    }

    [Theory]
    [InlineData("https://api.openai.com/v1", null, "max_completion_tokens")]
    [InlineData("https://x.openai.azure.com/openai/v1", null, "max_completion_tokens")]
    [InlineData("http://127.0.0.1:11434/v1", null, "max_tokens")]
    [InlineData("http://127.0.0.1:11434/v1", true, "max_completion_tokens")]
    public void EachServerGetsTheNameThatItKnows(string address, bool? option, string name)
    {
        var options = new OpenAiChatOptions(new OpenAiServer("x", new Uri(address)), "m") { UsesMaxCompletionTokens = option, AsksForUsage = false };
        JsonElement body = JsonDocument.Parse(ChatRequest.Write([new(ChatRole.User, "Hi")], new ChatOptions { MaxOutputTokens = 9 }, options)).RootElement;
        Assert.Equal(9, body.GetProperty(name).GetInt32());
        Assert.False(body.TryGetProperty("stream_options", out _));
    }

    [Fact]
    public async Task TheKeyIsABearer()
    {
        await SendAsync(null, new ChatMessage(ChatRole.User, "Hi"));
        Assert.Equal($"Bearer {Key}", Server.Requests[0].Headers["Authorization"]);
    }

    [Fact]
    public async Task AzureGetsItsKeyItsOwnWay()
    {
        Server.Answer("completions", WireAnswers.Chat("Yes."));
        var azure = new OpenAiServer("azure", new Uri(Server.BaseUrl, "/openai/v1/")) { ApiKey = Key, KeyHeader = "api-key", Headers = new Dictionary<string, string> { ["X-Team"] = "phone" } };
        using var client = new OpenAiChatClient(new OpenAiChatOptions(azure, "deployment"), TimeProvider.System);
        Assert.Equal("Yes.", (await client.GetResponseAsync("Hi")).Text);
        ReceivedRequest request = Assert.Single(Server.Requests);
        Assert.Equal("/openai/v1/chat/completions", request.Target);
        Assert.Equal((Key, "phone", false), (request.Headers["api-key"], request.Headers["X-Team"], request.Headers.ContainsKey("Authorization")));
    }

    [Fact]
    public async Task WithoutAKeyNoneIsSent()
    {
        Server.Answer("completions", WireAnswers.Chat("Yes."));
        using var client = new OpenAiChatClient(new OpenAiChatOptions(new OpenAiServer("ollama", Server.BaseUrl), "m"), TimeProvider.System);
        await client.GetResponseAsync("Hi");
        Assert.False(Server.Requests[0].Headers.ContainsKey("Authorization"));
    }

    [Fact]
    public void WhatCannotBeSentIsSaidWithoutTheValue()
    {
        var error = Assert.Throws<ArgumentException>(() => new OpenAiChatClient(new OpenAiChatOptions(Provider with { ApiKey = "two\nlines" }, "m"), TimeProvider.System));
        Assert.Contains("'Authorization'", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("two", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new OpenAiChatClient(new OpenAiChatOptions(new OpenAiServer("x", new Uri("ftp://x/")), "m"), TimeProvider.System));
        Assert.DoesNotContain(Key, Provider.ToString(), StringComparison.Ordinal);
    }

    private async Task<JsonElement> SendAsync(ChatOptions? options, params ChatMessage[] messages)
    {
        Server.Answer("completions", WireAnswers.Chat("Yes."));
        var model = new OpenAiChatOptions(Provider, "tiny-model") { Body = options is null ? new Dictionary<string, string>() : new() { ["reasoning_effort"] = "low", ["keep_alive"] = "30" } };
        using var client = new OpenAiChatClient(model, TimeProvider.System);
        await client.GetResponseAsync(messages, options);
        return Assert.Single(Server.Requests).Json;
    }
}
