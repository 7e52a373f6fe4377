using PhoneAgent.Audio.Tones;
using PhoneAgent.Conversation.Calls;

namespace PhoneAgent.Conversation.Answering;

/// <summary>
/// Listens to what comes before the answer (183 with a session description): networks tell by tones what their SIP status
/// does not. Ringback is none of these; words are not recognised before the answer.
/// </summary>
public sealed class EarlyMediaListener : IProgress<CallProgress>, IAudioPeer
{
    private readonly IProgress<CallProgress>? _next;
    private readonly ToneDetector _tones = new(AudioFormat.SampleRate);
    private readonly TaskCompletionSource<AnswerVerdict> _heard = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ICallAudio? _audio;

    private EarlyMediaListener(IProgress<CallProgress>? next) => _next = next;

    /// <summary>Places a call, listens until it is answered or fails, and gives up where a tone says that nobody will answer.</summary>
    /// <param name="line">Places the call.</param>
    /// <param name="request">Its progress is told on.</param>
    /// <param name="options">Where they are off, the call is placed and nothing else.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<PlacedCall> PlaceAsync(
        IPhoneLine line, PlaceCallRequest request, AnswerDetectionOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(line);
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(options);
        if (!options.Enabled)
            return new PlacedCall(await line.PlaceAsync(request, cancellationToken).ConfigureAwait(false), null);
        var listener = new EarlyMediaListener(request.Progress);
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<PlaceCallResult> placing = line.PlaceAsync(request with { Progress = listener }, giveUp.Token);
        await Task.WhenAny(placing, listener._heard.Task).ConfigureAwait(false);
        if (!placing.IsCompleted && options.ActionFor((await listener._heard.Task.ConfigureAwait(false)).Kind) == AnswerAction.HangUp)
            await giveUp.CancelAsync().ConfigureAwait(false);
        PlaceCallResult result = await placing.ConfigureAwait(false);
        // The session starts the audio anew, and listens from there.
        Volatile.Read(ref listener._audio)?.Stop();
        AnswerVerdict? early = listener._heard.Task.IsCompletedSuccessfully ? await listener._heard.Task.ConfigureAwait(false) : null;
        return new PlacedCall(result, early);
    }

    void IProgress<CallProgress>.Report(CallProgress value)
    {
        ArgumentNullException.ThrowIfNull(value);
        _next?.Report(value);
        if (value.EarlyMedia is { } audio && Interlocked.CompareExchange(ref _audio, audio, null) is null)
            audio.Start(this);
    }

    bool IAudioPeer.Exchange(long position, FrameOrigin origin, ReadOnlySpan<short> received, Span<short> toSend)
    {
        toSend.Clear();
        if (_tones.Push(received) is not CallTone.None and var tone && VerdictOn(tone) is var (kind, rule, detail))
            _heard.TrySetResult(new AnswerVerdict(kind, rule, detail, AudioFormat.ToTime(position + received.Length)));
        return false;
    }

    private static (AnswerKind, string, string)? VerdictOn(CallTone tone) => tone switch
    {
        CallTone.NotInService => (AnswerKind.NotInService, "sit", "special information tone before the answer"),
        CallTone.NoCircuit => (AnswerKind.Congested, "sit", "special information tone for no circuit before the answer"),
        CallTone.Busy => (AnswerKind.Busy, "busy-tone", "busy tone before the answer"),
        CallTone.Congestion => (AnswerKind.Congested, "congestion-tone", "congestion tone before the answer"),
        _ => null,
    };
}

/// <summary>What became of placing a call.</summary>
/// <param name="Result">The call, or why there is none; "cancelled" where a tone before the answer made us give up.</param>
/// <param name="Early">What was heard before the answer; it says more than <paramref name="Result"/> about a call that failed. Its time counts from the first early media.</param>
public sealed record PlacedCall(PlaceCallResult Result, AnswerVerdict? Early);
