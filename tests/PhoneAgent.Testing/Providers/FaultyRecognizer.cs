using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Conversation.Providers;

namespace PhoneAgent.Testing.Providers;

/// <summary>How a <see cref="FaultyRecognizer"/> misbehaves.</summary>
public enum RecognizerFault
{
    None,
    /// <summary>Its final result says that it failed.</summary>
    FailsAtTheEnd,
    /// <summary>Says in mid-utterance that it failed.</summary>
    FailsInTheMiddle,
    /// <summary>Breaks the port's rule and throws in mid-utterance.</summary>
    Throws,
    /// <summary>Gives no final result before <see cref="FaultyRecognizer.AnswerLate"/>.</summary>
    NoFinal,
}

/// <summary>A recogniser that works until it is told not to; what it hears comes from another.</summary>
public sealed class FaultyRecognizer(ISpeechRecognizer recognizer, string name) : ISpeechRecognizer
{
    private const int FramesBeforeFault = 20;

    private readonly List<(Stream Stream, Action Answer)> _late = [];

    public string Name => name;

    public bool NeedsExpectation { get; set; }

    public RecognizerFault Fault { get; set; }

    public ProviderException? Failure { get; set; }

    /// <summary>Utterances that were begun, and frames that were heard.</summary>
    public int Opened { get; private set; }

    public int Frames { get; private set; }

    public int OpenStreams { get; private set; }

    /// <summary>Finals that are held back and that somebody still waits for.</summary>
    public int Held
    {
        get
        {
            lock (_late)
                return _late.Count;
        }
    }

    public void AnswerLate()
    {
        Action[] late;
        lock (_late)
        {
            late = [.. _late.Select(l => l.Answer)];
            _late.Clear();
        }
        foreach (Action answer in late)
            answer();
    }

    public ValueTask<IReadOnlyList<string>> PrepareAsync(RecognitionRequest request, CancellationToken cancellationToken) => recognizer.PrepareAsync(request, cancellationToken);

    public IRecognitionStream Open(RecognitionRequest request, Action<RecognitionResult> onResult)
    {
        Opened++;
        OpenStreams++;
        return new Stream(this, request, onResult);
    }

    public ValueTask DisposeAsync() => recognizer.DisposeAsync();

    private IRecognitionStream OpenReal(RecognitionRequest request, Action<RecognitionResult> onResult) => recognizer.Open(request, onResult);

    private RecognitionResult Failed() => new() { IsFinal = true, Outcome = RecognitionOutcome.Failed, Error = Failure?.Message ?? $"{name} broke", Failure = Failure };

    private sealed class Stream : IRecognitionStream
    {
        private readonly FaultyRecognizer _owner;
        private readonly Action<RecognitionResult> _onResult;
        private readonly IRecognitionStream _stream;
        private int _frames;
        private bool _disposed;

        public Stream(FaultyRecognizer owner, RecognitionRequest request, Action<RecognitionResult> onResult)
        {
            (_owner, _onResult) = (owner, onResult);
            _stream = owner.OpenReal(request, OnResult);
        }

        public void Push(ReadOnlySpan<short> frame)
        {
            _owner.Frames++;
            if (++_frames == FramesBeforeFault && _owner.Fault == RecognizerFault.Throws)
                throw new InvalidOperationException($"{_owner.Name} has a bug");
            if (_frames == FramesBeforeFault && _owner.Fault == RecognizerFault.FailsInTheMiddle)
                _onResult(_owner.Failed());
            _stream.Push(frame);
        }

        public void Probe() => _stream.Probe();

        public void Finish() => _stream.Finish();

        public void Dispose()
        {
            if (!_disposed)
                _owner.OpenStreams--;
            _disposed = true;
            lock (_owner._late)
                _owner._late.RemoveAll(l => l.Stream == this);
            _stream.Dispose();
        }

        private void OnResult(RecognitionResult result)
        {
            if (result.IsFinal && _owner.Fault == RecognizerFault.FailsAtTheEnd)
                _onResult(_owner.Failed());
            else if (result.IsFinal && _owner.Fault == RecognizerFault.NoFinal)
                lock (_owner._late)
                    _owner._late.Add((this, () => _onResult(result)));
            else
                _onResult(result);
        }
    }
}
