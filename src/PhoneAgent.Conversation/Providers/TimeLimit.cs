using Polly;
using Polly.Timeout;

namespace PhoneAgent.Conversation.Providers;

/// <summary>Waits for a provider, but only so long; also for one that does not listen to its token.</summary>
internal sealed class TimeLimit
{
    private static readonly ResiliencePropertyKey<TimeSpan> Limit = new("phoneagent.limit");

    private readonly ResiliencePipeline _pipeline;

    public TimeLimit(TimeProvider time) =>
        _pipeline = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddTimeout(new TimeoutStrategyOptions
            {
                TimeoutGenerator = static args => new(args.Context.Properties.GetValue(Limit, Timeout.InfiniteTimeSpan)),
            })
            .Build();

    /// <param name="work">What is waited for.</param>
    /// <param name="limit">Infinite: none.</param>
    /// <param name="working">Cancelled when the limit is reached, so that the provider stops.</param>
    /// <param name="cancellationToken">The caller's.</param>
    /// <exception cref="TimeoutRejectedException">The limit was reached; <paramref name="work"/> may still run.</exception>
    public async Task<T> WaitAsync<T>(Task<T> work, TimeSpan limit, CancellationTokenSource working, CancellationToken cancellationToken)
    {
        ResilienceContext context = ResilienceContextPool.Shared.Get(cancellationToken);
        context.Properties.Set(Limit, limit);
        try
        {
            return await _pipeline.ExecuteAsync(static async (context, state) =>
            {
                using (context.CancellationToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), state.working))
                    return await state.work.WaitAsync(context.CancellationToken).ConfigureAwait(false);
            }, context, (work, working)).ConfigureAwait(false);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }
}
