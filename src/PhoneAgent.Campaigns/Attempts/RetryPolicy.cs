using PhoneAgent.Campaigns.Windows;

namespace PhoneAgent.Campaigns.Attempts;

/// <summary>Says when a contact is due again. Pure; thread-safe.</summary>
public sealed class RetryPolicy(RetryOptions options, CallingWindow window)
{
    public static readonly TimeSpan LongestWait = TimeSpan.FromDays(60);

    /// <summary>After these nobody is called again, whatever a plan says: reached, or must not, or cannot be.</summary>
    public static readonly IReadOnlySet<AttemptOutcome> NeverAgain =
        new HashSet<AttemptOutcome> { AttemptOutcome.Answered, AttemptOutcome.OptedOut, AttemptOutcome.MessageLeft };

    /// <summary>
    /// The first instant of the calling window that keeps both the spacing from the attempt's beginning and the outcome's wait
    /// from its end. Null: the contact is finished.
    /// </summary>
    /// <param name="attempts">Made so far, this one included; 1 or more.</param>
    /// <param name="zones">Where the contact may be; the window must be open in all of them.</param>
    public DateTimeOffset? NextDue(AttemptOutcome outcome, int attempts, DateTimeOffset startedAt, DateTimeOffset endedAt, IReadOnlyList<TimeZoneInfo> zones)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(attempts, 1);
        if (NeverAgain.Contains(outcome) || !options.Rules.TryGetValue(outcome, out RetryRule? rule) || attempts >= Math.Min(options.Attempts, rule.Attempts ?? int.MaxValue))
            return null;
        DateTimeOffset due = Latest(startedAt + options.Spacing, endedAt + WaitAfter(rule, attempts));
        return window.NextOpening(due, zones);
    }

    private static TimeSpan WaitAfter(RetryRule rule, int attempts)
    {
        double longest = (rule.Longest ?? LongestWait).TotalSeconds;
        return TimeSpan.FromSeconds(Math.Min(longest, rule.After.TotalSeconds * Math.Pow(rule.Factor, attempts - 1)));
    }

    private static DateTimeOffset Latest(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
