using PhoneAgent.Conversation.Dialogue;

namespace PhoneAgent.Conversation.Transfer;

/// <summary>What became of a call's transfers, in words for people. The numbers in it are personal data.</summary>
public static class TransferStory
{
    private static readonly Dictionary<string, string> Refusals = new(StringComparer.Ordinal)
    {
        ["busy"] = "was busy",
        ["no-answer"] = "did not answer",
        ["rejected"] = "declined",
        ["declined"] = "declined",
        ["no-key"] = "answered and pressed no key",
        ["voicemail"] = "was a voicemail",
        ["hung-up"] = "hung up",
        ["unreachable"] = "could not be reached",
        ["refer-failed"] = "could not be reached",
    };

    /// <summary>One sentence a call; null where nobody was to be connected.</summary>
    public static string? Of(IReadOnlyList<TimelineEvent> events)
    {
        ArgumentNullException.ThrowIfNull(events);
        List<TimelineEvent.Transfer> steps = [.. events.OfType<TimelineEvent.Transfer>()];
        if (steps.Count == 0)
            return events.OfType<TimelineEvent.Noted>().LastOrDefault(note => note.Key == TransferReasons.NobodyNote) is { Value: var reason } ? $"Nobody took the caller over: {reason}." : null;
        // A colleague's hang-up is a refusal only before he has the caller.
        int connected = steps.FindIndex(step => step.Step is "referred" or "connected");
        string refused = string.Join(", ", steps.Take(connected < 0 ? steps.Count : connected)
            .Where(step => Refusals.ContainsKey(step.Step)).Select(step => $"{step.Target} {Refusals[step.Step]}"));
        string before = refused.Length == 0 ? "" : $" ({refused})";
        if (connected >= 0)
            return $"The caller was connected with {steps[connected].Target}{before}.";
        return steps[^1] switch
        {
            { Step: "returned", Detail: var why } => $"Nobody took the caller over: {why}{before}.",
            { Step: "caller-hung-up" } => $"The caller hung up before a human had the call{before}.",
            { Target: var target } => $"The caller was to be connected with {target}{before}.",
        };
    }
}
