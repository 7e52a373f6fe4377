namespace PhoneAgent.Server.Storage;

/// <summary>The stages of a response gap, one after the other; their sum is the gap. What a guess had done before is 0.</summary>
/// <param name="Endpoint">The silence that ended the turn.</param>
/// <param name="Recognition">From there to the final result.</param>
/// <param name="Dialogue">From there to the dialogue's first step.</param>
/// <param name="Synthesis">From there to the first audio.</param>
/// <param name="Playing">From there to the first voiced sample on its way to the caller.</param>
internal sealed record LatencySummary(
    StageSummary Endpoint, StageSummary Recognition, StageSummary Dialogue, StageSummary Synthesis, StageSummary Playing)
{
    public static LatencySummary From(IReadOnlyList<TimelineEvent.TurnLatency> turns) => new(
        StageSummary.From(turns.Select(t => t.ToEndpoint)),
        StageSummary.From(turns.Select(t => Between(t.ToEndpoint, t.ToFinal))),
        StageSummary.From(turns.Select(t => Between(t.ToFinal, Token(t)))),
        StageSummary.From(turns.Select(t => Between(Token(t), Audio(t)))),
        StageSummary.From(turns.Select(t => Between(Audio(t), t.ToFirstPacket))));

    private static TimeSpan Token(TimelineEvent.TurnLatency turn) => Later(turn.ToFinal, turn.ToFirstToken);

    private static TimeSpan Audio(TimelineEvent.TurnLatency turn) => Later(Token(turn), turn.ToFirstAudio);

    private static TimeSpan Later(TimeSpan a, TimeSpan? b) => b > a ? b.Value : a;

    private static TimeSpan Between(TimeSpan from, TimeSpan to) => to > from ? to - from : TimeSpan.Zero;
}

/// <summary>One stage over the turns of a call; null when there was none.</summary>
internal sealed record StageSummary(TimeSpan? Median, TimeSpan? P95)
{
    public static StageSummary From(IEnumerable<TimeSpan> times)
    {
        List<TimeSpan> sorted = [.. times.Order()];
        return sorted.Count == 0 ? new StageSummary(null, null) : new StageSummary(Percentile.Of(sorted, 0.5), Percentile.Of(sorted, 0.95));
    }
}

/// <summary>Guesses of this call.</summary>
/// <param name="Skipped">Turns that were not guessed because it does not pay for this agent.</param>
internal sealed record SpeculationSummary(int Hits, int Misses, int Skipped, long WastedTokens, TimeSpan WastedAudio)
{
    public static SpeculationSummary From(IReadOnlyList<TimelineEvent> events)
    {
        ILookup<SpeculationStep, TimelineEvent.Speculation> steps = events.OfType<TimelineEvent.Speculation>().ToLookup(e => e.Step);
        IEnumerable<TimelineEvent.Speculation> missed = steps[SpeculationStep.Missed];
        return new SpeculationSummary(
            steps[SpeculationStep.Hit].Count(), missed.Count(), steps[SpeculationStep.Skipped].Count(),
            missed.Sum(m => m.WastedTokens), TimeSpan.FromTicks(missed.Sum(m => m.WastedAudio.Ticks)));
    }
}

internal static class Percentile
{
    /// <summary>Nearest rank: always a time that really was. The list is sorted and not empty.</summary>
    public static TimeSpan Of(List<TimeSpan> sorted, double p) => sorted[Math.Max(0, (int)Math.Ceiling(p * sorted.Count) - 1)];
}
