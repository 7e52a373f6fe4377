using PhoneAgent.Conversation.Hearing;
using Polly.Timeout;

namespace PhoneAgent.Conversation.Providers;

/// <summary>
/// Recognisers in order of preference. When one fails, or its final result is late, the next hears the same audio from the
/// beginning. Thread-safe.
/// </summary>
/// <remarks>
/// A next one that runs on this machine costs nothing but processor time: it is asked at half the limit, and its result waits
/// for the preferred one's until the limit is over. One behind a network is asked when the limit is over. A late result is
/// taken as long as nobody else has given one.
/// </remarks>
public sealed class RecognizerChain : ISpeechRecognizer
{
    internal const string Stage = "stt";

    // Asking two at once must not take the processors from callers whose first choice answers.
    private readonly int _mostHedges = Environment.ProcessorCount;
    private readonly TimeLimit _limit;
    private int _hedges;

    /// <param name="members">At least one, the preferred first. Disposed with the chain.</param>
    public RecognizerChain(IReadOnlyList<ChainMember<ISpeechRecognizer>> members, ChainOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(members);
        ArgumentOutOfRangeException.ThrowIfZero(members.Count);
        (Members, Options, Time, _limit, Leftovers) = (members, options, time, new TimeLimit(time), new Leftovers(time));
    }

    public IReadOnlyList<ChainMember<ISpeechRecognizer>> Members { get; }

    public string Name => Members.NamesOf();

    /// <summary>
    /// True when any member does: it may take over in any utterance, and then only what was expected can be heard, and its
    /// interim words are no evidence.
    /// </summary>
    public bool NeedsExpectation => Members.Any(m => m.Engine.NeedsExpectation);

    internal ChainOptions Options { get; }

    internal TimeProvider Time { get; }

    internal Leftovers Leftovers { get; }

    /// <summary>Hand-overs from one member to the next that have begun and not reached it; for tests in virtual time.</summary>
    internal int HandOvers => Leftovers.Count;

    /// <summary>Prepares all members; says what is wrong with the one that would hear now. One that takes too long is not waited for.</summary>
    public async ValueTask<IReadOnlyList<string>> PrepareAsync(RecognitionRequest request, CancellationToken cancellationToken)
    {
        Task<IReadOnlyList<string>>[] all = [.. Members.InOrder().Select(m => PrepareAsync(m, request, cancellationToken))];
        return (await Task.WhenAll(all).ConfigureAwait(false))[0];
    }

    public IRecognitionStream Open(RecognitionRequest request, Action<RecognitionResult> onResult) => new ChainedUtterance(this, request, onResult);

    public async ValueTask DisposeAsync()
    {
        await Leftovers.DrainAsync().ConfigureAwait(false);
        foreach (ChainMember<ISpeechRecognizer> member in Members)
            await member.Engine.DisposeAsync().ConfigureAwait(false);
    }

    internal bool TryBeginHedge()
    {
        if (Interlocked.Increment(ref _hedges) <= _mostHedges)
            return true;
        EndHedge();
        return false;
    }

    internal void EndHedge() => Interlocked.Decrement(ref _hedges);

    private async Task<IReadOnlyList<string>> PrepareAsync(ChainMember<ISpeechRecognizer> member, RecognitionRequest request, CancellationToken cancellationToken)
    {
        using var working = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<IReadOnlyList<string>> preparing = member.Engine.PrepareAsync(request, working.Token).AsTask();
        try
        {
            return await _limit.WaitAsync(preparing, Members.Count > 1 ? Options.Final : Timeout.InfiniteTimeSpan, working, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutRejectedException)
        {
            return []; // its utterances will tell whether it works
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            member.Circuit.Failed(e as EngineException ?? new EngineException($"{member.Name}: {e.Message}", e));
            return [];
        }
    }
}
