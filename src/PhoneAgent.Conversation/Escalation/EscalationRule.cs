namespace PhoneAgent.Conversation.Escalation;

/// <summary>Why a call is handed to a human.</summary>
/// <param name="Rule">"sustained-turns" or "sustained-time".</param>
public sealed record EscalationDecision(string Rule, double Score, int Turns, TimeSpan Lasted, IReadOnlyList<FrustrationSource> Sources);

/// <summary>
/// Decides whether frustration is sustained: above the threshold for some turns or some time, with hysteresis, from more
/// than one sign. Signs of the same kind count once, but angry words count again where they are others. Fires once a call. Times are media time; not thread-safe.
/// </summary>
public sealed class EscalationRule(EscalationOptions options)
{
    private readonly HashSet<(FrustrationSource Source, string Words)> _signs = [];
    private TimeSpan? _since;
    private TimeSpan _lastSign;
    private bool _fresh; // a sign has come since the last turn
    private int _turns;
    private bool _fired;

    /// <summary>The caller counts as frustrated now.</summary>
    public bool IsFrustrated => _since is not null;

    /// <summary>A sign was counted. Those that take off end no episode by themselves: the score does.</summary>
    /// <param name="amount">What it changed.</param>
    /// <param name="score">After it.</param>
    /// <param name="detail">Of <see cref="FrustrationSource.Words"/>: which ones. One angry word stays one sign, however often it is said.</param>
    public void OnSign(FrustrationSource source, double amount, double score, TimeSpan now, string detail = "")
    {
        if (amount > 0)
        {
            _signs.Add((source, source == FrustrationSource.Words ? detail : ""));
            (_fresh, _lastSign) = (true, now);
        }
        Follow(score, now);
    }

    /// <summary>A turn of the caller is over and its signs are counted. One without a sign is no frustrated turn, however high the score still is.</summary>
    public EscalationDecision? OnTurn(double score, TimeSpan now)
    {
        Follow(score, now);
        bool counts = _fresh && _since is not null;
        _fresh = false;
        if (!counts)
            return null;
        _turns++;
        return Decide(score, now);
    }

    /// <summary>Time has passed. It sustains only what has shown itself again: after a single outburst, time calms.</summary>
    public EscalationDecision? OnTime(double score, TimeSpan now)
    {
        Follow(score, now);
        return Decide(score, now);
    }

    private void Follow(double score, TimeSpan now)
    {
        if (score >= options.Threshold)
            _since ??= now;
        else if (score < options.Release)
        {
            (_since, _turns) = (null, 0);
            _signs.RemoveWhere(_ => score < options.Release / 2);
        }
    }

    private EscalationDecision? Decide(double score, TimeSpan now)
    {
        if (_fired || !options.Enabled || _since is not { } since || _signs.Count < options.MinSources)
            return null;
        bool byTurns = options.SustainedTurns > 0 && _turns >= options.SustainedTurns;
        bool byTime = options.SustainedFor > TimeSpan.Zero && _lastSign > since && now - since >= options.SustainedFor;
        if (!byTurns && !byTime)
            return null;
        _fired = true;
        return new EscalationDecision(byTurns ? "sustained-turns" : "sustained-time", score, _turns, now - since, [.. _signs.Select(sign => sign.Source).Distinct().Order()]);
    }
}
