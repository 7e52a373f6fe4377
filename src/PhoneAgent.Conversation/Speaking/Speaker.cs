using System.Threading.Channels;
using PhoneAgent.Conversation.Session;

namespace PhoneAgent.Conversation.Speaking;

/// <summary>
/// Synthesises the sentences of one call ahead of playback into the <see cref="SpeechQueue"/>: several at once, begun in
/// order; the queue plays them in order, whichever is ready first. A sentence that is cut gives its place up at once,
/// also when the engine does not let go of it. Results come back to the session as messages.
/// </summary>
internal sealed class Speaker : IAsyncDisposable
{
    private const int MaxSentences = 512;

    private readonly ISpeechSynthesizer _synthesizer;
    private readonly TimeProvider _time;
    private readonly SpeechQueue _queue;
    private readonly SessionInbox _inbox;
    private readonly Action<TimelineEvent> _report;
    private readonly Channel<Job> _jobs;
    // Fillers need no place: those who have the places are what is being waited for.
    private readonly Channel<Job> _fillers;
    private readonly SemaphoreSlim _places;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;
    private int _begun = -1; // the turn of the last sentence

    private sealed record Job(SpeechSentence Sentence, string? PromptPath, SpeakerOptions Manner, CancellationToken CancellationToken);

    public Speaker(CallEngines engines, SpeechQueue queue, SessionInbox inbox, SpeakerOptions options)
    {
        (_synthesizer, _time, _queue, _inbox, Manner) = (engines.Synthesizer, engines.Time, queue, inbox, options);
        _report = happened => _inbox.Post(SessionMessage.Event(happened));
        _jobs = Channel.CreateBounded<Job>(new BoundedChannelOptions(MaxSentences) { SingleReader = true });
        _fillers = Channel.CreateBounded<Job>(new BoundedChannelOptions(MaxSentences) { SingleReader = true });
        _places = new SemaphoreSlim(options.SentencesAtOnce);
        _loop = Task.WhenAll(Task.Run(() => RunAsync(_jobs.Reader, _places)), Task.Run(() => RunAsync(_fillers.Reader, null)));
    }

    /// <summary>How the agent sounds now. Used by the session loop only.</summary>
    public SpeakerOptions Manner { get; set; }

    /// <summary>Queues the sentences of a text, or a recorded prompt. Called by the session loop.</summary>
    public void Say(int turn, string text, string? promptPath, bool interruptible, SpeakerOptions manner, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> sentences = promptPath is null ? SentenceChunker.Split(text) : [text];
        foreach (string sentence in sentences)
        {
            Begin(_jobs, new Job(_queue.Add(turn, sentence, interruptible, turn == _begun ? manner.Pause : default), promptPath, manner, cancellationToken));
            _begun = turn;
        }
    }

    /// <summary>Queues words that bridge a wait, before all of this turn that was not heard yet: it may be what is being waited for.</summary>
    public void SayFiller(int turn, string text, string? promptPath, SpeakerOptions manner, CancellationToken cancellationToken) =>
        Begin(_fillers, new Job(_queue.AddFiller(turn, text), promptPath, manner, cancellationToken));

    public async ValueTask DisposeAsync()
    {
        _jobs.Writer.TryComplete();
        _fillers.Writer.TryComplete();
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        _stop.Dispose();
        _places.Dispose();
    }

    private void Begin(Channel<Job> jobs, Job job)
    {
        _inbox.BeginWork();
        if (jobs.Writer.TryWrite(job))
            return;
        _inbox.Post(SessionMessage.SynthesisFailed(job.Sentence.Turn, $"more than {MaxSentences} sentences wait for synthesis"));
        End(job);
    }

    private void End(Job job)
    {
        _queue.Complete(job.Sentence);
        _inbox.EndWork();
    }

    private async Task RunAsync(ChannelReader<Job> jobs, SemaphoreSlim? places)
    {
        var running = new List<Task>();
        await foreach (Job job in jobs.ReadAllAsync().ConfigureAwait(false))
        {
            // Not cancelled: once the call is over every place becomes free, and every job still has to be ended.
            if (places is not null)
                await places.WaitAsync(CancellationToken.None).ConfigureAwait(false);
            running.RemoveAll(task => task.IsCompleted);
            running.Add(RunAsync(job, places));
        }
        await Task.WhenAll(running).ConfigureAwait(false);
    }

    /// <summary>Never faults. Ends when the engine has let go; the job ends earlier when it is cancelled.</summary>
    private async Task RunAsync(Job job, SemaphoreSlim? places)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(job.CancellationToken, _stop.Token);
        Task work = TryAsync(job, stop.Token); // begun here and not on the pool: engines are asked in order
        await work.WaitAsync(stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        End(job);
        places?.Release();
        await work.ConfigureAwait(false);
    }

    private async Task TryAsync(Job job, CancellationToken cancellationToken)
    {
        try
        {
            await SynthesizeAsync(job, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            // Cut, or the call is over: nobody waits for the rest.
        }
        catch (Exception e)
        {
            // Whatever an engine throws ends at this sentence; the call goes on.
            _inbox.Post(SessionMessage.SynthesisFailed(job.Sentence.Turn, e.Message));
        }
    }

    private async Task SynthesizeAsync(Job job, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        long asked = _time.GetTimestamp();
        bool first = true;
        await foreach (SynthesizedAudio chunk in Audio(job, cancellationToken).WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            _queue.Append(job.Sentence, chunk);
            if (!first || chunk.Samples.IsEmpty || cancellationToken.IsCancellationRequested)
                continue;
            first = false;
            _report(new TimelineEvent.SentenceAudio(job.Sentence.Turn, _time.GetElapsedTime(asked)) { At = default });
            if (_queue.IsNext(job.Sentence))
                _inbox.Post(SessionMessage.FirstAudio(job.Sentence.Turn));
        }
    }

    private IAsyncEnumerable<SynthesizedAudio> Audio(Job job, CancellationToken cancellationToken)
    {
        if (job.PromptPath is { } path)
            return PromptFile.ReadAsync(path, cancellationToken);
        SpeakerOptions manner = job.Manner;
        var request = new SynthesisRequest(job.Sentence.Text, manner.Voice, manner.Rate, manner.GainDb)
        {
            Language = manner.Language,
            Style = manner.Style,
            Report = _report,
        };
        return manner.Sound.Around(_synthesizer).SynthesizeAsync(request, cancellationToken);
    }
}
