namespace PhoneAgent.Server.Dashboard.Calls;

/// <summary>Where the time of one reply went: stages one after the other, from the caller's last sound to the agent's first.</summary>
/// <param name="Guessed">The reply was begun before the turn was taken.</param>
public sealed record LatencyTurn(int Turn, TimeSpan Total, bool Guessed, IReadOnlyList<LatencyStage> Stages)
{
    /// <summary>What a guess had done before counts as nothing, so the stages add up to the whole.</summary>
    public static LatencyTurn From(TimelineEvent.TurnLatency turn)
    {
        ArgumentNullException.ThrowIfNull(turn);
        var stages = new List<LatencyStage>();
        TimeSpan at = TimeSpan.Zero;
        Add("End of turn", turn.ToEndpoint);
        Add("Recognition", turn.ToFinal);
        Add("Model", turn.ToFirstToken);
        Add("Voice", turn.ToFirstAudio);
        Add("First packet", turn.ToFirstPacket);
        return new LatencyTurn(turn.Turn, turn.ToFirstPacket, turn.Guessed, stages);

        void Add(string name, TimeSpan? until)
        {
            TimeSpan end = until > at ? until.Value : at;
            stages.Add(new LatencyStage(name, at, end - at));
            at = end;
        }
    }
}

/// <param name="Begin">Since the caller's last sound.</param>
public sealed record LatencyStage(string Name, TimeSpan Begin, TimeSpan Took);
