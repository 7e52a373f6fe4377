using System.Text;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Hearing;

namespace PhoneAgent.Server.Storage.Calls;

/// <summary>What is looked for and shown of a call that is over, taken from its events.</summary>
internal sealed record CallDigest
{
    private const int MaxWords = 20_000;

    public TimeSpan Duration { get; init; }
    public CallEndCause? Cause { get; init; }
    public string? Disposition { get; init; }
    public string? Summary { get; init; }
    /// <summary>What it is found by, in lower case.</summary>
    public string Words { get; init; } = "";
    /// <summary>The summary as JSON.</summary>
    public string? Report { get; init; }
    public IReadOnlyList<CallLine> Lines { get; init; } = [];
    public IReadOnlyList<(int Number, TimelineEvent.Escalated Event)> Escalations { get; init; } = [];

    /// <param name="report">Of the same call; null where nobody has written one.</param>
    public static CallDigest Of(IReadOnlyList<TimelineEvent> events, CallSummary? summary, string? report)
    {
        TimelineEvent.Ended? ended = events.OfType<TimelineEvent.Ended>().LastOrDefault();
        string? text = summary?.AfterCall?.Summary;
        return new CallDigest
        {
            Duration = events.Count == 0 ? TimeSpan.Zero : events[^1].At,
            Cause = ended?.Cause,
            Disposition = StoredText.Clean(summary?.AfterCall?.Disposition ?? summary?.Disposition ?? ended?.Disposition),
            Summary = StoredText.Clean(text),
            Words = StoredText.Clean(WordsOf(events, text)),
            Report = StoredText.Clean(report),
            Lines = [.. SpokenLine.Of(events).Select(LineOf)],
            Escalations = [.. events.Index().Where(e => e.Item is TimelineEvent.Escalated).Select(e => (e.Index, (TimelineEvent.Escalated)e.Item))],
        };
    }

    private static CallLine LineOf(SpokenLine spoken) => new()
    {
        Side = spoken.Line.Side.ToString().ToLowerInvariant(),
        Begins = spoken.Begins,
        Ends = spoken.Ends,
        Text = StoredText.Clean(spoken.Line.Text),
        Cut = StoredText.Clean(spoken.Line.Cut),
        IsUrgent = spoken.Line.IsUrgent,
    };

    private static string WordsOf(IEnumerable<TimelineEvent> events, string? summary)
    {
        var words = new StringBuilder(summary).Append('\n');
        foreach (TimelineEvent happened in events)
        {
            string? text = happened switch
            {
                TimelineEvent.Final { Outcome: RecognitionOutcome.Recognized } final => final.Text,
                TimelineEvent.Heard heard => heard.Text,
                TimelineEvent.Noted noted => noted.Value,
                TimelineEvent.Supervised supervised => supervised.Text,
                _ => null,
            };
            if (text is not null && words.Length + text.Length < MaxWords)
                words.Append(text).Append('\n');
        }
        return words.ToString().ToLowerInvariant();
    }
}
