using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Hearing;

namespace PhoneAgent.Conversation.Providers;

/// <summary>One member of a chain that hears an utterance. Whatever it throws becomes a failure; it is closed by whoever uses it last.</summary>
internal sealed class RecognizerAttempt(
    ChainMember<ISpeechRecognizer> member, Action<RecognizerAttempt, RecognitionResult> onResult, Action<RecognizerAttempt, EngineException> onFailure)
{
    private readonly Lock _lock = new();
    private readonly short[] _frame = new short[AudioFormat.FrameSamples];
    private IRecognitionStream? _stream;
    private int _heard;
    private bool _inUse;
    private bool _closed;

    public ChainMember<ISpeechRecognizer> Member { get; } = member;

    /// <summary>When its final result was asked for.</summary>
    public long AskedAt { get; set; }

    public bool HasFailed { get; set; }

    /// <summary>Its limit is over; a result is still welcome.</summary>
    public bool IsLate { get; set; }

    public bool IsHedge { get; set; }

    public RecognitionResult? Final { get; set; }

    public string? Error { get; set; }

    public void Open(RecognitionRequest request) => Use(() => _stream = Member.Engine.Open(request, result =>
    {
        if (result is { IsFinal: true, Outcome: RecognitionOutcome.Failed })
            onFailure(this, (EngineException?)result.Failure ?? new EngineException(result.Error ?? $"{Member.Name} failed"));
        else
            onResult(this, result);
    }));

    public void Push(ReadOnlySpan<short> frame)
    {
        frame.CopyTo(_frame);
        Use(() => _stream?.Push(_frame));
    }

    /// <summary>Hears what was said since the last time.</summary>
    public void CatchUp(UtteranceAudio audio, Func<bool> isOver) => Use(() => HearRest(audio, isOver));

    public void Probe() => Use(() => _stream?.Probe());

    public void Finish() => Use(() => _stream?.Finish());

    /// <summary>A whole utterance that is over.</summary>
    public void HearAll(RecognitionRequest request, UtteranceAudio audio, Func<bool> isOver)
    {
        Open(request);
        Use(() =>
        {
            HearRest(audio, isOver);
            if (!isOver())
                _stream?.Finish();
        });
    }

    /// <summary>Lets go of the engine, at once or when it is out of use. True the first time.</summary>
    public bool Close()
    {
        lock (_lock)
        {
            if (_closed)
                return false;
            _closed = true;
            if (_inUse)
                return true;
        }
        Release();
        return true;
    }

    private void HearRest(UtteranceAudio audio, Func<bool> isOver)
    {
        _heard = Math.Max(_heard, audio.First);
        while (!HasFailed && !isOver() && audio.TryRead(_heard, _frame))
        {
            _heard++;
            _stream?.Push(_frame);
        }
    }

    private void Use(Action action)
    {
        lock (_lock)
        {
            if (_closed)
                return;
            _inUse = true;
        }
        try
        {
            action();
        }
        catch (Exception e)
        {
            // The port forbids exceptions; an engine that breaks the rule is one that failed.
            onFailure(this, e as EngineException ?? new EngineException($"{Member.Name}: {e.Message}", e));
        }
        bool close;
        lock (_lock)
        {
            _inUse = false;
            close = _closed;
        }
        if (close)
            Release();
    }

    private void Release()
    {
        try
        {
            _stream?.Dispose();
        }
        catch (Exception)
        {
            // It was given up, or is over: what it has to say now concerns nobody.
        }
    }
}
