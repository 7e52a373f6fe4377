using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue.LanguageModel.Tools;
using PhoneAgent.Inference.Mcp;
using PhoneAgent.Testing;
using Xunit;

namespace PhoneAgent.Tests.Inference.Mcp;

public sealed class McpToolSourceTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly ToolContext Context = new(new CallInfo { Id = "c", Direction = CallDirection.Inbound, RemoteParty = "x", LocalParty = "y" }, "agent", DateTimeOffset.UnixEpoch);

    private readonly PipedMcpServer _server = new();
    private readonly VirtualTime _time = new();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task ToolsOfTheServerAreOurs()
    {
        await using McpToolSource source = Source(new() { Name = "shop" });
        IReadOnlyList<ITool> tools = await source.FindAsync(default);

        Assert.Equal(
            [("shop_book_day", true, true), ("shop_echo", false, true), ("shop_fail", true, false), ("shop_huge", true, false), ("shop_slow", true, false)],
            tools.OrderBy(t => t.Name, StringComparer.Ordinal).Select(t => (t.Name, t.HasSideEffect, t.IsIdempotent)));
        ITool echo = tools.Single(t => t.Name == "shop_echo");
        Assert.Equal("Says it again.", echo.Description);
        Assert.Equal("object", echo.Schema.GetProperty("type").GetString());
        Assert.Equal("string", echo.Schema.GetProperty("properties").GetProperty("text").GetProperty("type").GetString());
    }

    [Fact]
    public async Task OnlyWhatIsAllowedIsOffered()
    {
        await using McpToolSource source = Source(new() { Name = "shop", Tools = ["echo", "huge", "gone"], ReadOnly = ["huge"], Timeout = TimeSpan.FromSeconds(3) });
        IReadOnlyList<ITool> tools = await source.FindAsync(default);

        Assert.Equal([("shop_echo", false), ("shop_huge", false)], tools.OrderBy(t => t.Name, StringComparer.Ordinal).Select(t => (t.Name, t.HasSideEffect)));
        Assert.All(tools, tool => Assert.Equal(TimeSpan.FromSeconds(3), tool.Timeout));
    }

    [Fact]
    public async Task WhatComesBackIsAValue()
    {
        await using McpToolSource source = Source(new() { Name = "shop" });
        IReadOnlyList<ITool> tools = await source.FindAsync(default);

        Assert.Equal((ToolOutcome.Ok, "you said hello"), await CallAsync(tools, "shop_echo", """{"text":"hello"}"""));
        Assert.Equal((ToolOutcome.Ok, "booked monday"), await CallAsync(tools, "shop_book_day", """{"day":"monday"}"""));
        Assert.Equal(ToolOutcome.Failed, (await CallAsync(tools, "shop_fail", "{}")).Outcome);
        Assert.Equal(ToolOutcome.Failed, (await CallAsync(tools, "shop_echo", "{}")).Outcome);
        (ToolOutcome outcome, string text) = await CallAsync(tools, "shop_huge", "{}");
        Assert.Equal((ToolOutcome.Ok, ToolResult.MaxTextLength), (outcome, text.Length));
        Assert.EndsWith("(cut)", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ACallThatIsGivenUpEndsAtOnce()
    {
        await using McpToolSource source = Source(new() { Name = "shop" });
        IReadOnlyList<ITool> tools = await source.FindAsync(default);
        using var cancel = new CancellationTokenSource();

        Task<ToolResult> slow = tools.Single(t => t.Name == "shop_slow").CallAsync(Json("{}"), Context, cancel.Token);
        await _server.SlowIsCalled.Task.WaitAsync(Patience);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => slow.WaitAsync(Patience));
        Assert.Equal((ToolOutcome.Ok, "you said still here"), await CallAsync(tools, "shop_echo", """{"text":"still here"}"""));
    }

    [Fact]
    public async Task ALostServerFailsCallsAtOnceAndComesBack()
    {
        // Virtual time runs fast here: a connection that is being made shall not run out of it.
        await using McpToolSource source = Source(new() { Name = "shop", ConnectTimeout = TimeSpan.FromDays(10) });
        IReadOnlyList<ITool> tools = await source.FindAsync(default);
        _server.Mood = ServerMood.Refuses;
        _server.Break();

        await UntilAsync(() => _time.PendingTimers > 0);
        Assert.Equal((ToolOutcome.Failed, "The service shop cannot be reached at the moment."), await CallAsync(tools, "shop_echo", """{"text":"a"}"""));
        Assert.Equal(1, _server.Attempts);

        await UntilAsync(() => LetPass(() => _server.Attempts == 2));
        _server.Mood = ServerMood.Answers;
        await UntilAsync(() => LetPass(() => _server.Attempts == 3));
        Assert.True(_time.GetUtcNow() >= new DateTimeOffset(2026, 1, 1, 0, 0, 3, TimeSpan.Zero), "the second pause is twice the first");
        using var patience = new CancellationTokenSource(Patience);
        while (await CallAsync(tools, "shop_echo", """{"text":"b"}""") != (ToolOutcome.Ok, "you said b"))
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private bool LetPass(Func<bool> condition)
    {
        if (condition())
            return true;
        _time.Advance(TimeSpan.FromMilliseconds(10));
        return false;
    }

    [Fact]
    public async Task AServerThatSaysNothingIsGivenUpInTime()
    {
        _server.Mood = ServerMood.SaysNothing;
        await using McpToolSource source = Source(new() { Name = "shop", ConnectTimeout = TimeSpan.FromSeconds(5) });
        Task<IReadOnlyList<ITool>> finding = source.FindAsync(default);
        await UntilAsync(() => _time.PendingTimers > 0);
        _time.Advance(TimeSpan.FromSeconds(5));

        EngineException e = await Assert.ThrowsAsync<EngineException>(() => finding.WaitAsync(Patience));
        Assert.Contains("shop did not answer within 5 s", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AProgramThatIsNotThereIsNamed()
    {
        await using var source = new McpToolSource(new McpServerDefinition { Name = "shop", Command = "/nowhere/at-all" }, TimeProvider.System, NullLoggerFactory.Instance);
        EngineException e = await Assert.ThrowsAsync<EngineException>(() => source.FindAsync(default).WaitAsync(Patience));
        Assert.Contains("/nowhere/at-all", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NamesFitEveryProvider()
    {
        Assert.Equal("crm_find_customer", McpTool.NameOf("crm", "find.customer"));
        string a = McpTool.NameOf("crm", new string('a', 100) + "1");
        string b = McpTool.NameOf("crm", new string('a', 100) + "2");
        Assert.NotEqual(a, b);
        Assert.Equal((64, 64), (a.Length, b.Length));
    }

    [Fact]
    public void EveryMistakeOfADefinitionIsNamed()
    {
        Assert.Empty(new McpServerDefinition { Name = "a", Command = "x" }.Check());
        Assert.Empty(new McpServerDefinition { Name = "a", Url = "https://x/mcp", Headers = new Dictionary<string, string> { ["A"] = "b" } }.Check());
        Assert.Equal(["name", "", "command"], new McpServerDefinition { Name = "a b", Args = ["x"] }.Check().Select(p => p.Key));
        Assert.Equal(["", "headers"], new McpServerDefinition { Name = "a", Headers = new Dictionary<string, string> { ["A"] = "b" } }.Check().Select(p => p.Key));
        Assert.Equal(["url", "read_only", "connect_timeout", "timeout"],
            new McpServerDefinition { Name = "a", Url = "ftp://x", Tools = ["t"], ReadOnly = ["u"], ConnectTimeout = TimeSpan.Zero, Timeout = TimeSpan.FromHours(1) }.Check().Select(p => p.Key));
    }

    private McpToolSource Source(McpServerDefinition server) => new(server, _server.Connect, _time, NullLoggerFactory.Instance);

    private static async Task<(ToolOutcome Outcome, string Text)> CallAsync(IReadOnlyList<ITool> tools, string name, string arguments)
    {
        ToolResult result = await tools.Single(t => t.Name == name).CallAsync(Json(arguments), Context, default).WaitAsync(Patience);
        return (result.Outcome, result.Text);
    }

    private static JsonElement Json(string text) => JsonElement.Parse(text);

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!condition())
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
