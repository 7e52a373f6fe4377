using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Hearing;

namespace PhoneAgent.Inference.PocketSphinx;

/// <summary>One utterance: sees to the promises of the port (one final, silence after dispose, no exception), and borrows the decoder.</summary>
internal sealed class PocketSphinxStream(
    RecognitionRequest request, Action<RecognitionResult> onResult, GrammarCache grammars, DecoderPool pool,
    PocketSphinxOptions options, Action<Exception> onFailure) : IRecognitionStream
{
    private Utterance? utterance;
    private PooledDecoder? lent;
    private string? failure;
    private bool over;

    public void Push(ReadOnlySpan<short> frame)
    {
        if (over || failure is not null)
            return;
        try
        {
            if (Begin() && utterance!.Push(frame) is { } interim)
                onResult(interim);
        }
        catch (Exception e) when (IsEngineFailure(e))
        {
            Fail(e);
        }
    }

    public void Probe()
    {
        if (over || failure is not null)
            return;
        try
        {
            if (Begin())
                onResult(utterance!.Conclude(final: false));
        }
        catch (Exception e) when (IsEngineFailure(e))
        {
            Fail(e);
        }
    }

    public void Finish()
    {
        if (over)
            return;
        RecognitionResult? result = null;
        try
        {
            if (failure is null && Begin())
                result = utterance!.Conclude(final: true);
        }
        catch (Exception e) when (IsEngineFailure(e))
        {
            Fail(e);
        }
        Close();
        onResult(result ?? new RecognitionResult { IsFinal = true, Outcome = RecognitionOutcome.Failed, Error = failure });
    }

    public void Dispose() => Close();

    private bool Begin()
    {
        if (utterance is not null)
            return true;
        if (!request.Language.StartsWith("en", StringComparison.OrdinalIgnoreCase))
        {
            failure = $"The embedded recogniser understands English only, not '{request.Language}'.";
            return false;
        }
        var grammar = grammars.Get(request.Expectation);
        if (grammar.Problems.Count > 0)
        {
            failure = grammar.Problems[0];
            return false;
        }
        lent = pool.TryRent();
        if (lent is null)
        {
            failure = $"All {options.MaxDecoders} decoders are in use: raise max_decoders, or take fewer calls.";
            return false;
        }
        utterance = new Utterance(lent, grammar, options);
        return true;
    }

    private static bool IsEngineFailure(Exception e) => e is EngineException or ObjectDisposedException;

    private void Fail(Exception e)
    {
        failure = e.Message;
        onFailure(e);
    }

    private void Close()
    {
        over = true;
        utterance = null;
        if (lent is null)
            return;
        pool.Return(lent);
        lent = null;
    }
}
