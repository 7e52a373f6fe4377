using PhoneAgent.Conversation.Calls;
using PhoneAgent.Inference.Whisper;

namespace PhoneAgent.Tests.Inference.Whisper;

/// <summary>
/// Hears <see cref="ToneSpeech"/> as Whisper hears English: a word that is cut off at the end of the audio becomes another
/// word, of which it is not sure.
/// </summary>
internal sealed class ToneTranscriber : IWhisperTranscriber
{
    private readonly Lock guard = new();
    private readonly List<Call> calls = [];
    private readonly List<(int Count, TaskCompletionSource Reached)> waiters = [];

    public sealed record Call(int Samples, TranscriptQuery Query);

    public string Name => "tones";

    public bool IsMultilingual { get; init; } = true;

    public double Probability { get; init; } = 0.9;

    public double NoSpeechProbability { get; init; } = 0.05;

    /// <summary>How words are written; null leaves a word out.</summary>
    public Func<string, string?> Spelling { get; init; } = word => word;

    /// <summary>The language that is found when there is a choice.</summary>
    public string? Language { get; init; }

    /// <summary>Each transcription waits for it.</summary>
    public Task Hold { get; set; } = Task.CompletedTask;

    /// <summary>What goes wrong instead.</summary>
    public Exception? Failure { get; set; }

    public bool IsDisposed { get; private set; }

    public IReadOnlyList<Call> Calls
    {
        get
        {
            lock (guard)
                return [.. calls];
        }
    }

    /// <summary>So many transcriptions have begun.</summary>
    public Task BegunAsync(int count)
    {
        lock (guard)
        {
            if (calls.Count >= count)
                return Task.CompletedTask;
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            waiters.Add((count, reached));
            return reached.Task.WaitAsync(TimeSpan.FromSeconds(30));
        }
    }

    public async ValueTask<Transcript> TranscribeAsync(ReadOnlyMemory<float> samples, TranscriptQuery query, CancellationToken cancellationToken)
    {
        Begin(new Call(samples.Length, query));
        await Hold.WaitAsync(cancellationToken);
        if (Failure is not null)
            throw Failure;
        var tokens = new List<TranscriptToken>();
        foreach (var (word, first, frames) in ToneSpeech.Hear(samples.Span))
        {
            var isCut = frames < ToneSpeech.WordFrames - 2;
            if (frames < 3 || Spelling(ToneSpeech.Vocabulary[isCut ? (word + 1) % ToneSpeech.Vocabulary.Length : word]) is not { } text)
                continue;
            foreach (var part in text.Split(' '))
                tokens.Add(new TranscriptToken($" {part}", first * AudioFormat.FrameDuration, (first + frames) * AudioFormat.FrameDuration, isCut ? 0.2 : Probability));
        }
        return new Transcript([new TranscriptSegment(tokens, NoSpeechProbability)], query.Languages.Count > 1 ? Language : null);
    }

    public ValueTask DisposeAsync()
    {
        IsDisposed = true;
        return ValueTask.CompletedTask;
    }

    private void Begin(Call call)
    {
        lock (guard)
        {
            calls.Add(call);
            foreach (var (count, reached) in waiters)
                if (calls.Count >= count)
                    reached.TrySetResult();
        }
    }
}
