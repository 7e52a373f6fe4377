using PhoneAgent.Conversation.AfterCall;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Hearing;

namespace PhoneAgent.Server.Storage;

/// <summary>A call in numbers, computed from its timeline and nothing else. Holds personal data: who called, and what was noted.</summary>
internal sealed record CallSummary
{
    public string? CallId { get; init; }
    public CallDirection? Direction { get; init; }
    public string? Caller { get; init; }
    public string? Called { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    /// <summary>Media time of the last event.</summary>
    public TimeSpan Duration { get; init; }
    /// <summary>Null while the call runs, or when the timeline was cut short.</summary>
    public CallEndCause? Cause { get; init; }
    public EndedBy? EndedBy { get; init; }
    public string? Reason { get; init; }
    public string? Disposition { get; init; }
    /// <summary>Turns that the caller took by voice.</summary>
    public int CallerTurns { get; init; }
    /// <summary>Turns in which the agent was heard.</summary>
    public int AgentTurns { get; init; }
    public required GapSummary ResponseGaps { get; init; }
    public required BargeInSummary BargeIns { get; init; }
    /// <summary>Where the response gaps came from.</summary>
    public required LatencySummary Latency { get; init; }
    public required SpeculationSummary Speculation { get; init; }
    /// <summary>Words that the recogniser took as said.</summary>
    public int CallerWords { get; init; }
    /// <summary>Words of the agent that the caller really heard.</summary>
    public int AgentWords { get; init; }
    public int KeysPressed { get; init; }
    public int Reprompts { get; init; }
    /// <summary>Utterances with speech but nothing that was expected.</summary>
    public int NotUnderstood { get; init; }
    public required IReadOnlyList<string> Failures { get; init; }
    public required IReadOnlyDictionary<string, string> Notes { get; init; }
    /// <summary>What is written down of the call in words; by rules first, by the model when it is done.</summary>
    public AfterCallReport? AfterCall { get; init; }

    public static CallSummary From(IReadOnlyList<TimelineEvent> events)
    {
        TimelineEvent.CallStarted? started = events.OfType<TimelineEvent.CallStarted>().FirstOrDefault();
        TimelineEvent.Ended? ended = events.OfType<TimelineEvent.Ended>().LastOrDefault();
        List<TimelineEvent.Final> finals = [.. events.OfType<TimelineEvent.Final>()];
        List<TimelineEvent.Heard> heard = [.. events.OfType<TimelineEvent.Heard>().Where(h => h.Text.Length > 0)];
        var notes = new Dictionary<string, string>();
        foreach (TimelineEvent.Noted note in events.OfType<TimelineEvent.Noted>())
            notes[note.Key] = note.Value;

        return new CallSummary
        {
            CallId = started?.CallId,
            Direction = started?.Direction,
            Caller = started?.Caller,
            Called = started?.Called,
            StartedAt = started?.WallClock,
            Duration = events.Count == 0 ? TimeSpan.Zero : events[^1].At,
            Cause = ended?.Cause,
            EndedBy = ended?.By,
            Reason = ended?.Reason,
            Disposition = ended?.Disposition,
            CallerTurns = events.OfType<TimelineEvent.Endpoint>().Count(),
            AgentTurns = heard.Select(h => h.Turn).Distinct().Count(),
            ResponseGaps = GapSummary.From(events.OfType<TimelineEvent.FirstPacket>()),
            Latency = LatencySummary.From([.. events.OfType<TimelineEvent.TurnLatency>()]),
            Speculation = SpeculationSummary.From(events),
            BargeIns = BargeInSummary.From(events.OfType<TimelineEvent.BargeIn>()),
            CallerWords = finals.Where(f => f.Outcome == RecognitionOutcome.Recognized).Sum(f => Words(f.Text)),
            AgentWords = heard.Sum(h => Words(h.Text)),
            KeysPressed = events.OfType<TimelineEvent.Dtmf>().Count(),
            Reprompts = events.OfType<TimelineEvent.Reprompt>().Count(),
            NotUnderstood = finals.Count(f => f.Outcome == RecognitionOutcome.Rejected),
            Failures = [.. events.OfType<TimelineEvent.Failure>().Select(f => $"{f.Who}: {f.What}")],
            Notes = notes,
        };
    }

    private static int Words(string text) =>
        text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;
}

/// <summary>Caller's last voiced sample to the agent's first.</summary>
internal sealed record GapSummary(int Count, TimeSpan? Median, TimeSpan? P95, TimeSpan? Longest)
{
    public static GapSummary From(IEnumerable<TimelineEvent.FirstPacket> packets)
    {
        List<TimeSpan> gaps = [.. packets.Select(p => p.ResponseGap).OfType<TimeSpan>().Order()];
        return gaps.Count == 0
            ? new GapSummary(0, null, null, null)
            : new GapSummary(gaps.Count, Percentile.Of(gaps, 0.5), Percentile.Of(gaps, 0.95), gaps[^1]);
    }
}

internal sealed record BargeInSummary(int Suspected, int Confirmed, int Dismissed)
{
    public static BargeInSummary From(IEnumerable<TimelineEvent.BargeIn> events)
    {
        ILookup<BargeInStep, TimelineEvent.BargeIn> steps = events.ToLookup(e => e.Step);
        return new BargeInSummary(steps[BargeInStep.Suspected].Count(), steps[BargeInStep.Confirmed].Count(), steps[BargeInStep.Dismissed].Count());
    }
}
