using Microsoft.Extensions.AI;
using PhoneAgent.Conversation;
using PhoneAgent.Testing.Providers;
using Xunit;

namespace PhoneAgent.Testing.Contracts;

/// <summary>What every language model promises, whatever it is reached by. A subclass puts the script behind a client.</summary>
public abstract class ChatClientContract
{
    protected const string CallersWords = "my secret is forty-two";

    /// <summary>Only a client that breaks its promise is waited for so long.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly ChatMessage[] Question = [new(ChatRole.System, "Be brief."), new(ChatRole.User, CallersWords)];

    /// <summary>A client whose model does as the script says, for any number of requests.</summary>
    protected abstract Task<IChatClient> CreateAsync(ChatScript script);

    [ContractFact]
    public async Task WordsComeAsTheyAreMade() // whole ones: half a word may wait for its other half
    {
        var hold = new TaskCompletionSource();
        using var client = await CreateAsync(new ChatScript { Tokens = ["One ", "moment", ", please."], Hold = hold.Task });
        var text = "";
        await foreach (var update in client.GetStreamingResponseAsync(Question).WithCancellation(CancellationToken.None))
        {
            text += update.Text;
            if (text.Length > 0)
                hold.TrySetResult(); // the rest is made only now
        }
        Assert.Equal("One moment, please.", text);
        Assert.True(hold.Task.IsCompleted);
    }

    [ContractFact]
    public async Task AWholeAnswerHasTextReasonAndUsage()
    {
        using var client = await CreateAsync(new ChatScript { Tokens = ["Good", "bye."], Usage = (31, 2) });
        var response = await client.GetResponseAsync(Question);
        Assert.Equal("Goodbye.", response.Text);
        Assert.Equal(ChatFinishReason.Stop, response.FinishReason);
        Assert.Equal((31L, 2L), (response.Usage!.InputTokenCount, response.Usage.OutputTokenCount));
    }

    [ContractFact]
    public async Task NoUsageIsNoFailure()
    {
        using var client = await CreateAsync(new ChatScript { Tokens = ["Yes."] });
        var response = await client.GetResponseAsync(Question);
        Assert.Equal("Yes.", response.Text);
        Assert.Null(response.Usage?.OutputTokenCount);
    }

    [ContractFact]
    public async Task AnAnswerThatWasCutShortSaysSo()
    {
        using var client = await CreateAsync(new ChatScript { Tokens = ["Once upon"], Finish = "length" });
        Assert.Equal(ChatFinishReason.Length, (await client.GetResponseAsync(Question)).FinishReason);
    }

    [ContractFact]
    public async Task CallsOfToolsComeWhole()
    {
        using var client = await CreateAsync(new ChatScript
        {
            Tokens = ["Let me look."],
            Calls = [new("call_1", "look_up", """{"order":"420718","deep":{"n":[1,2]}}"""), new("call_2", "hang_up", "{}")],
        });
        var response = await client.GetResponseAsync(Question);
        var calls = response.Messages.SelectMany(m => m.Contents).OfType<FunctionCallContent>().ToList();
        Assert.Equal(["call_1/look_up", "call_2/hang_up"], calls.Select(c => $"{c.CallId}/{c.Name}"));
        Assert.Equal("420718", calls[0].Arguments!["order"]?.ToString());
        Assert.Equal("Let me look.", response.Text);
        Assert.Equal(ChatFinishReason.ToolCalls, response.FinishReason);
    }

    [ContractFact]
    public async Task ResultsOfToolsAreTaken()
    {
        using var client = await CreateAsync(new ChatScript { Tokens = ["It was sent."] });
        ChatMessage[] history =
        [
            .. Question,
            new(ChatRole.Assistant, [new FunctionCallContent("call_1", "look_up", new Dictionary<string, object?> { ["order"] = "42" })]),
            new(ChatRole.Tool, [new FunctionResultContent("call_1", new { state = "sent" })]),
        ];
        Assert.Equal("It was sent.", (await client.GetResponseAsync(history)).Text);
    }

    [ContractFact]
    public async Task CancellingEndsTheModelsWork()
    {
        var script = new ChatScript { Tokens = ["One ", "never"], Hold = new TaskCompletionSource().Task };
        using var client = await CreateAsync(script);
        using var cancel = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var update in client.GetStreamingResponseAsync(Question, null, cancel.Token))
                if (update.Text.Length > 0)
                    await cancel.CancelAsync();
        });
        await script.Abandoned.Task.WaitAsync(Patience);
    }

    [ContractFact]
    public async Task NoLongerReadingEndsTheModelsWork()
    {
        var script = new ChatScript { Tokens = ["One ", "never"], Hold = new TaskCompletionSource().Task };
        using var client = await CreateAsync(script);
        await foreach (var update in client.GetStreamingResponseAsync(Question))
            if (update.Text.Length > 0)
                break;
        await script.Abandoned.Task.WaitAsync(Patience);
    }

    [ContractFact]
    public async Task WhatIsCancelledBeforehandIsNotAsked()
    {
        using var client = await CreateAsync(new ChatScript { Tokens = ["Yes."] });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.GetResponseAsync(Question, null, new CancellationToken(canceled: true)));
    }

    [ContractFact]
    public async Task AFailureIsAnEngineExceptionWithoutTheCallersWords()
    {
        using var client = await CreateAsync(new ChatScript { Fails = true });
        var error = await Assert.ThrowsAnyAsync<EngineException>(() => client.GetResponseAsync(Question));
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("words of the caller", error.ToString(), StringComparison.Ordinal);
    }

    [ContractFact]
    public async Task BreakingOffIsAFailureAfterTheWordsThatCame()
    {
        using var client = await CreateAsync(new ChatScript { Tokens = ["I was", " about", " to"], BreaksAfter = 2 });
        var text = "";
        await Assert.ThrowsAnyAsync<EngineException>(async () =>
        {
            await foreach (var update in client.GetStreamingResponseAsync(Question))
                text += update.Text;
        });
        Assert.StartsWith(text, "I was about", StringComparison.Ordinal); // what was in flight may be lost
    }

    [ContractFact]
    public async Task ManyAtOnceAnswerAsOneAlone()
    {
        using var client = await CreateAsync(new ChatScript { Tokens = [.. Enumerable.Range(0, 50).Select(i => $"{i} ")] });
        var expected = string.Concat(Enumerable.Range(0, 50).Select(i => $"{i} "));
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => client.GetResponseAsync(Question))));
        Assert.All(answers, answer => Assert.Equal(expected, answer.Text));
    }
}
