using PhoneAgent.Server.Hosting;

namespace PhoneAgent.Server.Dashboard.Calls;

/// <summary>An event in words. Personal data.</summary>
/// <param name="IsDetail">Only matters when something is looked into.</param>
public sealed record EventLine(TimeSpan At, string Who, string What, bool IsDetail)
{
    /// <summary>Null for events that other parts of the page show better.</summary>
    public static EventLine? From(TimelineEvent happened)
    {
        if (happened is TimelineEvent.Interim)
            return null;
        (string Who, string What)? brief = TimelineWords.Describe(happened, everything: false);
        return (brief ?? TimelineWords.Describe(happened, everything: true)) is { } words
            ? new EventLine(happened.At, words.Who, words.What, brief is null)
            : null;
    }
}
