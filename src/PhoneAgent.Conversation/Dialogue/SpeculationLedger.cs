namespace PhoneAgent.Conversation.Dialogue;

/// <summary>
/// What guessing ahead brings one agent, over all of his calls. A hit saves the caller most of the silence that ends his
/// turn; a miss costs a whole reply of the dialogue and the voice. So:
/// <list type="bullet">
/// <item>fewer than 35 % hits in the last 20 guesses (10 at least): off;</item>
/// <item>after 30 turns without, a trial of 5 guesses: at least 3 hits, and it stays on;</item>
/// <item>otherwise off again, for twice as many turns each time, 480 at most.</item>
/// </list>
/// Thread-safe.
/// </summary>
public sealed class SpeculationLedger
{
    private const int Window = 20;
    private const int FewestOutcomes = 10;
    private const double OffBelow = 0.35;
    private const int TrialOutcomes = 5;
    private const double OnFrom = 0.6;
    private const int FirstRest = 30;
    private const int LongestRest = 480;

    private readonly Lock _lock = new();
    private readonly Queue<bool> _recent = new(Window + 1);
    private SpeculationTally _tally = new(true, 0, 0, 0, 0, TimeSpan.Zero);
    private bool _isTrial;
    private int _rest = FirstRest;
    private int _turnsToTrial;

    /// <summary>All guesses so far.</summary>
    public SpeculationTally Tally
    {
        get
        {
            lock (_lock)
                return _tally;
        }
    }

    /// <summary>Whether this turn may be guessed.</summary>
    /// <param name="change">Set when a trial begins.</param>
    public bool Begin(out SpeculationSwitch? change)
    {
        lock (_lock)
        {
            change = null;
            if (_tally.IsOn)
                return true;
            if (--_turnsToTrial > 0)
            {
                _tally = _tally with { Skipped = _tally.Skipped + 1 };
                return false;
            }
            change = Switch_NeedsLock(on: true);
            _isTrial = true;
            return true;
        }
    }

    /// <summary>A guess was right. What changes by it; null for nothing.</summary>
    public SpeculationSwitch? Hit()
    {
        lock (_lock)
        {
            _tally = _tally with { Hits = _tally.Hits + 1 };
            return Judge_NeedsLock(hit: true);
        }
    }

    /// <summary>A guess was wrong, or nobody wants to know any more.</summary>
    /// <param name="tokens">Of a language model, in and out.</param>
    /// <param name="audio">Synthesised and never heard.</param>
    /// <returns>What changes by it; null for nothing.</returns>
    public SpeculationSwitch? Miss(long tokens, TimeSpan audio)
    {
        lock (_lock)
        {
            _tally = _tally with { Misses = _tally.Misses + 1, WastedTokens = _tally.WastedTokens + tokens, WastedAudio = _tally.WastedAudio + audio };
            return Judge_NeedsLock(hit: false);
        }
    }

    private SpeculationSwitch? Judge_NeedsLock(bool hit)
    {
        if (!_tally.IsOn)
            return null; // begun before it was switched off
        _recent.Enqueue(hit);
        if (_recent.Count > Window)
            _recent.Dequeue();
        if (_recent.Count < (_isTrial ? TrialOutcomes : FewestOutcomes))
            return null;
        bool pays = HitRate_NeedsLock() >= (_isTrial ? OnFrom : OffBelow);
        if (pays)
        {
            (_isTrial, _rest) = (false, FirstRest);
            return null;
        }
        _rest = _isTrial ? Math.Min(LongestRest, _rest * 2) : FirstRest;
        _isTrial = false;
        return Switch_NeedsLock(on: false);
    }

    private SpeculationSwitch Switch_NeedsLock(bool on)
    {
        var change = new SpeculationSwitch(on, HitRate_NeedsLock(), on ? 0 : _rest);
        _tally = _tally with { IsOn = on };
        _recent.Clear();
        _turnsToTrial = _rest;
        return change;
    }

    private double HitRate_NeedsLock() => _recent.Count == 0 ? 0 : (double)_recent.Count(hit => hit) / _recent.Count;
}

/// <param name="IsOn">Guesses are made, in earnest or on trial.</param>
/// <param name="Skipped">Turns that were not guessed because it did not pay.</param>
/// <param name="WastedTokens">Of language models, for guesses that were wrong.</param>
/// <param name="WastedAudio">Synthesised for guesses that were wrong.</param>
public sealed record SpeculationTally(bool IsOn, long Hits, long Misses, long Skipped, long WastedTokens, TimeSpan WastedAudio);

/// <summary>Guessing ahead was switched.</summary>
/// <param name="HitRate">Of the guesses that decided it; 0 at the beginning of a trial.</param>
/// <param name="TrialAfter">Turns until it is tried again; 0 when it was switched on.</param>
public sealed record SpeculationSwitch(bool IsOn, double HitRate, int TrialAfter);
