using System.Threading.Channels;
using PhoneAgent.Conversation.Session;

namespace PhoneAgent.Conversation.Speaking;

/// <summary>
/// Synthesises the sentences of one call one after the other, ahead of playback, into the <see cref="SpeechQueue"/>.
/// Results come back to the session as messages.
/// </summary>
internal sealed class Speaker : IAsyncDisposable
{
    private const int MaxSentences = 512;

    private readonly ISpeechSynthesizer _synthesizer;
    private readonly SpeechQueue _queue;
    private readonly SessionInbox _inbox;
    private readonly Action<TimelineEvent> _report;
    private readonly Channel<Job> _jobs;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    private sealed record Job(SpeechSentence Sentence, string? PromptPath, SpeakerOptions Manner, CancellationToken CancellationToken);

    public Speaker(ISpeechSynthesizer synthesizer, SpeechQueue queue, SessionInbox inbox, SpeakerOptions options)
    {
        (_synthesizer, _queue, _inbox, Manner) = (synthesizer, queue, inbox, options);
        _report = happened => _inbox.Post(SessionMessage.Event(happened));
        _jobs = Channel.CreateBounded<Job>(new BoundedChannelOptions(MaxSentences) { SingleReader = true });
        _loop = Task.Run(RunAsync);
    }

    /// <summary>How the agent sounds now. Used by the session loop only.</summary>
    public SpeakerOptions Manner { get; set; }

    /// <summary>Queues the sentences of a text, or a recorded prompt. Called by the session loop.</summary>
    public void Say(int turn, string text, string? promptPath, bool interruptible, SpeakerOptions manner, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> sentences = promptPath is null ? SentenceChunker.Split(text) : [text];
        foreach (string sentence in sentences)
        {
            SpeechSentence queued = _queue.Add(turn, sentence, interruptible);
            _inbox.BeginWork();
            if (_jobs.Writer.TryWrite(new Job(queued, promptPath, manner, cancellationToken)))
                continue;
            _queue.Complete(queued);
            _inbox.Post(SessionMessage.SynthesisFailed(turn, $"more than {MaxSentences} sentences wait for synthesis"));
            _inbox.EndWork();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _jobs.Writer.TryComplete();
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        await foreach (Job job in _jobs.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            try
            {
                using var both = CancellationTokenSource.CreateLinkedTokenSource(job.CancellationToken, _stop.Token);
                await SynthesizeAsync(job, both.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                // Cut, or the call is over: nobody waits for the rest.
            }
            catch (Exception e)
            {
                // Whatever an engine throws ends at this sentence; the call goes on.
                _inbox.Post(SessionMessage.SynthesisFailed(job.Sentence.Turn, e.Message));
            }
            finally
            {
                _queue.Complete(job.Sentence);
                _inbox.EndWork();
            }
        }
    }

    private async Task SynthesizeAsync(Job job, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        bool first = true;
        SpeakerOptions manner = job.Manner;
        var request = new SynthesisRequest(job.Sentence.Text, manner.Voice, manner.Rate, manner.GainDb)
        {
            Language = manner.Language,
            Style = manner.Style,
            Report = _report,
        };
        IAsyncEnumerable<SynthesizedAudio> audio = job.PromptPath is { } path
            ? PromptFile.ReadAsync(path, cancellationToken)
            : _synthesizer.SynthesizeAsync(request, cancellationToken);
        await foreach (SynthesizedAudio chunk in audio.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            _queue.Append(job.Sentence, chunk);
            if (first && !chunk.Samples.IsEmpty)
            {
                first = false;
                _inbox.Post(SessionMessage.FirstAudio(job.Sentence.Turn));
            }
        }
    }
}
