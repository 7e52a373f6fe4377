using Microsoft.Extensions.AI;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Dialogue.LanguageModel;
using PhoneAgent.Conversation.Providers;
using PhoneAgent.Testing.Providers;
using Xunit;

namespace PhoneAgent.Tests.Conversation.Providers;

public sealed class ChatChainTests
{
    private const string Answer = "We are open until six today.";
    private static readonly ChatMessage[] Question = [new(ChatRole.System, "Be kind."), new(ChatRole.User, "When do you close?")];

    private readonly ChainRig _rig = new();
    private readonly ScriptedChatClient _first = ScriptedChatClient.Saying(Answer);

    [Fact]
    public async Task TheFirstAnswers()
    {
        Assert.Equal(Answer, await AskAsync(_first, ScriptedChatClient.Saying("never")));
        Assert.Equal(["first"], _rig.Used);
    }

    [Fact]
    public async Task WhoFailsIsFollowedWithTheSameMessages()
    {
        _first.Failure = ChainRig.Unreachable("first");
        var second = ScriptedChatClient.Saying("Until six.");
        Assert.Equal("Until six.", await AskAsync(_first, second));
        Assert.Equal(Question, second.Requests[0].Messages);
        Assert.Equal([("first", "second")], _rig.Failures);
    }

    [Fact]
    public async Task WhoSaysNothingIsGivenUpAfterTheLimit()
    {
        _first.Silence = new Stall();
        Task<string> asking = AskAsync(_first, ScriptedChatClient.Saying("Until six."));
        await ChainRig.UntilAsync(() => _first.Silence.IsHeld);
        _rig.Time.Advance(ChainRig.Options.FirstToken - TimeSpan.FromMilliseconds(1));
        Assert.False(asking.IsCompleted);
        _rig.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal("Until six.", await asking);
        Assert.Equal(ChainRig.Options.FirstToken, _rig.Reported.OfType<TimelineEvent.ProviderFailed>().Single().Lost);
        Assert.False(_first.Silence.IsHeld);
    }

    [Theory]
    [InlineData("until six today.")] // goes on
    [InlineData(" until six today.")]
    [InlineData("We are open until six today.")] // starts over
    [InlineData("we are open until six today.")]
    public async Task WhoBreaksOffIsGoneOnFor(string continuation)
    {
        _first.Failure = ChainRig.Unreachable("first");
        _first.PiecesBefore = 4; // "We are open unti"
        var second = ScriptedChatClient.Saying(continuation, 3);
        Assert.Equal(Answer, (await AskAsync(_first, second)).Replace("  ", " ", StringComparison.Ordinal));
        IReadOnlyList<ChatMessage> asked = second.Requests[0].Messages;
        Assert.Equal(Question.Length + 2, asked.Count);
        Assert.Equal((ChatRole.Assistant, "We are open"), (asked[^2].Role, asked[^2].Text));
    }

    [Fact]
    public async Task AWordThatOnlyBeginsLikeTheAnswerIsNoRepetition()
    {
        _first.Failure = ChainRig.Unreachable("first");
        _first.PiecesBefore = 1; // "We "
        Assert.Equal("We Wednesdays are fine", await AskAsync(ScriptedBreaking("We "), ScriptedChatClient.Saying("Wednesdays are fine")));
    }

    [Fact]
    public async Task ACallOfABrokenAnswerIsAskedAgainAndMadeOnce()
    {
        var first = new ScriptedChatClient(_ => [new TextContent("One moment. "), Call("1"), new TextContent("x")]) { Failure = ChainRig.Unreachable("first"), PiecesBefore = 2 };
        var second = new ScriptedChatClient(_ => [Call("2")]);
        List<AIContent> contents = await ContentsAsync(Chain(first, second));
        Assert.Equal("2", Assert.Single(contents.OfType<FunctionCallContent>()).CallId);
        Assert.Equal("One moment. ", string.Concat(contents.OfType<TextContent>().Select(t => t.Text)));
    }

    [Fact]
    public async Task CallsComeWhenTheAnswerIsWhole()
    {
        var first = new ScriptedChatClient(_ => [Call("1"), new TextContent("Looking it up.")]);
        List<AIContent> contents = await ContentsAsync(Chain(first, _first));
        Assert.IsType<FunctionCallContent>(contents[^1]);
        Assert.Equal("Looking it up.", string.Concat(contents.OfType<TextContent>().Select(t => t.Text)));
    }

    [Fact]
    public async Task TokensAndCostAreReportedByWhoKnowsThePrice()
    {
        var first = new ScriptedChatClient(_ => [new TextContent("Yes."), new UsageContent(new UsageDetails { InputTokenCount = 1000, OutputTokenCount = 10 })]);
        await using var chain = new ChatChain([_rig.Member("first", (IChatClient)first)], ChainRig.Options, _rig.Time)
        {
            Prices = new Dictionary<string, ModelPrice> { ["first"] = new(2m, 10m) },
        };
        await ContentsAsync(chain);
        var usage = Assert.Single(_rig.Reported.OfType<TimelineEvent.ModelUsage>());
        Assert.Equal(("first", 1000, 10, 0.0021m, ChatReport.Summary), (usage.Provider, usage.InputTokens, usage.OutputTokens, usage.Cost, usage.Purpose));
    }

    [Fact]
    public async Task AnEmptyAnswerIsAFailure()
    {
        Assert.Equal("Until six.", await AskAsync(new ScriptedChatClient(_ => []), ScriptedChatClient.Saying("Until six.")));
        Assert.Equal("first answered nothing", _rig.Reported.OfType<TimelineEvent.ProviderFailed>().Single().What);
    }

    [Fact]
    public async Task WhenAllFailTheErrorNamesEach()
    {
        _first.Failure = ChainRig.Unreachable("first");
        var second = new ScriptedChatClient(_ => []) { Failure = new InvalidOperationException("a bug") };
        EngineException error = await Assert.ThrowsAsync<EngineException>(() => AskAsync(_first, second));
        Assert.Contains("first: connection refused; second: a bug", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CancellingIsNobodysFailure()
    {
        _first.Silence = new Stall();
        await using ChatChain chain = Chain(_first, ScriptedChatClient.Saying("never"));
        using var cut = new CancellationTokenSource();
        Task asking = ContentsAsync(chain, cut.Token);
        await ChainRig.UntilAsync(() => _first.Silence.IsHeld);
        await cut.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        Assert.Empty(_rig.Reported);
        Assert.True(chain.Members[0].Circuit.IsHealthy);
    }

    [Fact]
    public async Task WhoHasReadEnoughHasBeenServed()
    {
        await using ChatChain chain = Chain(_first, ScriptedChatClient.Saying("never"));
        await foreach (ChatResponseUpdate _ in chain.GetStreamingResponseAsync(Question, new ChatOptions().WithReport(_rig.Report)))
            break;
        Assert.Equal(["first"], _rig.Used);
    }

    [Fact]
    public async Task AnAnswerThatNobodyWaitsForHasMoreTime()
    {
        _first.Silence = new Stall();
        await using ChatChain chain = Chain(_first, ScriptedChatClient.Saying("never"));
        Task<ChatResponse> summary = chain.GetResponseAsync(Question);
        await ChainRig.UntilAsync(() => _first.Silence.IsHeld);
        _rig.Time.Advance(ChainRig.Options.FirstToken * 3);
        _first.Silence.Release();
        Assert.Equal(Answer, (await summary).Text);
        Assert.Equal(ChatFinishReason.Stop, (await summary).FinishReason);
    }

    private ScriptedChatClient ScriptedBreaking(string words) =>
        new(_ => [new TextContent(words)]) { Failure = ChainRig.Unreachable("first"), PiecesBefore = 1 };

    private static FunctionCallContent Call(string id) => new(id, "take_message", new Dictionary<string, object?> { ["text"] = "hello" });

    private ChatChain Chain(IChatClient first, IChatClient second) =>
        new([_rig.Member("first", first), _rig.Member("second", second)], ChainRig.Options, _rig.Time);

    private async Task<string> AskAsync(IChatClient first, IChatClient second)
    {
        await using ChatChain chain = Chain(first, second);
        return string.Concat((await ContentsAsync(chain)).OfType<TextContent>().Select(t => t.Text));
    }

    private async Task<List<AIContent>> ContentsAsync(ChatChain chain, CancellationToken cancellationToken = default)
    {
        List<AIContent> contents = [];
        ChatOptions options = new ChatOptions().WithReport(_rig.Report).WithPurpose(ChatReport.Summary);
        await foreach (ChatResponseUpdate update in chain.GetStreamingResponseAsync(Question, options, cancellationToken))
            contents.AddRange(update.Contents);
        return contents;
    }
}
