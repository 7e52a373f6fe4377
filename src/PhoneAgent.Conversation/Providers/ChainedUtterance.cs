using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Hearing;

namespace PhoneAgent.Conversation.Providers;

/// <summary>
/// One utterance that several recognisers may hear. Until its end the members are called by the thread that pushes, so a
/// change happens at the next frame; after it, each further member has a thread of its own. Results are given on under the
/// lock: nothing follows a final one.
/// </summary>
internal sealed class ChainedUtterance : IRecognitionStream
{
    private readonly RecognizerChain _chain;
    private readonly RecognitionRequest _request;
    private readonly Action<RecognitionResult> _onResult;
    private readonly Lock _lock = new();
    private readonly ChainMember<ISpeechRecognizer>[] _order;
    private readonly List<RecognizerAttempt> _attempts = [];
    private readonly UtteranceAudio _audio = new();
    private readonly ITimer _timer;
    private readonly Func<bool> _isOver;
    private RecognizerAttempt? _current; // whose interim results count, and whose limit runs
    private RecognizerAttempt? _hedge;
    private long _finishedAt;
    private bool _finished;
    private bool _probeAsked;
    private bool _over;

    public ChainedUtterance(RecognizerChain chain, RecognitionRequest request, Action<RecognitionResult> onResult)
    {
        (_chain, _request, _onResult) = (chain, request, onResult);
        _order = chain.Members.InOrder();
        _isOver = () =>
        {
            lock (_lock)
                return _over;
        };
        _timer = chain.Time.CreateTimer(static self => ((ChainedUtterance)self!).OnTime(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _current = Next()!;
        _current.Open(_request);
    }

    public void Push(ReadOnlySpan<short> frame)
    {
        if (Current() is not { } current)
            return;
        if (_order.Length == 1)
        {
            current.Push(frame);
            return;
        }
        _audio.Add(frame);
        current.CatchUp(_audio, _isOver);
    }

    public void Probe()
    {
        if (Current() is not { } current)
            return;
        lock (_lock)
            _probeAsked = true;
        current.Probe();
    }

    public void Finish()
    {
        RecognizerAttempt? current = Current();
        lock (_lock)
        {
            if (_over || _finished)
                return;
            (_finished, _finishedAt) = (true, _chain.Time.GetTimestamp());
            if (current is null)
            {
                GiveFinal(null, AllFailed());
                return;
            }
            if (current.HasFailed)
            {
                GoOn(current);
                return;
            }
            Arm(current);
        }
        current.Finish(); // may compute, and may hang: the timer runs already
    }

    public void Dispose()
    {
        lock (_lock)
            _over = true;
        Close();
    }

    /// <summary>The member that hears now; before the end of the utterance, the next one when it has failed.</summary>
    private RecognizerAttempt? Current()
    {
        while (true)
        {
            RecognizerAttempt? next;
            lock (_lock)
            {
                if (_over || _finished)
                    return null;
                if (_current is { HasFailed: false })
                    return _current;
                _current = next = Next();
            }
            if (next is null)
                return null;
            next.Open(_request);
            next.CatchUp(_audio, _isOver);
            bool probe;
            lock (_lock)
                probe = _probeAsked;
            if (probe)
                next.Probe();
        }
    }

    /// <summary>An attempt at the next member in order; null when there is none. Not opened.</summary>
    private RecognizerAttempt? Next()
    {
        if (_attempts.Count == _order.Length)
            return null;
        var attempt = new RecognizerAttempt(_order[_attempts.Count], OnResult, OnFailure);
        _attempts.Add(attempt);
        return attempt;
    }

    private ChainMember<ISpeechRecognizer>? Following => _attempts.Count < _order.Length ? _order[_attempts.Count] : null;

    private void OnResult(RecognizerAttempt attempt, RecognitionResult result)
    {
        lock (_lock)
        {
            if (_over || attempt.HasFailed)
                return;
            if (result.IsFinal)
                OnFinal(attempt, result);
            else if (attempt == _current && !_finished)
            {
                _probeAsked &= !result.IsProbe;
                _onResult(result);
            }
        }
    }

    private void OnFinal(RecognizerAttempt attempt, RecognitionResult final)
    {
        if (!_finished)
            return; // against the rules of the port; another follows
        attempt.Final = final;
        // A hedge waits for the one that is preferred, as long as that one has time.
        if (attempt != _hedge || attempt == _current)
            GiveFinal(attempt, final);
    }

    private void OnFailure(RecognizerAttempt attempt, EngineException failure)
    {
        lock (_lock)
        {
            if (_over || attempt.HasFailed)
                return;
            attempt.HasFailed = true;
            if (!attempt.IsLate) // else it was said
                Report(attempt, failure);
            if (_finished)
                GoOn(attempt);
        }
    }

    /// <summary>The limit of the current member, or half of it.</summary>
    private void OnTime()
    {
        lock (_lock)
        {
            if (_over || _current is not { } current)
                return;
            TimeSpan left = _chain.Options.Final - _chain.Time.GetElapsedTime(current.AskedAt);
            if (left > TimeSpan.Zero)
            {
                Hedge();
                _timer.Change(left, Timeout.InfiniteTimeSpan);
                return;
            }
            current.IsLate = true;
            Report(current, new ProviderException(current.Member.Name, ProviderFailureKind.Timeout, $"{current.Member.Name}: no final result within {_chain.Options.Final.TotalSeconds:0.0##} s"));
            GoOn(current);
        }
    }

    /// <summary>After the end of the utterance: somebody else has to give the final result.</summary>
    private void GoOn(RecognizerAttempt gaveUp)
    {
        if (gaveUp == _hedge)
            _hedge = null;
        if (gaveUp != _current)
        {
            if (_attempts.TrueForAll(a => a.HasFailed))
                GiveFinal(null, AllFailed());
            return;
        }
        if (_hedge is { } hedge)
        {
            (_current, _hedge) = (hedge, null);
            if (hedge.Final is { } ready)
                GiveFinal(hedge, ready);
            else
                Arm(hedge);
            return;
        }
        _current = Next();
        if (_current is { } next)
            Start(next);
        else if (_attempts.TrueForAll(a => a.HasFailed))
            GiveFinal(null, AllFailed());
        // else one that is late may still answer, and the session has a limit of its own.
    }

    private void Hedge()
    {
        if (_hedge is not null || Following is not { IsLocal: true } || !_chain.TryBeginHedge())
            return;
        _hedge = Next()!;
        _hedge.IsHedge = true;
        Start(_hedge);
    }

    private void Start(RecognizerAttempt attempt)
    {
        if (attempt == _current)
            Arm(attempt);
        else
            attempt.AskedAt = _chain.Time.GetTimestamp();
        // Replaying an utterance computes: not under the lock, and not on a timer's or a provider's thread.
        _chain.Leftovers.Add(Task.Run(() => attempt.HearAll(_request, _audio, _isOver)));
    }

    // The last of the chain has no limit: nobody is left to ask.
    private void Arm(RecognizerAttempt attempt)
    {
        attempt.AskedAt = _chain.Time.GetTimestamp();
        if (Following is not { } following || !_order.HasStandIn(_attempts.Count - 1))
        {
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan); // it may still run for the one before
            return;
        }
        TimeSpan limit = _chain.Options.Final;
        _timer.Change(following.IsLocal ? limit / 2 : limit, Timeout.InfiniteTimeSpan);
    }

    private void GiveFinal(RecognizerAttempt? by, RecognitionResult final)
    {
        _over = true;
        if (by is not null)
        {
            if (!by.IsLate)
                by.Member.Circuit.Succeeded();
            _request.Report?.Invoke(new TimelineEvent.ProviderUsed(RecognizerChain.Stage, by.Member.Name, _chain.Time.GetElapsedTime(_finishedAt)) { At = default });
        }
        _chain.Leftovers.Add(Task.Run(Close));
        _onResult(final);
    }

    private RecognitionResult AllFailed() => new()
    {
        IsFinal = true,
        Outcome = RecognitionOutcome.Failed,
        Error = _attempts.Count == 1 ? _attempts[0].Error : $"All of {_chain.Name} failed: {string.Join("; ", _attempts.Select(a => a.Error))}",
    };

    private void Report(RecognizerAttempt attempt, EngineException failure)
    {
        attempt.Error = failure.Message;
        attempt.Member.Circuit.Failed(failure);
        // What the caller waited: while he still speaks, nothing is lost.
        TimeSpan lost = _finished ? _chain.Time.GetElapsedTime(_finishedAt) : TimeSpan.Zero;
        ChainMember<ISpeechRecognizer>? next = _hedge is { } hedge && hedge != attempt ? hedge.Member : attempt == _hedge ? _current?.Member : Following;
        _request.Report?.Invoke(new TimelineEvent.ProviderFailed(RecognizerChain.Stage, attempt.Member.Name, failure.Message, lost, next?.Name) { At = default });
    }

    private void Close()
    {
        _timer.Dispose();
        RecognizerAttempt[] attempts;
        lock (_lock)
            attempts = [.. _attempts];
        foreach (RecognizerAttempt attempt in attempts)
        {
            if (attempt.Close() && attempt.IsHedge)
                _chain.EndHedge();
        }
    }
}
