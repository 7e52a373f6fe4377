using PhoneAgent.Server.Dashboard.Calls;

namespace PhoneAgent.Server.Storage.Calls;

/// <summary>A line of a transcript with the time in which it was spoken, so that it can follow a recording.</summary>
/// <param name="Begins">First voiced sample, where the record tells.</param>
internal sealed record SpokenLine(TranscriptLine Line, TimeSpan Begins, TimeSpan Ends)
{
    /// <summary>The lines of a call in the order in which they began.</summary>
    public static IReadOnlyList<SpokenLine> Of(IReadOnlyList<TimelineEvent> events)
    {
        var transcript = new Transcript();
        var spans = new Dictionary<int, (TimeSpan Begins, TimeSpan Ends)>();
        TimeSpan onset = TimeSpan.Zero, stopped = TimeSpan.Zero;
        var firstPackets = new Dictionary<int, TimeSpan>();
        for (int i = 0; i < events.Count; i++)
        {
            transcript.Add(events[i], i);
            switch (events[i])
            {
                case TimelineEvent.SpeechStarted started:
                    onset = started.Onset;
                    break;
                case TimelineEvent.SpeechStopped stop:
                    stopped = stop.LastVoiced;
                    break;
                case TimelineEvent.FirstPacket packet:
                    firstPackets[packet.Turn] = packet.At;
                    break;
                case TimelineEvent.Final final when Changed(transcript, i, Side.Caller) is { } line:
                    spans[line.Number] = (onset, stopped > onset ? stopped : final.At);
                    break;
                case TimelineEvent.Heard heard when Changed(transcript, i, Side.Agent) is { } line:
                    spans[line.Number] = (firstPackets.GetValueOrDefault(heard.Turn, line.At), heard.At);
                    break;
            }
        }
        return [.. transcript.Lines
            .Where(line => line.Text.Length > 0 || line.Cut.Length > 0)
            .Select(line => spans.TryGetValue(line.Number, out (TimeSpan Begins, TimeSpan Ends) span) ? new SpokenLine(line, span.Begins, span.Ends) : new SpokenLine(line, line.At, line.At))
            .OrderBy(line => line.Begins)];
    }

    private static TranscriptLine? Changed(Transcript transcript, int version, Side side) => transcript.Since(version).LastOrDefault(line => line.Side == side);
}
