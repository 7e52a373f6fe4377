using System.Buffers;
using System.Collections.Concurrent;
using System.Threading.Channels;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Session;

namespace PhoneAgent.Conversation.Hearing;

/// <summary>
/// Runs the recogniser of one call beside the session loop, one utterance at a time and in order. Emotion, when there
/// is a classifier, is a second lane on the same frames (<see cref="EmotionLane"/>). Called by the session loop; results come back as messages.
/// </summary>
internal sealed class UtteranceLane : IAsyncDisposable
{
    private const int MaxFrames = 2048; // 40 s

    private readonly ISpeechRecognizer _recognizer;
    private readonly SessionInbox _inbox;
    // Frames are counted and dropped beyond their bound. The steps between them, a few for each utterance, never are:
    // an utterance that is not opened or finished would take the next one's words.
    private readonly Channel<Job> _jobs = Channel.CreateUnbounded<Job>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Task _loop;
    private int _utterance;
    private int _waitingFrames;
    private long _dropped;
    private readonly Dictionary<int, IRecognitionStream> _finishing = []; // until their final result is there
    private readonly ConcurrentDictionary<int, bool> _awaitedFinals = [];
    private readonly Action<TimelineEvent> _report;
    private IRecognitionStream? _stream;

    private enum JobKind
    {
        Open,
        Push,
        Probe,
        Finish,
        Drop,
        Prepare,
    }

    private readonly record struct Job(JobKind Kind, int Utterance, short[]? Frame = null, RecognitionRequest? Request = null);

    public UtteranceLane(ISpeechRecognizer recognizer, SessionInbox inbox)
    {
        (_recognizer, _inbox) = (recognizer, inbox);
        _report = happened => _inbox.Post(SessionMessage.Event(happened));
        _loop = Task.Run(RunAsync);
    }

    /// <summary>Frames that the recogniser was too slow for.</summary>
    public long DroppedFrames => Interlocked.Read(ref _dropped);

    /// <summary>Gets an expectation ready while the agent still speaks.</summary>
    public void Prepare(RecognitionRequest request) => Enqueue(new Job(JobKind.Prepare, 0, Request: request));

    /// <summary>Begins an utterance; an unfinished one before it is dropped. Returns its number.</summary>
    public int Open(RecognitionRequest request)
    {
        Enqueue(new Job(JobKind.Open, ++_utterance, Request: request));
        return _utterance;
    }

    public void Push(ReadOnlySpan<short> frame)
    {
        if (Volatile.Read(ref _waitingFrames) >= MaxFrames)
        {
            Interlocked.Increment(ref _dropped);
            return;
        }
        short[] copy = ArrayPool<short>.Shared.Rent(AudioFormat.FrameSamples); // returned by the loop
        frame.CopyTo(copy);
        Interlocked.Increment(ref _waitingFrames);
        Enqueue(new Job(JobKind.Push, _utterance, copy));
    }

    public void Probe() => Enqueue(new Job(JobKind.Probe, _utterance));

    public void Finish() => Enqueue(new Job(JobKind.Finish, _utterance));

    public void Drop() => Enqueue(new Job(JobKind.Drop, _utterance));

    public async ValueTask DisposeAsync()
    {
        _jobs.Writer.TryComplete();
        await _loop.ConfigureAwait(false);
    }

    private void Enqueue(in Job job)
    {
        _inbox.BeginWork();
        if (!_jobs.Writer.TryWrite(job))
            _inbox.EndWork(); // the call is over
    }

    private async Task RunAsync()
    {
        await foreach (Job job in _jobs.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            try
            {
                await RunAsync(job).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                // The port forbids exceptions; an engine that breaks the rule must not end the call.
                Fail(job.Utterance, e.Message);
            }
            finally
            {
                if (job.Frame is not null)
                {
                    Interlocked.Decrement(ref _waitingFrames);
                    ArrayPool<short>.Shared.Return(job.Frame);
                }
                _inbox.EndWork();
            }
        }
        CloseAll();
    }

    private async ValueTask RunAsync(Job job)
    {
        switch (job.Kind)
        {
            case JobKind.Prepare:
                foreach (string problem in await _recognizer.PrepareAsync(job.Request! with { Report = _report }, CancellationToken.None).ConfigureAwait(false))
                    _inbox.Post(SessionMessage.Event(new TimelineEvent.Failure(_recognizer.Name, problem, "these words cannot be understood") { At = default }));
                break;
            case JobKind.Open:
                CloseOpen();
                _stream = _recognizer.Open(job.Request! with { Report = _report }, result => OnResult(job.Utterance, result));
                break;
            case JobKind.Push:
                _stream?.Push(job.Frame.AsSpan(0, AudioFormat.FrameSamples));
                break;
            case JobKind.Probe:
                _stream?.Probe();
                break;
            case JobKind.Finish:
                FinishNow(job.Utterance);
                break;
            case JobKind.Drop:
                CloseOpen();
                break;
        }
    }

    private void FinishNow(int utterance)
    {
        if (_stream is not { } stream)
        {
            Fail(utterance, "the recogniser has no utterance to finish");
            return;
        }
        _stream = null;
        CloseFinished();
        _finishing.Add(utterance, stream);
        _awaitedFinals[utterance] = true;
        _inbox.BeginWork(); // until the final result is posted
        stream.Finish();
    }

    private void OnResult(int utterance, RecognitionResult result)
    {
        _inbox.Post(SessionMessage.Recognition(utterance, result));
        if (result.IsFinal && _awaitedFinals.TryRemove(utterance, out _))
            _inbox.EndWork();
    }

    private void Fail(int utterance, string error) =>
        OnResult(utterance, new RecognitionResult { IsFinal = true, Outcome = RecognitionOutcome.Failed, Error = error });

    private void CloseOpen()
    {
        _stream?.Dispose();
        _stream = null;
    }

    /// <summary>Lets go of the utterances whose final result has come.</summary>
    private void CloseFinished()
    {
        foreach ((int utterance, IRecognitionStream stream) in _finishing.ToArray())
        {
            if (_awaitedFinals.ContainsKey(utterance))
                continue;
            stream.Dispose();
            _finishing.Remove(utterance);
        }
    }

    private void CloseAll()
    {
        CloseOpen();
        foreach ((int utterance, IRecognitionStream stream) in _finishing)
        {
            stream.Dispose();
            if (_awaitedFinals.TryRemove(utterance, out _))
                _inbox.EndWork();
        }
        _finishing.Clear();
    }
}
