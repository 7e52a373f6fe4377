using System.Text.Json;
using Microsoft.Extensions.AI;

namespace PhoneAgent.Conversation.Dialogue.LanguageModel.Tools;

/// <summary>
/// Carries out what a model asks for: only tools of the box, only with arguments that fit, each within its time, again
/// only where that does no harm. One per reply. Never throws but for cancellation.
/// </summary>
internal sealed class ToolRunner(ToolBox box, TimeProvider time)
{
    private const int Tries = 2;
    private const int MaxArguments = 16 * 1024;
    private const string TimedOut = "timed-out";
    private const int MaxDetail = 500;

    /// <summary>What may have had its effect in this reply: models ask twice.</summary>
    private readonly HashSet<(string Tool, string Arguments)> _done = [];

    /// <param name="stands">Ends when the caller's turn stands; tools with a side effect wait for it.</param>
    public async Task<ToolRun> RunAsync(FunctionCallContent call, ToolContext context, Task stands, CancellationToken cancellationToken)
    {
        long began = time.GetTimestamp();
        (ToolResult result, string outcome, string arguments) = await RunCheckedAsync(call, context, stands, cancellationToken).ConfigureAwait(false);
        string? detail = result.Outcome == ToolOutcome.Ok ? null : result.Text.Length <= MaxDetail ? result.Text : $"{result.Text[..MaxDetail]} …";
        return new ToolRun(result, new TimelineEvent.ToolCall(call.Name, arguments, outcome, time.GetElapsedTime(began), detail) { At = TimeSpan.Zero });
    }

    private async Task<(ToolResult, string Outcome, string Arguments)> RunCheckedAsync(FunctionCallContent call, ToolContext context, Task stands, CancellationToken cancellationToken)
    {
        if (call.Exception is not null || !TryArguments(call, out JsonElement arguments))
            return (ToolResult.Failed("The arguments are not valid JSON, or too long."), "refused", "{}");
        string json = arguments.GetRawText();
        if (box.Find(call.Name) is not { } tool)
            return (ToolResult.Failed($"There is no tool '{call.Name}'. There are: {string.Join(", ", box.Tools.Select(one => one.Name))}."), "refused", json);
        if (SchemaCheck.Problems(tool.Schema, arguments) is { Count: > 0 } problems)
            return (ToolResult.Failed($"The arguments are wrong: {string.Join("; ", problems)}."), "refused", json);
        bool isOnce = tool.HasSideEffect && !tool.IsIdempotent;
        if (isOnce && _done.Contains((tool.Name, json)))
            return (ToolResult.Failed("You have called this with the same arguments in this reply already. It was not called again."), "refused", json);
        if (tool.HasSideEffect)
            await stands.WaitAsync(cancellationToken).ConfigureAwait(false);
        for (int attempt = 1; ; attempt++)
        {
            (ToolResult result, string outcome) = await TryAsync(tool, arguments, context, cancellationToken).ConfigureAwait(false);
            if (result is not { Outcome: ToolOutcome.Failed, MayPass: true } || !tool.IsIdempotent || attempt == Tries)
            {
                if (isOnce && result.HandOver is null && (result.Outcome == ToolOutcome.Ok || outcome == TimedOut))
                    _done.Add((tool.Name, json));
                return (result, outcome, json);
            }
        }
    }

    private async Task<(ToolResult, string Outcome)> TryAsync(ITool tool, JsonElement arguments, ToolContext context, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(tool.Timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            // A tool that does not listen to its token is left behind.
            ToolResult result = await tool.CallAsync(arguments, context, both.Token).WaitAsync(both.Token).ConfigureAwait(false);
            return (result, result.Outcome == ToolOutcome.Ok ? "ok" : "failed");
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (OperationCanceledException)
        {
            string open = tool.HasSideEffect ? " It is not known whether it was done." : "";
            return (ToolResult.Failed($"No answer within {tool.Timeout.TotalSeconds:0.#} seconds.{open}", mayPass: true), TimedOut);
        }
        catch (Exception e)
        {
            // Somebody else's code: whatever it throws is an answer for the model, not the end of a call.
            return (ToolResult.Failed($"The tool failed: {e.Message}"), "failed");
        }
    }

    private static bool TryArguments(FunctionCallContent call, out JsonElement arguments)
    {
        try
        {
            arguments = JsonSerializer.SerializeToElement(call.Arguments ?? new Dictionary<string, object?>());
            return arguments.GetRawText().Length <= MaxArguments;
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            arguments = default;
            return false;
        }
    }
}

/// <param name="Event">For the timeline.</param>
internal sealed record ToolRun(ToolResult Result, TimelineEvent.ToolCall Event);
