using System.Runtime.CompilerServices;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Speaking;

namespace PhoneAgent.Conversation.Providers;

/// <summary>
/// Voices in order of preference. One that gives no audio in time, breaks off or falls silent is followed by the next, which
/// says what is left of the sentence: nothing that was delivered is said again. Thread-safe.
/// </summary>
public sealed class SynthesizerChain : ISpeechSynthesizer
{
    private const string Stage = "tts";

    private readonly ChainOptions _options;
    private readonly TimeProvider _time;
    private readonly TimeLimit _limit;
    private readonly Leftovers _leftovers;
    private readonly Dictionary<string, SpeakingPace> _paces;

    /// <param name="members">At least one, the preferred first. Disposed with the chain.</param>
    public SynthesizerChain(IReadOnlyList<ChainMember<ISpeechSynthesizer>> members, ChainOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(members);
        ArgumentOutOfRangeException.ThrowIfZero(members.Count);
        (Members, _options, _time) = (members, options, time);
        (_limit, _leftovers) = (new TimeLimit(time), new Leftovers(time));
        _paces = members.ToDictionary(m => m.Name, _ => new SpeakingPace());
    }

    public IReadOnlyList<ChainMember<ISpeechSynthesizer>> Members { get; }

    public string Name => Members.NamesOf();

    /// <summary>Of all members, the preferred one's first: whoever speaks takes the voice that he has, or his own.</summary>
    public IReadOnlyList<VoiceInfo> Voices => [.. Members.SelectMany(m => m.Engine.Voices).DistinctBy(v => v.Id)];

    public async IAsyncEnumerable<SynthesizedAudio> SynthesizeAsync(SynthesisRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Voice is { } voice && !Members.Any(m => HasVoice(m.Engine, voice)))
            throw new EngineException($"No voice of {Name} is called '{voice}'. There are: {string.Join(", ", Voices.Select(v => v.Id))}.");
        ChainMember<ISpeechSynthesizer>[] order = Members.InOrder();
        var rest = new RestOfSentence(request.Text);
        var failures = new List<EngineException>();
        bool isUnspeakable = false;
        for (int i = 0; i < order.Length; i++)
        {
            ChainMember<ISpeechSynthesizer> member = order[i];
            bool isLast = i == order.Length - 1;
            SynthesisRequest part = request with { Text = rest.Begin(_paces[member.Name], request.Rate), Voice = VoiceOf(member.Engine, request.Voice) };
            await using var audio = new ProviderStream<SynthesizedAudio>(member.Name, token => member.Engine.SynthesizeAsync(part, token), _limit, _leftovers);
            long asked = _time.GetTimestamp();
            TimeSpan? latency = null;
            bool isStored = false;
            StreamStep<SynthesizedAudio> step = default;
            try
            {
                while ((step = await audio.NextAsync(order.HasStandIn(i) ? LimitOf(rest, latency, asked) : Timeout.InfiniteTimeSpan, "audio", cancellationToken).ConfigureAwait(false)) is { IsEnd: false, Failure: null })
                {
                    if (!step.Item.Samples.IsEmpty)
                        latency ??= _time.GetElapsedTime(asked);
                    isStored |= step.Item.IsStored;
                    yield return rest.Deliver(step.Item);
                }
            }
            finally
            {
                // Also when the caller has interrupted: until then it did its work.
                if (step.Failure is null && latency is { } first)
                {
                    if (!isStored)
                        member.Circuit.Succeeded();
                    request.Report?.Invoke(new TimelineEvent.ProviderUsed(Stage, member.Name, first) { At = default });
                }
            }
            if (step.IsEnd && (latency is not null || !HasWords(part.Text)))
            {
                rest.End();
                yield break;
            }
            if (step.Failure is { } failure)
            {
                failures.Add(failure);
                member.Circuit.Failed(failure);
            }
            isUnspeakable |= step.IsEnd;
            // No sound for words: this voice cannot say them (another script), which is no fault of its health.
            string what = step.Failure?.Message ?? $"{member.Name} has no sound for this text";
            request.Report?.Invoke(new TimelineEvent.ProviderFailed(Stage, member.Name, what, _time.GetElapsedTime(asked), isLast ? null : order[i + 1].Name) { At = default });
        }
        if (failures.Count > 0 && !isUnspeakable)
            throw failures.ToOne(Name);
    }

    public async ValueTask DisposeAsync()
    {
        await _leftovers.DrainAsync().ConfigureAwait(false);
        foreach (ChainMember<ISpeechSynthesizer> member in Members)
            await member.Engine.DisposeAsync().ConfigureAwait(false);
    }

    // While the caller still hears what came before, a pause of the provider costs nothing; the next one needs time to begin.
    private TimeSpan LimitOf(RestOfSentence rest, TimeSpan? latency, long asked)
    {
        if (latency is not { } first)
            return _options.FirstAudio;
        TimeSpan ahead = AudioFormat.ToTime(rest.Delivered) - (_time.GetElapsedTime(asked) - first) - _options.Stall;
        return ahead > _options.Stall ? ahead : _options.Stall;
    }

    private static string? VoiceOf(ISpeechSynthesizer engine, string? voice) => voice is not null && HasVoice(engine, voice) ? voice : null;

    private static bool HasVoice(ISpeechSynthesizer engine, string voice)
    {
        foreach (VoiceInfo info in engine.Voices)
        {
            if (info.Id == voice)
                return true;
        }
        return false;
    }

    private static bool HasWords(string text)
    {
        foreach (char c in text)
        {
            if (char.IsLetterOrDigit(c))
                return true;
        }
        return false;
    }
}
