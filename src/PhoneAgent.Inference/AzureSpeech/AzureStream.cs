using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Conversation.Providers;

namespace PhoneAgent.Inference.AzureSpeech;

/// <summary>
/// One utterance: sees to the promises of the port (one final, also when the service is silent; nothing after a dispose). A probe
/// is answered, a round trip later, with what the service has understood so far: it cannot be asked for more.
/// </summary>
internal sealed class AzureStream : IRecognitionStream, IAzureListener
{
    /// <summary>What goes out at once; smaller pieces cost more than they are worth.</summary>
    private const int Piece = 5 * AudioFormat.FrameSamples;

    private readonly Lock guard = new();
    private readonly AzureSpeechOptions options;
    private readonly RecognitionRequest request;
    private readonly Action<RecognitionResult> onResult;
    private readonly Action<EngineException> onFailure;
    private readonly TimeProvider time;
    private readonly AnswerMatcher answers;
    private IAzureListening? listening;
    private readonly short[] pending = new short[Piece];
    private readonly List<AzurePhrase> phrases = [];
    private AzurePhrase? interim;
    private ProviderException? failure;
    private ITimer? timer;
    private int pendingCount;
    private bool hasAudio;
    private bool ended;
    private bool finishing;
    private bool over;

    public AzureStream(
        AzureSpeechOptions options, IAzureHearing hearing, RecognitionRequest request, Action<RecognitionResult> onResult,
        TimeProvider time, Action<EngineException> onFailure)
    {
        this.options = options;
        this.request = request;
        this.onResult = onResult;
        this.onFailure = onFailure;
        this.time = time;
        answers = new AnswerMatcher(request.Expectation);
        IReadOnlyList<string> languages = [.. options.Languages.Prepend(request.Language).Distinct(StringComparer.OrdinalIgnoreCase)];
        Guard(() => listening = hearing.Listen(languages, AzureResult.PhraseList(request.Expectation), this));
    }

    public void Push(ReadOnlySpan<short> frame)
    {
        lock (guard)
        {
            if (over || finishing || failure is not null)
                return;
            hasAudio = true;
            frame.CopyTo(pending.AsSpan(pendingCount));
            pendingCount += frame.Length;
            if (pendingCount == Piece)
                Send();
        }
    }

    public void Probe()
    {
        lock (guard)
        {
            if (over || finishing || failure is not null)
                return;
            Send();
            timer?.Dispose();
            timer = time.CreateTimer(_ => AnswerProbe(), null, options.ProbeWait, Timeout.InfiniteTimeSpan);
        }
    }

    public void Finish()
    {
        lock (guard)
        {
            if (over || finishing)
                return;
            finishing = true;
            Send();
            if (failure is not null || ended || !hasAudio)
            {
                Conclude();
                return;
            }
            timer?.Dispose();
            timer = time.CreateTimer(_ => OnLate(), null, options.FinalTimeout, Timeout.InfiniteTimeSpan);
        }
        Guard(() => listening?.End());
    }

    public void Dispose()
    {
        lock (guard)
        {
            over = true;
            timer?.Dispose();
        }
        listening?.Dispose();
    }

    public void OnInterim(AzurePhrase phrase)
    {
        lock (guard)
        {
            if (over)
                return;
            interim = phrase;
            var result = AzureResult.Of(phrases, interim, answers, request.Language);
            if (!finishing && result.Outcome == RecognitionOutcome.Recognized)
                onResult(result with { IsFinal = false });
        }
    }

    public void OnPhrase(AzurePhrase phrase)
    {
        lock (guard)
        {
            if (over)
                return;
            phrases.Add(phrase);
            interim = null;
        }
    }

    public void OnEnd()
    {
        lock (guard)
        {
            ended = true;
            if (finishing)
                Conclude();
        }
    }

    public void OnFailure(AzureFailure why)
    {
        lock (guard)
            Fail(AzureFailures.ToException(options, why));
    }

    private void AnswerProbe()
    {
        lock (guard)
        {
            if (!over && !finishing && failure is null)
                onResult(AzureResult.Of(phrases, interim, answers, request.Language) with { IsFinal = false, IsProbe = true });
        }
    }

    private void OnLate()
    {
        lock (guard)
            Fail(new ProviderException(options.Name, ProviderFailureKind.Timeout,
                $"Azure Speech ({options}) gave no final result within {options.FinalTimeout.TotalSeconds:0.#} s: check the network, or raise final_timeout."));
    }

    private void Fail(ProviderException why)
    {
        if (over || failure is not null)
            return;
        failure = why;
        onFailure(why);
        if (finishing)
            Conclude();
    }

    private void Send()
    {
        if (pendingCount > 0)
            Guard(() => listening?.Write(pending.AsSpan(0, pendingCount)));
        pendingCount = 0;
    }

    /// <summary>The port forbids exceptions; the SDK has many kinds of them.</summary>
    private void Guard(Action call)
    {
        try
        {
            call();
        }
        catch (Exception e)
        {
            OnFailure(new AzureFailure("RuntimeError", e.Message));
        }
    }

    private void Conclude()
    {
        if (over)
            return;
        over = true;
        timer?.Dispose();
        onResult(failure is null
            ? AzureResult.Of(phrases, null, answers, request.Language)
            : new RecognitionResult { IsFinal = true, Outcome = RecognitionOutcome.Failed, Error = failure.Message });
    }
}
