using System.Runtime.CompilerServices;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Conversation.Listening;
using PhoneAgent.Conversation.Speaking;

namespace PhoneAgent.Testing.Calls;

/// <summary>Hears speech wherever a sample is not zero; one result per frame, inside Push.</summary>
public sealed class FakeVoiceDetector : IVoiceDetector
{
    public string Name => "fake";

    public int OpenStreams { get; private set; }

    /// <summary>Takes nothing for a voice: real detectors are deaf to tones.</summary>
    public bool IsDeaf { get; set; }

    public IVoiceStream Open(Action<VoiceActivity> onActivity)
    {
        OpenStreams++;
        return new Stream(this, onActivity);
    }

    public void Dispose()
    {
    }

    private sealed class Stream(FakeVoiceDetector owner, Action<VoiceActivity> onActivity) : IVoiceStream
    {
        public void Push(long position, ReadOnlySpan<short> frame)
        {
            int voiced = 0;
            foreach (short sample in frame)
                voiced += sample != 0 ? 1 : 0;
            onActivity(new VoiceActivity(position + frame.Length, voiced >= frame.Length / 2 && !owner.IsDeaf ? 1f : 0f));
        }

        public void Reset()
        {
        }

        public void Dispose() => owner.OpenStreams--;
    }
}

/// <summary>Understands the utterances of a <see cref="ScriptedAudio"/>: word by word as interims, all of them as final.</summary>
public sealed class FakeRecognizer : ISpeechRecognizer
{
    private readonly List<Func<RecognitionRequest, RecognitionResult?>> _utterances = [];

    public string Name => "fake";

    public bool NeedsExpectation { get; set; }

    public int OpenStreams { get; private set; }

    /// <summary>When set, finals wait for <see cref="ReleaseFinals"/>: an engine that is slow or hangs.</summary>
    public bool HoldsFinals { get; set; }

    private readonly List<Action> _held = [];

    public int HeldFinals
    {
        get
        {
            lock (_held)
                return _held.Count;
        }
    }

    public void ReleaseFinals()
    {
        List<Action> finals;
        lock (_held)
        {
            finals = [.. _held];
            _held.Clear();
        }
        foreach (Action final in finals)
            final();
    }

    public List<RecognitionRequest> Requests { get; } = [];

    /// <summary>Adds an utterance; returns the sample value that stands for it.</summary>
    public short Add(RecognitionResult result)
    {
        _utterances.Add(_ => result);
        return (short)(ScriptedAudio.Base + _utterances.Count - 1);
    }

    public ValueTask<IReadOnlyList<string>> PrepareAsync(RecognitionRequest request, CancellationToken cancellationToken) => new([]);

    public IRecognitionStream Open(RecognitionRequest request, Action<RecognitionResult> onResult)
    {
        Requests.Add(request);
        OpenStreams++;
        return new Stream(this, request, onResult);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private sealed class Stream(FakeRecognizer owner, RecognitionRequest request, Action<RecognitionResult> onResult) : IRecognitionStream
    {
        private const int FramesPerWord = 12; // 240 ms

        private readonly Dictionary<short, int> _frames = [];
        private int _words;
        private bool _disposed;

        public void Push(ReadOnlySpan<short> frame)
        {
            short value = frame[^1];
            if (value < ScriptedAudio.Base)
                return;
            _frames[value] = _frames.GetValueOrDefault(value) + 1;
            string[] words = Text(complete: false).Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length <= _words)
                return;
            _words = words.Length;
            onResult(new RecognitionResult { IsFinal = false, Text = string.Join(' ', words), Outcome = RecognitionOutcome.Recognized, Confidence = 0.5 });
        }

        public void Probe() => onResult(Result() with { IsFinal = false, IsProbe = true });

        public void Finish()
        {
            if (_disposed)
                return;
            RecognitionResult final = Result() with { IsFinal = true };
            if (!owner.HoldsFinals)
            {
                onResult(final);
                return;
            }
            lock (owner._held)
                owner._held.Add(() => onResult(final));
        }

        public void Dispose()
        {
            if (!_disposed)
                owner.OpenStreams--;
            _disposed = true;
        }

        private RecognitionResult Result()
        {
            if (_frames.Count == 0)
                return new RecognitionResult { IsFinal = false, Outcome = RecognitionOutcome.Empty };
            RecognitionResult last = owner._utterances[_frames.Keys.Max() - ScriptedAudio.Base](request)!;
            return last.Outcome == RecognitionOutcome.Recognized ? last with { Text = Text(complete: true) } : last;
        }

        private string Text(bool complete) => string.Join(' ', _frames.OrderBy(pair => pair.Key).SelectMany(pair =>
        {
            string[] words = owner._utterances[pair.Key - ScriptedAudio.Base](request)!.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return complete ? words : words.Take(pair.Value / FramesPerWord);
        }));
    }
}

/// <summary>Says every character as 50 ms of a constant sample; word marks where words begin.</summary>
public sealed class FakeSynthesizer : ISpeechSynthesizer
{
    public const int SamplesPerCharacter = AudioFormat.SampleRate / 20;
    public const short Level = 5_000;

    public string Name => "fake";

    public IReadOnlyList<VoiceInfo> Voices { get; } = [new("fake", "en-US", "a tone")];

    /// <summary>When set, requests never end and cannot be cancelled: an engine that hangs.</summary>
    public bool Hangs { get; set; }

    /// <summary>Requests that hang and that somebody still waits for.</summary>
    public int Hanging => Volatile.Read(ref _hanging);

    private int _hanging;

    /// <summary>When set, every request fails with this.</summary>
    public string? Failure { get; set; }

    /// <summary>When set, requests for such texts fail.</summary>
    public Func<string, bool>? Fails { get; set; }

    /// <summary>The texts, in order.</summary>
    public List<string> Requests { get; } = [];

    public List<SynthesisRequest> FullRequests { get; } = [];

    public async IAsyncEnumerable<SynthesizedAudio> SynthesizeAsync(SynthesisRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Requests.Add(request.Text);
        FullRequests.Add(request);
        await Task.CompletedTask;
        if (Failure is not null)
            throw new EngineException(Failure);
        if (Fails?.Invoke(request.Text) == true)
            throw new EngineException("cannot say that");
        if (Hangs)
        {
            Interlocked.Increment(ref _hanging);
            await using CancellationTokenRegistration given = cancellationToken.Register(() => Interlocked.Decrement(ref _hanging));
            await new TaskCompletionSource().Task;
        }
        string text = request.Text;
        for (int start = 0; start < text.Length;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int end = text.IndexOf(' ', start) is >= 0 and var space ? space + 1 : text.Length;
            short[] samples = new short[(end - start) * SamplesPerCharacter];
            Array.Fill(samples, Level);
            yield return new SynthesizedAudio(samples, [new WordMark(start, (long)start * SamplesPerCharacter)]);
            start = end;
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>How long a text takes.</summary>
    public static TimeSpan LengthOf(string text) => AudioFormat.ToTime((long)text.Length * SamplesPerCharacter);
}
