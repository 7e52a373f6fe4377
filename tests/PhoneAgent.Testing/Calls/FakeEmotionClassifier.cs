using PhoneAgent.Conversation.Hearing;

namespace PhoneAgent.Testing.Calls;

/// <summary>
/// Hears the tone that a <see cref="ScriptedAudio"/> carries: of the utterance that was heard last. What has no tone of its
/// own is "unknown", as is what is shorter than 100 ms.
/// </summary>
public sealed class FakeEmotionClassifier : IEmotionClassifier
{
    private const int LeastFrames = 5;

    private readonly Dictionary<short, EmotionReading> _tones = [];
    private readonly List<TaskCompletionSource> _held = [];

    public string Name => "fake";

    public int OpenStreams { get; private set; }

    /// <summary>The languages of the utterances, in order.</summary>
    public List<string> Languages { get; } = [];

    /// <summary>When set, readings wait for <see cref="Release"/>: a classifier that is late or hangs.</summary>
    public bool Holds { get; set; }

    /// <summary>When set, there is no place free for interim readings.</summary>
    public bool IsBusy { get; set; }

    /// <summary>When set, every reading throws this, which the port forbids.</summary>
    public string? Failure { get; set; }

    /// <summary>Final readings that were asked for, beside those a pause had brought.</summary>
    public int Finals { get; private set; }

    /// <summary>Readings that wait.</summary>
    public int Held
    {
        get
        {
            lock (_held)
                return _held.Count;
        }
    }

    /// <summary>A reading that is as sure as said, the rest shared by the others.</summary>
    public static EmotionReading Sure(string label, double confidence) => label == EmotionLabels.Unknown
        ? EmotionReading.Unknown("scripted")
        : new(label, confidence, EmotionLabels.Known.ToDictionary(l => l, l => l == label ? confidence : (1 - confidence) / (EmotionLabels.Known.Count - 1)));

    /// <param name="value">The sample that stands for the utterance.</param>
    public void Add(short value, EmotionReading reading) => _tones[value] = reading;

    /// <summary>From now on readings come at once, and those that waited.</summary>
    public void Release()
    {
        Holds = false;
        TaskCompletionSource[] held;
        lock (_held)
        {
            held = [.. _held];
            _held.Clear();
        }
        foreach (TaskCompletionSource reading in held)
            reading.TrySetResult();
    }

    public IEmotionStream Open(string language)
    {
        Languages.Add(language);
        OpenStreams++;
        return new Stream(this);
    }

    public void Dispose()
    {
    }

    private async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        if (Failure is not null)
            throw new InvalidOperationException(Failure);
        cancellationToken.ThrowIfCancellationRequested();
        if (!Holds)
            return;
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_held)
            _held.Add(held);
        await held.Task.WaitAsync(cancellationToken);
    }

    private sealed class Stream(FakeEmotionClassifier owner) : IEmotionStream
    {
        private EmotionReading? _last;
        private int _frames;
        private bool _disposed;

        public void Push(ReadOnlySpan<short> frame)
        {
            if (!owner._tones.TryGetValue(frame[^1], out EmotionReading? tone))
                return;
            _last = tone;
            _frames++;
        }

        public async ValueTask<EmotionReading?> InterimAsync(CancellationToken cancellationToken)
        {
            if (owner.IsBusy)
                return null;
            await owner.WaitAsync(cancellationToken);
            return Reading();
        }

        public async ValueTask<EmotionReading> FinishAsync(CancellationToken cancellationToken)
        {
            owner.Finals++;
            await owner.WaitAsync(cancellationToken);
            return Reading();
        }

        public void Dispose()
        {
            if (!_disposed)
                owner.OpenStreams--;
            _disposed = true;
        }

        private EmotionReading Reading() => _frames < LeastFrames ? EmotionReading.Unknown("too short") : _last!;
    }
}
