using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Microsoft.Extensions.AI;
using PhoneAgent.Conversation.Dialogue.LanguageModel;

namespace PhoneAgent.Conversation.Escalation.ModelReading;

/// <summary>
/// Asks a language model how frustrated a caller's words are: a small request beside the conversation, which no reply waits for.
/// Shared by all calls, of which only a few are asked about at once; those that find no room go on without. Thread-safe.
/// </summary>
/// <param name="client">The model, or a chain of them, which is not asked while it is unwell. Owned by the caller of this constructor.</param>
/// <param name="time">For <see cref="Limit"/>.</param>
/// <param name="maxAtOnce">Requests under way at the same time, over all calls.</param>
public sealed class MoodReader(IChatClient client, TimeProvider time, int maxAtOnce = 4)
{
    /// <summary>What comes later is about a turn that is over.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>Of an answer; what is asked for takes some 30.</summary>
    private const int MaxTokens = 80;

    private const int MaxReason = 120;

    private static readonly JsonElement s_schema = JsonElement.Parse("""
        {"type":"object","properties":{"level":{"type":"number","minimum":0,"maximum":1},"reason":{"type":"string"}},"required":["level","reason"]}
        """);

    private int _underWay;

    /// <summary>A request would be sent now: there is room, and the model is well as far as is known. Any thread, at once.</summary>
    public bool IsReady =>
        Volatile.Read(ref _underWay) < maxAtOnce && (client.GetService(typeof(IModelHealth)) as IModelHealth)?.IsHealthy != false;

    /// <summary>Reads the caller's last words. Never throws but for cancellation.</summary>
    /// <param name="report">Gets what the request took, and what failed in it; any thread.</param>
    /// <returns>The reading, or why there is none; neither where there was no room.</returns>
    internal async Task<(TimelineEvent.MoodRead? Read, string? Problem)> ReadAsync(MoodQuestion question, Action<TimelineEvent> report, CancellationToken cancellationToken)
    {
        if (!TryEnter())
            return (null, null);
        using var limit = new CancellationTokenSource(Limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            // A client that does not let go keeps its place, so that requests do not pile up behind it; the call does not wait.
            ChatResponse response = await RequestAsync(question, report, both.Token).WaitAsync(both.Token).ConfigureAwait(false);
            return TryRead(response.Text, out TimelineEvent.MoodRead? read, out string problem) ? (read, null) : (null, problem);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (OperationCanceledException)
        {
            return (null, $"no answer within {Limit.TotalSeconds:0} s");
        }
        catch (Exception e)
        {
            // Whatever a provider throws costs a reading, never the call.
            return (null, e.Message);
        }
    }

    private bool TryEnter()
    {
        if (Interlocked.Increment(ref _underWay) <= maxAtOnce)
            return true;
        Interlocked.Decrement(ref _underWay);
        return false;
    }

    private async Task<ChatResponse> RequestAsync(MoodQuestion question, Action<TimelineEvent> report, CancellationToken cancellationToken)
    {
        try
        {
            // The schema stands in the words, not in ResponseFormat: many servers refuse what they do not know, and it is checked here anyway.
            ChatOptions options = new ChatOptions { MaxOutputTokens = MaxTokens, Temperature = 0 }.WithPurpose(ChatReport.Mood).WithReport(report);
            return await client.GetResponseAsync(question.Messages(), options, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }

    /// <summary>A level outside of 0 to 1 is not made to fit: who does not keep to the scale has not understood it.</summary>
    private static bool TryRead(string text, [NotNullWhen(true)] out TimelineEvent.MoodRead? read, out string problem)
    {
        read = null;
        if (!JsonAnswer.TryRead(text, s_schema, out JsonElement answer, out problem))
            return false;
        string reason = string.Concat(answer.GetProperty("reason").GetString()!.Where(c => !char.IsControl(c)).Take(MaxReason)).Trim();
        read = new TimelineEvent.MoodRead(answer.GetProperty("level").GetDouble(), reason) { At = default };
        return true;
    }
}
