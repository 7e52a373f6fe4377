using System.Threading.Channels;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Session;

namespace PhoneAgent.Conversation.Hearing;

/// <summary>Which reading of an utterance it is.</summary>
internal enum ToneStep
{
    /// <summary>While the caller speaks.</summary>
    Interim,
    /// <summary>He has paused: as good as a final one.</summary>
    Probe,
    Final,
}

/// <summary>
/// Runs the emotion classifier of one call beside the session loop and beside the recogniser, on the same frames as
/// <see cref="UtteranceLane"/>. Called by the session loop; readings come back as messages. Every probe and every finish
/// is answered exactly once, in order, whatever the classifier does, unless it hangs.
/// </summary>
internal sealed class EmotionLane : IAsyncDisposable
{
    private const int MaxFrames = 128; // 2.5 s: a tone that is older comes too late for the turn

    private readonly ToneHearing _hearing;
    private readonly SessionInbox _inbox;
    private readonly int _framesPerInterim;
    private readonly short[] _frames = new short[MaxFrames * AudioFormat.FrameSamples];
    // Frames are dropped beyond their ring. The steps between them are few and never are.
    private readonly Channel<Job> _jobs = Channel.CreateUnbounded<Job>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
    private readonly CancellationTokenSource _over = new();
    private readonly Task _loop;
    private int _waitingFrames;
    private int _writeSlot;
    private int _readSlot;
    private long _dropped;

    // Of the lane's own thread.
    private IEmotionStream? _stream;
    private EmotionReading? _probed;
    private bool _isPaused;
    private int _framesSinceInterim;
    private bool _hasFailed;

    private enum JobKind
    {
        Open,
        Push,
        Probe,
        Resume,
        Finish,
        Drop,
    }

    private readonly record struct Job(JobKind Kind, int Utterance, string? Language = null);

    public EmotionLane(ToneHearing hearing, SessionInbox inbox)
    {
        (_hearing, _inbox) = (hearing, inbox);
        _framesPerInterim = Math.Max(1, (int)(hearing.InterimEvery / AudioFormat.FrameDuration));
        _loop = Task.Run(RunAsync);
    }

    /// <inheritdoc cref="ToneHearing.Patience"/>
    public TimeSpan Patience => _hearing.Patience;

    /// <summary>Frames that the classifier was too slow for.</summary>
    public long DroppedFrames => Interlocked.Read(ref _dropped);

    /// <summary>Begins an utterance; an unfinished one before it is dropped.</summary>
    public void Open(int utterance, string language) => Enqueue(new Job(JobKind.Open, utterance, language));

    /// <summary>Does not allocate.</summary>
    public void Push(int utterance, ReadOnlySpan<short> frame)
    {
        if (Volatile.Read(ref _waitingFrames) >= MaxFrames)
        {
            Interlocked.Increment(ref _dropped);
            return;
        }
        frame.CopyTo(Slot(_writeSlot));
        _writeSlot = (_writeSlot + 1) % MaxFrames;
        Interlocked.Increment(ref _waitingFrames);
        Enqueue(new Job(JobKind.Push, utterance));
    }

    /// <summary>The caller has paused: a reading of what there is follows. It stays the utterance's when he does not go on.</summary>
    public void Probe(int utterance) => Enqueue(new Job(JobKind.Probe, utterance));

    /// <summary>The caller has gone on after a pause.</summary>
    public void Resume(int utterance) => Enqueue(new Job(JobKind.Resume, utterance));

    public void Finish(int utterance) => Enqueue(new Job(JobKind.Finish, utterance));

    public void Drop(int utterance) => Enqueue(new Job(JobKind.Drop, utterance));

    public async ValueTask DisposeAsync()
    {
        _jobs.Writer.TryComplete();
        await _over.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        _over.Dispose();
    }

    private void Enqueue(in Job job)
    {
        _inbox.BeginWork();
        if (!_jobs.Writer.TryWrite(job))
            _inbox.EndWork(); // the call is over
    }

    private async Task RunAsync()
    {
        while (await _jobs.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            while (_jobs.Reader.TryRead(out Job job))
            {
                try
                {
                    if (!_over.IsCancellationRequested)
                        await RunAsync(job).ConfigureAwait(false);
                }
                catch (OperationCanceledException) when (_over.IsCancellationRequested)
                {
                    // The call is over.
                }
                catch (Exception e)
                {
                    // The port forbids exceptions; an engine that breaks the rule must not end the call.
                    Fail(job, e.Message);
                }
                finally
                {
                    Done(job);
                }
            }
        }
        _stream?.Dispose();
    }

    private async ValueTask RunAsync(Job job)
    {
        switch (job.Kind)
        {
            case JobKind.Open:
                Close();
                _stream = _hearing.Classifier.Open(job.Language!);
                break;
            case JobKind.Push:
                _stream?.Push(Slot(_readSlot));
                if (_stream is not null && !_isPaused && ++_framesSinceInterim >= _framesPerInterim)
                    await InterimAsync(job.Utterance).ConfigureAwait(false);
                break;
            case JobKind.Probe:
                _isPaused = true;
                _probed = _stream is null ? null : await _stream.InterimAsync(_over.Token).ConfigureAwait(false);
                Post(ToneStep.Probe, job.Utterance, _probed);
                break;
            case JobKind.Resume:
                (_isPaused, _probed) = (false, null);
                break;
            case JobKind.Finish:
                // After a pause that was read there is nothing new: the final reading is there at once.
                EmotionReading? final = _probed ?? (_stream is null ? null : await _stream.FinishAsync(_over.Token).ConfigureAwait(false));
                Close();
                Post(ToneStep.Final, job.Utterance, final);
                break;
            case JobKind.Drop:
                Close();
                break;
        }
    }

    private async ValueTask InterimAsync(int utterance)
    {
        _framesSinceInterim = 0;
        if (await _stream!.InterimAsync(_over.Token).ConfigureAwait(false) is { } reading)
            Post(ToneStep.Interim, utterance, reading);
    }

    private void Post(ToneStep step, int utterance, EmotionReading? reading) => _inbox.Post(SessionMessage.Tone(step, utterance, reading));

    private void Fail(in Job job, string error)
    {
        Close();
        if (!_hasFailed)
            _inbox.Post(SessionMessage.Event(new TimelineEvent.Failure("emotion", error, "the caller is judged by words and behaviour") { At = default }));
        _hasFailed = true;
        if (job.Kind is JobKind.Probe or JobKind.Finish)
            Post(job.Kind == JobKind.Probe ? ToneStep.Probe : ToneStep.Final, job.Utterance, EmotionReading.Unknown("the classifier failed"));
    }

    private void Close()
    {
        _stream?.Dispose();
        (_stream, _probed, _isPaused, _framesSinceInterim) = (null, null, false, 0);
    }

    private void Done(in Job job)
    {
        if (job.Kind == JobKind.Push)
        {
            _readSlot = (_readSlot + 1) % MaxFrames;
            Interlocked.Decrement(ref _waitingFrames);
        }
        _inbox.EndWork();
    }

    private Span<short> Slot(int slot) => _frames.AsSpan(slot * AudioFormat.FrameSamples, AudioFormat.FrameSamples);
}
