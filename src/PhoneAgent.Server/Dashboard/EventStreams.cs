using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using PhoneAgent.Server.Api;
using PhoneAgent.Server.Http;

namespace PhoneAgent.Server.Dashboard;

/// <summary>
/// Server-sent events for pages. A stream looks at certain times whether there is something new; while its page does not take
/// what it was sent, it does not look. Thread-safe.
/// </summary>
internal sealed class EventStreams(ServerState state, TimeProvider time)
{
    /// <summary>Pages that may be open at the same time.</summary>
    public const int MaxStreams = 500;

    // Whoever was removed or logged out meanwhile is let in no more: the browser comes again, with its cookie.
    private static readonly TimeSpan LongestLife = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);

    private int _open;

    public int Open => Volatile.Read(ref _open);

    /// <param name="every">How often there is something new at most.</param>
    /// <param name="look">What is new; an event without data is left out.</param>
    public IResult Serve(HttpContext context, TimeSpan every, Func<Task<IReadOnlyList<SseItem<string>>>> look)
    {
        if (Interlocked.Increment(ref _open) > MaxStreams)
        {
            Interlocked.Decrement(ref _open);
            return ApiProblem.Unavailable("Too many pages and streams are open. Close some, or come again later.");
        }
        context.Response.OnCompleted(() =>
        {
            Interlocked.Decrement(ref _open);
            return Task.CompletedTask;
        });
        context.Response.Headers["X-Accel-Buffering"] = "no";
        return TypedResults.ServerSentEvents(RunAsync(every, look, context.RequestAborted));
    }

    private async IAsyncEnumerable<SseItem<string>> RunAsync(
        TimeSpan every, Func<Task<IReadOnlyList<SseItem<string>>>> look, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, state.Closing);
        using var timer = new PeriodicTimer(every, time);
        long begin = time.GetTimestamp(), last = begin;
        yield return new SseItem<string>("", "beat") { ReconnectionInterval = RetryAfter };
        do
        {
            foreach (SseItem<string> item in await look().ConfigureAwait(false))
            {
                last = time.GetTimestamp();
                yield return item;
            }
            if (time.GetElapsedTime(last) >= Beat)
            {
                last = time.GetTimestamp();
                yield return new SseItem<string>("", "beat");
            }
        }
        while (time.GetElapsedTime(begin) < LongestLife && await NextAsync(timer, end.Token).ConfigureAwait(false));
    }

    private static async Task<bool> NextAsync(PeriodicTimer timer, CancellationToken cancellationToken)
    {
        try
        {
            return await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
