using System.Globalization;
using System.Text;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue.Language;

namespace PhoneAgent.Conversation.Transfer.Brief;

/// <summary>The brief in a few written lines, for a message or a screen pop. Plain text; English around the caller's own words.</summary>
public static class BriefText
{
    private const int LastLines = 6;

    public static string Of(HandoverBrief brief)
    {
        ArgumentNullException.ThrowIfNull(brief);
        var text = new StringBuilder();
        string who = brief.CallerName is { } name ? $"{name} ({brief.Caller})" : brief.Caller;
        string way = brief.Direction == CallDirection.Outbound ? "called by" : "called";
        Line($"{who} {way} {brief.Called}; {Minutes(brief.Duration)} with {brief.Agent}, in {brief.Language}.");
        Line($"Why: {Why(brief.Reason)}.");
        if (brief.Summary.Length > 0)
            Line(brief.Summary);
        if (Moods(brief.Emotions) is { } moods)
            Line($"Sounded: {moods}.");
        if (brief.Frustration is [.., var last])
            Line(string.Create(CultureInfo.InvariantCulture, $"Frustration: {last.Score:0.00} of 1, at most {brief.Frustration.Max(point => point.Score):0.00}."));
        foreach (BriefLine line in brief.Transcript.TakeLast(LastLines))
            Line($"{line.Who}: {line.Text}{(line.Interrupted ? " … (interrupted)" : "")}");
        return text.ToString();

        void Line(string line) => text.Append(line.ReplaceLineEndings(" ")).Append('\n');
    }

    private static string Why(BriefReason reason) =>
        reason.Signs.Count == 0 ? reason.Text
            : string.Create(CultureInfo.InvariantCulture, $"{reason.Text}; signs: {string.Join(", ", reason.Signs.Select(sign => $"{sign.Source} {sign.Amount:+0.00}"))}");

    /// <summary>In order, each run of the same one once.</summary>
    private static string? Moods(IReadOnlyList<EmotionPoint> points)
    {
        List<string> moods = [];
        foreach (EmotionPoint point in points.Where(point => point.Label != "unknown"))
        {
            if (moods.Count == 0 || moods[^1] != point.Label)
                moods.Add(point.Label);
        }
        return moods.Count == 0 ? null : Words.Join(moods, "then");
    }

    private static string Minutes(TimeSpan time) =>
        string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalMinutes}:{time.Seconds:00} min");
}
