using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using PhoneAgent.Conversation.Dialogue.LanguageModel;

namespace PhoneAgent.Conversation.Providers;

/// <summary>
/// Language models in order of preference. One that is silent for too long or breaks off is followed by the next, which goes
/// on behind the words that were given on. Calls of tools are given on when the answer is whole, so that what a broken answer
/// asked for is never carried out, and nothing twice. Thread-safe.
/// </summary>
public sealed class ChatChain : IChatClient, IModelHealth, IAsyncDisposable
{
    private const string Stage = "llm";

    private readonly ChainOptions _options;
    private readonly TimeProvider _time;
    private readonly TimeLimit _limit;
    private readonly Leftovers _leftovers;

    /// <param name="members">At least one, the preferred first. Disposed with the chain.</param>
    public ChatChain(IReadOnlyList<ChainMember<IChatClient>> members, ChainOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(members);
        ArgumentOutOfRangeException.ThrowIfZero(members.Count);
        (Members, _options, _time) = (members, options, time);
        (_limit, _leftovers) = (new TimeLimit(time), new Leftovers(time));
    }

    public IReadOnlyList<ChainMember<IChatClient>> Members { get; }

    public string Name => Members.NamesOf();

    /// <inheritdoc/>
    public bool IsHealthy => Members.Any(m => m.Circuit.IsHealthy);

    /// <summary>Prices by member; those without one report no cost.</summary>
    public IReadOnlyDictionary<string, ModelPrice> Prices { get; init; } = new Dictionary<string, ModelPrice>();

    /// <summary>For a reply that somebody waits for: streamed, with the limits of <see cref="ChainOptions"/>.</summary>
    /// <exception cref="EngineException">All members failed.</exception>
    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        StreamAsync([.. messages], options, _options.FirstToken, _options.Stall, cancellationToken);

    /// <summary>For an answer that nobody on the line waits for: each member gets the time of <see cref="ChainOptions.Background"/>.</summary>
    /// <exception cref="EngineException">All members failed.</exception>
    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        StreamAsync([.. messages], options, _options.Background, _options.Background, cancellationToken).ToChatResponseAsync(cancellationToken);

    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is null && serviceType.IsInstanceOfType(this) ? this : Members[0].Engine.GetService(serviceType, serviceKey);
    }

    public void Dispose()
    {
        foreach (ChainMember<IChatClient> member in Members)
            member.Engine.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await _leftovers.DrainAsync().ConfigureAwait(false);
        Dispose();
    }

    private async IAsyncEnumerable<ChatResponseUpdate> StreamAsync(
        List<ChatMessage> messages, ChatOptions? options, TimeSpan firstLimit, TimeSpan stallLimit, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ChainMember<IChatClient>[] order = Members.InOrder();
        var answer = new AnswerSoFar(messages);
        var failures = new List<EngineException>();
        Action<TimelineEvent>? report = options.Report();
        for (int i = 0; i < order.Length; i++)
        {
            ChainMember<IChatClient> member = order[i];
            bool isLast = i == order.Length - 1;
            IReadOnlyList<ChatMessage> asks = answer.Begin();
            ChatOptions? own = OwnOptions(options);
            await using var stream = new ProviderStream<ChatResponseUpdate>(member.Name, token => member.Engine.GetStreamingResponseAsync(asks, own, token), _limit, _leftovers);
            long asked = _time.GetTimestamp();
            TimeSpan? latency = null;
            StreamStep<ChatResponseUpdate> step = default;
            try
            {
                while ((step = await stream.NextAsync(!order.HasStandIn(i) ? Timeout.InfiniteTimeSpan : latency is null ? firstLimit : stallLimit, "word", cancellationToken).ConfigureAwait(false)) is { IsEnd: false, Failure: null })
                {
                    if (step.Item!.Contents.Count > 0)
                        latency ??= _time.GetElapsedTime(asked);
                    if (answer.Take(step.Item) is { } update)
                        yield return update;
                }
                if (step.IsEnd && !answer.HasContent && !answer.MayBeEmpty)
                    step = step with { Failure = new ProviderException(member.Name, ProviderFailureKind.BadResponse, $"{member.Name} answered nothing") };
            }
            finally
            {
                // Also when the reader has heard enough, or the caller has interrupted: until then it did its work.
                ReportUsage(report, member, answer, options);
                if (step.Failure is null && (step.IsEnd || latency is not null))
                {
                    member.Circuit.Succeeded();
                    report?.Invoke(new TimelineEvent.ProviderUsed(Stage, member.Name, latency ?? _time.GetElapsedTime(asked)) { At = default });
                }
            }
            if (step.Failure is not { } failure)
            {
                yield return answer.End();
                yield break;
            }
            failures.Add(failure);
            member.Circuit.Failed(failure);
            report?.Invoke(new TimelineEvent.ProviderFailed(Stage, member.Name, failure.Message, _time.GetElapsedTime(asked), isLast ? null : order[i + 1].Name) { At = default });
        }
        throw failures.ToOne(Name);
    }

    // A model's name means something to one provider only; an instance of its own, because adapters may write into it.
    private static ChatOptions? OwnOptions(ChatOptions? options)
    {
        ChatOptions? own = options?.Clone();
        own?.ModelId = null;
        return own;
    }

    private void ReportUsage(Action<TimelineEvent>? report, ChainMember<IChatClient> member, AnswerSoFar answer, ChatOptions? options)
    {
        if (report is null || answer.Usage is not { } usage)
            return;
        (long input, long output) = (usage.InputTokenCount ?? 0, usage.OutputTokenCount ?? 0);
        decimal? cost = Prices.TryGetValue(member.Name, out ModelPrice? price) ? price.Of(input, output) : null;
        report(new TimelineEvent.ModelUsage(member.Name, input, output, cost, options.Purpose()) { At = default });
    }
}
